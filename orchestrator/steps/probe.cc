// SPDX-License-Identifier: GPL-2.0-or-later
// What kind of host is this, and what of ours is already there? Runs as the login user and changes nothing.
#include "orchestrator/steps/registry.gen.h"

namespace muster {
namespace {

constexpr std::string_view kScript = R"sh(fact() { say "fact $1=$2"; }
yes_if() { if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi; }
set -- $(uname -sm)
fact system "${1-}"
fact machine "${2-}"
if [ -r /etc/os-release ]; then
  os=$(. /etc/os-release; printf '%s|%s|%s' "${ID-}" "${NAME-}" "${VERSION_ID-}")
  fact os "${os%%|*}"
  os=${os#*|}
  fact os_name "${os%%|*}"
  fact os_version "${os#*|}"
fi
fact dpkg "$(yes_if command -v dpkg)"
fact arch "$(dpkg --print-architecture 2>/dev/null)"
fact systemd "$(yes_if test -d /run/systemd/system)"
fact sudo "$(yes_if command -v sudo)"
df -Pk /var /tmp 2>/dev/null | {
  read -r head
  read -r device size used free rest && fact var_free_kb "$free"
  read -r device size used free rest && fact tmp_free_kb "$free"
}
if package_listed; then
  fact agent_version "$(dpkg-query -W -f '${Version}' muster-agent 2>/dev/null)"
  fact package_sha256 "$(head -c 64 "$package_record" 2>/dev/null)"
fi
fact clock "$(date +%s)"
ok)sh";

class Probe final : public Step {
 public:
  std::string_view name() const override { return "probe"; }
  Place place() const override { return Place::login_user; }
  std::vector<Journey> journeys() const override {
    return {Journey::provision, Journey::restart, Journey::uninstall};
  }
  std::string_view script() const override { return kScript; }
};

}  // namespace

std::unique_ptr<Step> make_probe() {
  return std::make_unique<Probe>();
}

}  // namespace muster
