// SPDX-License-Identifier: GPL-2.0-or-later
// Certificate requests as a host that went bad may send them. One that is taken is issued for: what comes out has the
// key of the request and the names of ours, whatever else was asked for.
// Dictionary  pem
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/tls/issue.h"
#include "core/tls/request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using namespace muster;

constexpr std::size_t kMaxRequestBytes = std::size_t{16} * 1024;
constexpr std::chrono::hours kLong{24 * 1000};

template <class T>
T value_of(Result<T> result) {
  if (!result) std::abort();
  return std::move(*result);
}

void must(bool holds) {
  if (!holds) std::abort();
}

struct Authority {
  tls::Key root_key = value_of(tls::Key::generate(tls::KeyKind::p256));
  tls::Certificate root = value_of(tls::make_root(root_key, "Fuzz root", kLong));
  tls::Key key = value_of(tls::Key::generate(tls::KeyKind::p256));
  tls::Certificate issuing = value_of(tls::make_issuing(key, "Fuzz issuing", root_key, root, kLong));
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Authority kAuthority;
  const std::string_view pem(reinterpret_cast<const char*>(data), size);
  const auto request = tls::CertificateRequest::from_pem(pem, "input");
  if (!request) {
    must(!request.error().what.empty());
    return 0;
  }
  must(size <= kMaxRequestBytes && request->public_key_sha256().size() == 64);
  const auto again = tls::CertificateRequest::from_pem(request->pem(), "again");
  must(again.has_value() && again->public_key_sha256() == request->public_key_sha256());

  const std::vector<std::string> names{"h1.example", "192.0.2.1"};
  const auto leaf = tls::issue_leaf(*request, names, tls::LeafProfile{.purpose = tls::Purpose::agent},
                                    kAuthority.key, kAuthority.issuing);
  must(leaf.has_value());
  must(leaf->public_key_sha256() == request->public_key_sha256());
  must(leaf->dns_names() == std::vector<std::string>{"h1.example"});
  must(leaf->ip_addresses() == std::vector<std::string>{"192.0.2.1"});
  must(!leaf->is_authority() && leaf->extended_key_usages() == std::vector<std::string>{"serverAuth"});
  return 0;
}
