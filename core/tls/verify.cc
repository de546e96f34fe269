// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/verify.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "core/tls/names.h"
#include "core/tls/openssl_error.h"
#include "core/tls/profile.h"
#include "core/tls/text.h"

namespace muster::tls {
namespace {

using StoreContextHandle = UniqueHandle<X509_STORE_CTX, &X509_STORE_CTX_free>;

void free_borrowed(STACK_OF(X509) * list) {
  sk_X509_free(list);
}
using BorrowedHandle = UniqueHandle<STACK_OF(X509), &free_borrowed>;

Error out_of_memory() {
  return openssl_error(Errc::internal, "verifying a certificate");
}

Result<StoreHandle> trusted(const std::vector<Certificate>& roots) {
  StoreHandle store(X509_STORE_new());
  if (!store) return fail(out_of_memory());
  for (const Certificate& root : roots) {
    if (X509_STORE_add_cert(store.get(), root.get()) != 1) return fail(out_of_memory());
  }
  return store;
}

Result<BorrowedHandle> sent_along(const std::vector<Certificate>& chain) {
  BorrowedHandle list(sk_X509_new_null());
  if (!list) return fail(out_of_memory());
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (sk_X509_push(list.get(), chain[i].get()) <= 0) return fail(out_of_memory());
  }
  return list;
}

bool configure(X509_STORE_CTX* context, const Expectation& expected) {
  const bool foreign = expected.purpose == Purpose::agent;
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context);
  if (expected.at) X509_VERIFY_PARAM_set_time(param, std::chrono::system_clock::to_time_t(*expected.at));
  const int purpose = expected.purpose == Purpose::client ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_SSL_SERVER;
  return apply_verification_profile(param, purpose, foreign ? Issuer::anyone : Issuer::ours);
}

Result<void> check_path(const std::vector<Certificate>& chain, const std::vector<Certificate>& roots,
                        const Expectation& expected) {
  auto store = trusted(roots);
  if (!store) return fail(std::move(store.error()));
  auto untrusted = sent_along(chain);
  if (!untrusted) return fail(std::move(untrusted.error()));
  const StoreContextHandle context(X509_STORE_CTX_new());
  if (!context ||
      X509_STORE_CTX_init(context.get(), store->get(), chain.front().get(), untrusted->get()) != 1 ||
      !configure(context.get(), expected)) {
    return fail(out_of_memory());
  }
  if (X509_verify_cert(context.get()) == 1) return {};
  ERR_clear_error();
  X509* met = X509_STORE_CTX_get_current_cert(context.get());
  CertificateHandle at(met != nullptr && X509_up_ref(met) == 1 ? met : nullptr);
  const Certificate culprit = at ? Certificate(std::move(at)) : chain.front();
  return fail(verification_error(X509_STORE_CTX_get_error(context.get()), &culprit, expected.name));
}

// A gateway is a server to its agents and a client to its server; the path was checked for the first.
bool serves_as_gateway(const Certificate& certificate) {
  return X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_CLIENT, 0) == 1;
}

bool carries(const Certificate& certificate, const std::string& name) {
  const int found = is_address(name)
                        ? X509_check_ip_asc(certificate.get(), name.c_str(), 0)
                        : X509_check_host(certificate.get(), name.data(), name.size(), kNameFlags, nullptr);
  return found == 1;
}

}  // namespace

Result<void> verify_chain(const std::vector<Certificate>& chain, const std::vector<Certificate>& roots,
                          const Expectation& expected) {
  if (chain.empty()) {
    return fail(Errc::untrusted, "peer sent no certificate", "install one on the host: muster provision");
  }
  ERR_clear_error();
  if (auto path = check_path(chain, roots, expected); !path) return path;
  const Certificate& own = chain.front();
  if (expected.purpose == Purpose::gateway && !serves_as_gateway(own)) {
    return fail(verification_error(X509_V_ERR_INVALID_PURPOSE, &own, expected.name));
  }
  if (!expected.name.empty() && !carries(own, expected.name)) {
    const bool address = is_address(expected.name);
    ERR_clear_error();
    return fail(verification_error(address ? X509_V_ERR_IP_ADDRESS_MISMATCH : X509_V_ERR_HOSTNAME_MISMATCH,
                                   &own, expected.name));
  }
  return {};
}

}  // namespace muster::tls
