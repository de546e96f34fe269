// SPDX-License-Identifier: GPL-2.0-or-later
// Takes package, user, units and every file of the agent off the host. A management server's own files stay.
#include "orchestrator/steps/registry.gen.h"

namespace muster {
namespace {

constexpr std::string_view kScript = R"sh(found=no
if [ -n "$(package_status)" ]; then
  found=yes
  running=no
  if agent_running; then running=yes; fi
  agent_stop
  if ! dpkg_run --purge muster-agent; then
    failed_as=E-REMOVAL
    failed_for="dpkg ended with $status: $(last_words)"
    if dpkg_locked; then
      failed_as=E-DPKG-LOCKED
      failed_for=$(last_words)
    fi
    if [ "$running" = yes ] && [ -x /usr/sbin/muster-agent ]; then
      agent_start || failed_for="$failed_for (and the agent does not start again)"
    fi
    stop "$failed_as" "$failed_for"
  fi
fi
for path in /etc/muster/tls /etc/muster/agent.toml /var/lib/muster-agent /run/muster-agent /var/log/muster-agent.log \
  "$pending" /etc/pam.d/muster /etc/systemd/system/muster-agent.service.d \
  /etc/systemd/system/multi-user.target.wants/muster-agent.service; do
  if [ -e "$path" ] || [ -L "$path" ]; then
    found=yes
    rm -rf -- "$path" || stop E-REMOVAL "$path: cannot be removed"
  fi
done
rmdir /etc/muster 2>/dev/null
# Only the account that the package makes: a person may be called muster, too.
if getent passwd muster | grep -q ':/nonexistent:/usr/sbin/nologin$'; then
  found=yes
  userdel muster >"$work/log" 2>&1 || stop E-REMOVAL "user muster: $(last_words)"
  if getent group muster >/dev/null; then groupdel muster >/dev/null 2>&1; fi
fi
if has_systemd && [ "$found" = yes ]; then
  systemctl daemon-reload >/dev/null 2>&1
  systemctl reset-failed muster-agent.service >/dev/null 2>&1
fi
rm -f /run/muster-provision.lock
if [ "$found" = yes ]; then changed; else ok; fi)sh";

class RemoveAgent final : public Step {
 public:
  std::string_view name() const override { return "remove_agent"; }
  Place place() const override { return Place::root; }
  std::vector<Journey> journeys() const override { return {Journey::uninstall}; }
  std::vector<std::string_view> after() const override { return {"probe"}; }
  std::string_view script() const override { return kScript; }
  FailureCode failure_code() const override { return FailureCode::removal; }
};

}  // namespace

std::unique_ptr<Step> make_remove_agent() {
  return std::make_unique<RemoveAgent>();
}

}  // namespace muster
