// SPDX-License-Identifier: GPL-2.0-or-later
// The agent checks the signed chain against its key and switches to it in one step; the old one stays for
// going back.
#include "orchestrator/steps/registry.gen.h"

namespace muster {
namespace {

constexpr std::string_view kScript = R"sh(if [ "$certificate" = new ]; then
  : >"$pending"
  if [ -e "$certificate_before" ]; then
    certificate_back
  elif [ "$(field self_signed)" = no ]; then
    write_record "$certificate_before" "$(field sha256)" || stop E-SPACE "$certificate_before: cannot be written"
    sync "$certificate_before" 2>/dev/null
  fi
  if ! leased "$work/chain" timeout 60 /usr/sbin/muster-agent cert install; then
    if certificate_is_back; then rm -f -- "$certificate_before"; fi
    if grep -q 'does not belong' "$work/log"; then stop E-CERT-MISMATCH "$(last_words)"; fi
    stop E-CERT-INSTALL "$(last_words)"
  fi
fi
shown=$(agent_show) || stop E-CERT-INSTALL "muster-agent cert show: no usable certificate"
say "fact cert_serial=$(field serial)"
say "fact cert_sha256=$(field sha256)"
say "fact cert_not_after=$(field not_after)"
if [ "$certificate" = new ]; then changed; else ok; fi)sh";

class InstallCertificate final : public Step {
 public:
  std::string_view name() const override { return "install_certificate"; }
  Place place() const override { return Place::root; }
  std::vector<std::string_view> after() const override { return {"request_certificate"}; }
  std::string_view script() const override { return kScript; }
  FailureCode failure_code() const override { return FailureCode::cert_install; }
};

}  // namespace

std::unique_ptr<Step> make_install_certificate() {
  return std::make_unique<InstallCertificate>();
}

}  // namespace muster
