// SPDX-License-Identifier: GPL-2.0-or-later
// The host makes its key and a request; the management server signs it. The key never leaves the host. A
// certificate that has the right names, issuer and enough life left stays.
#include <sstream>

#include "core/tls/request.h"
#include "orchestrator/provision/host_work.h"
#include "orchestrator/steps/registry.gen.h"

namespace muster {
namespace {

constexpr std::size_t kSignerBytes = 400;

constexpr std::string_view kScript = R"sh(certificate=new
shown=$(agent_show) || shown=
field() {
  while IFS='=' read -r key value; do
    if [ "$key" = "$1" ]; then
      printf '%s\n' "$value"
      return
    fi
  done <<FIELDS
$shown
FIELDS
}
sorted() { printf '%s\n' "$1" | tr ',' '\n' | sort; }
life_left() {
  not_after=$(field not_after)
  case $not_after in '' | *[!0-9]*) return 1 ;; esac
  [ "$((not_after - server_clock))" -ge "$renew_seconds" ]
}
if [ -n "$shown" ] && [ "$(field issuer_sha256)" = "$issuer_sha256" ] &&
  [ "$(sorted "$(field names)")" = "$(sorted "$certificate_names")" ] && life_left; then
  certificate=kept
  ok
  return
fi
set --
for name in $(printf '%s' "$certificate_names" | tr ',' ' '); do set -- "$@" --name "$name"; done
if ! leased /dev/null timeout 60 /usr/sbin/muster-agent cert request "$@"; then
  if config_error; then stop E-AGENT-CONFIG "$(agent_error)"; fi
  stop E-CERT-REQUEST "$(last_words)"
fi
sed -n '/^-----BEGIN CERTIFICATE REQUEST-----$/,/^-----END CERTIFICATE REQUEST-----$/p' "$work/log" >"$work/request"
grep -q '^-----END CERTIFICATE REQUEST-----$' "$work/request" || stop E-CERT-REQUEST "no request: $(last_words)"
: >"$work/question"
if [ "$(field self_signed)" = no ]; then
  issuer=$(/usr/sbin/muster-agent cert show 2>/dev/null | sed -n 's/^issuer  *//p')
  printf 'signer %s %s %s\n' "$(field root_sha256)" "$(field issuer_sha256)" "$issuer" >"$work/question"
fi
cat "$work/request" >>"$work/question"
ask request_certificate "$work/question"
grep -q '^-----END CERTIFICATE-----$' "$work/answer" || stop E-CERT-REQUEST "no certificate came back"
mv -f "$work/answer" "$work/chain" || stop E-SPACE "$work: no room"
changed)sh";

// The first line of the question tells who signed the certificate in place: "signer ROOT ISSUER NAME". Another
// authority than ours is another management server, which loses the host. Empty: none but ours.
std::string other_signer(const std::string& question, std::string_view our_root) {
  std::istringstream line(question.substr(0, std::min(question.find('\n'), kSignerBytes)));
  std::string word;
  std::string root;
  std::string issuer;
  std::string name;
  if (!(line >> word >> root >> issuer) || word != "signer" || root == our_root) return {};
  std::getline(line >> std::ws, name);
  return name + " (SHA-256 " + issuer + ")";
}

class RequestCertificate final : public Step {
 public:
  std::string_view name() const override { return "request_certificate"; }
  Place place() const override { return Place::root; }
  std::vector<std::string_view> after() const override { return {"install_package"}; }
  std::string_view script() const override { return kScript; }
  FailureCode failure_code() const override { return FailureCode::sign; }

  Result<std::string> answer(const std::string& question, HostWork& host, ServerSide& server) const override {
    if (server.authority == nullptr) return fail(Errc::internal, "no certificate authority");
    if (auto former = other_signer(question, server.authority->root().sha256()); !former.empty()) {
      host.notes[std::string(name())] = "was signed by " + former + "; taken over";
    }
    auto request = tls::CertificateRequest::from_pem(question, host.entry.name + ": certificate request");
    if (!request) return fail(request.error());
    return server.authority->sign_agent(*request, host.certificate_names);
  }
};

}  // namespace

std::unique_ptr<Step> make_request_certificate() {
  return std::make_unique<RequestCertificate>();
}

}  // namespace muster
