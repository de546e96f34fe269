// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/mac.h"

#include <cstddef>
#include <cstdint>
#include <new>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "core/base/unique_handle.h"

namespace muster::tls {
namespace {

using MacHandle = UniqueHandle<EVP_MAC, &EVP_MAC_free>;
using MacContextHandle = UniqueHandle<EVP_MAC_CTX, &EVP_MAC_CTX_free>;

void must(bool done) {
  if (!done) throw std::bad_alloc();  // nothing else makes these calls fail
}

void add(EVP_MAC_CTX* context, std::string_view field) {
  std::array<unsigned char, 8> length{};
  for (std::size_t i = 0; i < length.size(); ++i) {
    length.at(i) = static_cast<unsigned char>(std::uint64_t{field.size()} >> (8U * i));
  }
  must(EVP_MAC_update(context, length.data(), length.size()) == 1);
  const auto* bytes = reinterpret_cast<const unsigned char*>(field.data());
  must(field.empty() || EVP_MAC_update(context, bytes, field.size()) == 1);
}

}  // namespace

Mac hmac_sha256(std::span<const unsigned char> key, std::span<const std::string_view> fields) {
  const MacHandle algorithm(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  const MacContextHandle context(algorithm ? EVP_MAC_CTX_new(algorithm.get()) : nullptr);
  must(context != nullptr);
  std::array<char, 7> digest{"SHA256"};
  const std::array<OSSL_PARAM, 2> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()};
  must(EVP_MAC_init(context.get(), key.data(), key.size(), parameters.data()) == 1);
  for (const auto field : fields) add(context.get(), field);
  Mac mac{};
  std::size_t size = 0;
  must(EVP_MAC_final(context.get(), mac.data(), &size, mac.size()) == 1 && size == mac.size());
  return mac;
}

bool same_mac(const Mac& a, const Mac& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void random_key(std::span<unsigned char> out) {
  must(RAND_priv_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

}  // namespace muster::tls
