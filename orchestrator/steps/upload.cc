// SPDX-License-Identifier: GPL-2.0-or-later
// The package travels to a private folder of the login user; nothing of it stays, so it is no change, and a
// cut leaves nothing behind either. The checksum is root's to check, over root's own copy.
#include "orchestrator/steps/registry.gen.h"

namespace muster {
namespace {

// The script stays until its input ends, which is when root has its copy or the connection is gone.
constexpr std::string_view kScript = R"sh(if [ "$upload_forced" = no ] && package_settled; then
  say have
  ok
  return
fi
umask 077
folder=
trap 'trap "" HUP INT TERM; rm -rf -- "$folder"' EXIT
trap 'exit 129' HUP INT TERM
trap '' PIPE
need=$((package_bytes / 1024 + 1024))
for place in /var/tmp /tmp; do
  free=$(df -Pk "$place" 2>/dev/null | { read -r head; read -r device size used free rest; echo "${free-0}"; })
  [ "${free:-0}" -ge "$need" ] || continue
  folder=$(mktemp -d "$place/muster-XXXXXXXXXX" 2>/dev/null) && break
done
[ -n "$folder" ] || stop E-SPACE "neither /var/tmp nor /tmp has room for $need kB"
say "want $folder"
head -c "$package_bytes" >"$folder/agent.deb" 2>/dev/null
size=$(stat -c %s "$folder/agent.deb" 2>/dev/null)
[ "$size" = "$package_bytes" ] || stop E-UPLOAD "$folder: ${size:-0} of $package_bytes bytes arrived"
say got
ok
while read -r line; do :; done
exit 0)sh";

class Upload final : public Step {
 public:
  std::string_view name() const override { return "upload"; }
  Place place() const override { return Place::upload; }
  std::vector<std::string_view> after() const override { return {"probe"}; }
  std::string_view script() const override { return kScript; }
  FailureCode failure_code() const override { return FailureCode::upload; }
};

}  // namespace

std::unique_ptr<Step> make_upload() {
  return std::make_unique<Upload>();
}

}  // namespace muster
