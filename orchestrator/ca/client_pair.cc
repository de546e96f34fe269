// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ca/client_pair.h"

#include <algorithm>
#include <array>
#include <utility>

#include <unistd.h>

#include "core/base/fd.h"
#include "core/tls/issue.h"
#include "orchestrator/ca/key_file.h"

namespace muster {
namespace {

constexpr std::size_t kPemLimit = std::size_t{256} * 1024;
constexpr std::chrono::hours kDay{24};
constexpr std::chrono::hours kClientLife = 365 * kDay;

// The host's, or "localhost" where it has none that a certificate can hold.
std::string own_host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

Result<tls::Certificate> issue_client(const tls::Key& key, const CertifiedKey& issuing) {
  Result<tls::Certificate> issued = fail(Errc::internal, "no name tried");
  for (const auto& name : {own_host_name(), std::string("localhost")}) {
    const auto request = tls::CertificateRequest::create(key, name, {name});
    if (!request) return fail(request.error());
    issued = tls::issue_leaf(*request, {name}, {tls::Purpose::client, kClientLife}, issuing.key,
                             issuing.certificate);
    if (issued || issued.error().code != Errc::malformed) return issued;
  }
  return issued;
}

Result<std::vector<tls::Certificate>> chain_for(const tls::Key& key, const CertifiedKey& issuing) {
  auto leaf = issue_client(key, issuing);
  if (!leaf) return fail(leaf.error());
  return std::vector<tls::Certificate>{std::move(*leaf), issuing.certificate};
}

Result<void> save_chain(const std::string& state_folder, const std::vector<tls::Certificate>& chain) {
  std::string pem;
  for (const auto& certificate : chain) pem += certificate.pem();
  return write_file_atomically(state_folder + "/client.pem", pem, 0644);
}

}  // namespace

Result<std::vector<tls::Certificate>> load_certificates(const std::string& path) {
  const auto pem = read_file(path, kPemLimit);
  if (!pem) return fail(pem.error());
  auto bundle = tls::Certificate::bundle_from_pem(*pem, path);
  if (bundle && bundle->empty()) return fail(Errc::malformed, path + ": no certificate in it");
  return bundle;
}

Result<ClientPair> new_client(const CertifiedKey& issuing) {
  auto key = tls::Key::generate(tls::KeyKind::p256);
  if (!key) return fail(key.error());
  auto chain = chain_for(*key, issuing);
  if (!chain) return fail(chain.error());
  return ClientPair{std::move(*key), std::move(*chain)};
}

Result<ClientPair> load_client(const std::string& state_folder) {
  auto chain = load_certificates(state_folder + "/client.pem");
  if (!chain) return fail(chain.error());
  auto key = load_key_file(state_folder + "/client.key");
  if (!key) return fail(key.error());
  if (auto match = chain->front().matches(*key); !match) {
    return fail(std::move(match.error()).during(state_folder + "/client.pem"));
  }
  return ClientPair{std::move(*key), std::move(*chain)};
}

Result<void> save_client(const std::string& state_folder, const ClientPair& pair) {
  if (auto saved = save_key_file(state_folder + "/client.key", pair.key); !saved) return saved;
  return save_chain(state_folder, pair.chain);
}

bool wants_renewal(const tls::Certificate& client, const tls::Certificate& issuing,
                   std::chrono::system_clock::time_point now) {
  const auto end = client.not_after();
  if (end - now >= (end - client.not_before()) / 3) return false;
  return issuing.not_after() > now && std::min(now + kClientLife, issuing.not_after()) > end + kDay;
}

Result<void> renew_client(const std::string& state_folder, ClientPair& pair, const CertifiedKey& issuing) {
  auto chain = chain_for(pair.key, issuing);
  if (!chain) return fail(chain.error());
  if (auto saved = save_chain(state_folder, *chain); !saved) return saved;
  pair.chain = std::move(*chain);
  return {};
}

}  // namespace muster
