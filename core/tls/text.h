// SPDX-License-Identifier: GPL-2.0-or-later
// Small conversions between OpenSSL and text, for the files of this folder.
//
// Errors  running out of memory throws std::bad_alloc: an empty fingerprint would compare equal to another.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <openssl/bio.h>

#include "core/base/unique_handle.h"

namespace muster::tls {

using BioHandle = UniqueHandle<BIO, &BIO_free_all>;

BioHandle reading(std::string_view text);  // borrows `text`
BioHandle writing();                       // wipes its bytes when freed
std::string_view written(BIO* bio);        // valid until the next write

std::string hex(std::span<const unsigned char> bytes);  // lower case
std::string sha256_hex(std::span<const unsigned char> bytes);

// Whatever is no visible ASCII character becomes \xNN, as does the backslash itself: safe in a log line, and
// a name that was escaped equals no real name.
std::string printable(std::string_view text);

// SHA-256 of what an i2d function writes.
template <class T, class Encode>
std::string der_sha256(T* object, Encode encode) {
  unsigned char* der = nullptr;
  const int size = encode(object, &der);
  const UniqueHandle<unsigned char, [](unsigned char* bytes) { OPENSSL_free(bytes); }> owner(der);
  return sha256_hex({der, size > 0 ? static_cast<std::size_t>(size) : 0});
}

// For PEM blocks that are never encrypted: keeps OpenSSL from asking for a passphrase on the terminal.
inline int no_passphrase(char*, int, int, void*) {
  return -1;
}

}  // namespace muster::tls
