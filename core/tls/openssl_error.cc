// SPDX-License-Identifier: GPL-2.0-or-later
// The per-library loaders are deprecated in favour of OPENSSL_init_crypto(), which refuses to load anything
// once initialise() has asked it not to: they are the only way to load late.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "core/tls/openssl_error.h"

#include <array>
#include <cstdio>
#include <mutex>
#include <string>
#include <system_error>

#include <openssl/cryptoerr_legacy.h>
#include <openssl/err.h>
#include <openssl/sslerr_legacy.h>

namespace muster::tls {
namespace {

void load_strings() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (const auto load :
         {&ERR_load_ERR_strings, &ERR_load_SSL_strings, &ERR_load_X509_strings, &ERR_load_X509V3_strings,
          &ERR_load_PEM_strings, &ERR_load_ASN1_strings, &ERR_load_EVP_strings, &ERR_load_EC_strings,
          &ERR_load_RSA_strings, &ERR_load_BIO_strings, &ERR_load_RAND_strings}) {
      static_cast<void>(load());  // without them the error is a number
    }
  });
}

std::string words(unsigned long error) {
  if (error == 0) return "OpenSSL gave no reason";
  if (ERR_SYSTEM_ERROR(error)) return std::generic_category().message(ERR_GET_REASON(error));
  if (const char* reason = ERR_reason_error_string(error)) return reason;
  std::array<char, 40> number{};
  std::snprintf(number.data(), number.size(), "OpenSSL error %08lX", error);
  return number.data();
}

}  // namespace

Error openssl_error(Errc code, std::string_view object) {
  load_strings();
  const unsigned long first = ERR_get_error();  // the cause; the later ones only passed it on
  ERR_clear_error();
  return Error{code, std::string(object) + ": " + words(first), {}};
}

}  // namespace muster::tls
