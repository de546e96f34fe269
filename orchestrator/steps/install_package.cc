// SPDX-License-Identifier: GPL-2.0-or-later
// Root copies the upload, checks it again and lets dpkg install it. dpkg is bounded, never stopped by us. The
// package is kept on the host, and the one before it until the new one is proved: so there is a way back.
#include "orchestrator/steps/registry.gen.h"

namespace muster {
namespace {

constexpr std::string_view kScript = R"sh(if package_settled; then
  ok
  return
fi
ask install_package
read -r source <"$work/answer"
copy=$work/agent.deb
timeout 60 head -c "$((package_bytes + 1))" -- "$source" >"$copy" 2>"$work/log" || stop E-UPLOAD "$(last_words)"
sum=$(sha256sum <"$copy")
[ "${sum%% *}" = "$package_sha256" ] || stop E-UPLOAD "$source: the checksum is wrong"
old=
if package_listed; then old=$(dpkg-query -W -f '${Version}' muster-agent 2>/dev/null); fi
if [ -z "$old" ]; then
  fresh=yes
elif [ "$(package_status)" = 'ii ' ]; then
  new=$(dpkg-deb -f "$copy" Version 2>"$work/log") || stop E-PACKAGE "$(last_words)"
  if dpkg --compare-versions "$old" gt "$new"; then
    stop E-PACKAGE "version $old is installed and newer than $new; remove it first: muster uninstall"
  fi
fi
: >"$pending"
[ ! -f "$package_kept" ] || mv -f -- "$package_kept" "$package_before"
tries=0
while :; do
  setsid -w timeout -k 10 120 dpkg --force-confold -i "$copy" </dev/null >"$work/log" 2>&1 3<&- && break
  status=$?
  if grep -q 'locked by another process' "$work/log"; then
    [ "$tries" -lt "$lock_tries" ] || stop E-DPKG-LOCKED "$(last_words)"
    tries=$((tries + 1))
    sleep 2
    continue
  fi
  [ -n "$(package_status)" ] || rm -f -- "$pending"
  if grep -q 'No space left' "$work/log"; then stop E-SPACE "$(last_words)"; fi
  if grep -q 'unknown compression' "$work/log"; then
    stop E-PLATFORM "this system is too old for the package: $(sed -n '/unknown compression/s/.*uses/it uses/p' "$work/log")"
  fi
  stop E-PACKAGE "dpkg ended with $status: $(last_words)"
done
[ "$fresh" = yes ] || upgraded=yes
[ -x /usr/sbin/muster-agent ] || stop E-PACKAGE "the package brought no /usr/sbin/muster-agent"
record_package "$package_sha256" || stop E-SPACE "$package_record: cannot be written"
mv -f -- "$copy" "$package_kept" 2>/dev/null || rm -f -- "$package_kept"
changed)sh";

class InstallPackage final : public Step {
 public:
  std::string_view name() const override { return "install_package"; }
  Place place() const override { return Place::root; }
  std::vector<std::string_view> after() const override { return {"upload"}; }
  std::string_view script() const override { return kScript; }
  FailureCode failure_code() const override { return FailureCode::package; }
};

}  // namespace

std::unique_ptr<Step> make_install_package() {
  return std::make_unique<InstallPackage>();
}

}  // namespace muster
