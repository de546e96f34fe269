// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/text.h"

#include <array>
#include <limits>
#include <new>

#include <openssl/evp.h>

namespace muster::tls {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

BioHandle or_out_of_memory(BioHandle bio) {
  if (!bio) throw std::bad_alloc();
  return bio;
}

}  // namespace

BioHandle reading(std::string_view text) {
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) text = {};
  // An empty view may hold a null pointer, which OpenSSL refuses.
  return or_out_of_memory(
      BioHandle(BIO_new_mem_buf(text.empty() ? "" : text.data(), static_cast<int>(text.size()))));
}

BioHandle writing() {
  return or_out_of_memory(BioHandle(BIO_new(BIO_s_secmem())));
}

std::string_view written(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return size > 0 ? std::string_view(bytes, static_cast<std::size_t>(size)) : std::string_view();
}

std::string hex(std::span<const unsigned char> bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0x0fU];
  }
  return text;
}

std::string sha256_hex(std::span<const unsigned char> bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (bytes.empty() ||
      EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::bad_alloc();
  }
  return hex({digest.data(), size});
}

std::string printable(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c >= ' ' && c <= '~' && c != '\\') {
      safe += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    safe += "\\x" + hex({&byte, 1});
  }
  return safe;
}

}  // namespace muster::tls
