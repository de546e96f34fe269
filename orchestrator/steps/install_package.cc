// SPDX-License-Identifier: GPL-2.0-or-later
// Root copies the upload, checks it again and lets dpkg install it, however long that takes. The package is kept
// on the host, and the one before it until the new one is proved: so there is a way back, for a later run as well.
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
name=$(dpkg-deb -f "$copy" Package 2>/dev/null) || name=muster-agent # dpkg says better why it cannot be read
[ "$name" = muster-agent ] || stop E-PACKAGE "this is the package $name, not muster-agent"
old=
if package_listed; then old=$(dpkg-query -W -f '${Version}' muster-agent 2>/dev/null); fi
sound=no
if [ -z "$old" ]; then
  fresh=yes
elif [ "$(package_status)" = 'ii ' ] && [ ! -e "$package_before" ]; then
  sound=yes
  new=$(dpkg-deb -f "$copy" Version 2>"$work/log") || stop E-PACKAGE "$(last_words)"
  if dpkg --compare-versions "$old" gt "$new"; then
    stop E-PACKAGE "version $old is installed and newer than $new; remove it first: muster uninstall"
  fi
fi
: >"$pending"
if [ "$sound" = yes ]; then
  if [ "$(dpkg-deb -f "$package_kept" Version 2>/dev/null)" = "$old" ]; then
    mv -f -- "$package_kept" "$package_before" || stop E-SPACE "$package_before: cannot be written"
  else
    unkept=yes
  fi
fi
if ! dpkg_run --force-confold -i "$copy"; then
  now=$(package_status)
  [ -n "$now" ] || rm -f -- "$pending"
  failed_as=E-PACKAGE
  failed_for="dpkg ended with $status: $(last_words)"
  if dpkg_locked; then
    failed_as=E-DPKG-LOCKED
    failed_for=$(last_words)
  elif grep -q 'No space left' "$work/log"; then
    failed_as=E-SPACE
    failed_for=$(last_words)
  elif grep -q 'unknown compression' "$work/log"; then
    failed_as=E-PLATFORM
    failed_for="this system is too old for the package: $(sed -n '/unknown compression/s/.*uses/it uses/p' "$work/log")"
  fi
  if [ "$sound" = yes ] && [ "$now" = 'ii ' ]; then
    [ ! -e "$package_before" ] || mv -f -- "$package_before" "$package_kept"
    stop "$failed_as" "$failed_for (the earlier package stays)"
  fi
  [ "$failed_as" != E-DPKG-LOCKED ] || stop "$failed_as" "$failed_for"
  stop_back "$failed_as" "$failed_for"
fi
[ -x /usr/sbin/muster-agent ] || stop_back E-PACKAGE "the package brought no /usr/sbin/muster-agent"
record_package "$package_sha256" || stop_back E-SPACE "$package_record: cannot be written"
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
