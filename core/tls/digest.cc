// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/digest.h"

#include "core/tls/text.h"

namespace muster::tls {

std::string sha256_of(std::string_view octets) {
  return sha256_hex({reinterpret_cast<const unsigned char*>(octets.data()), octets.size()});
}

}  // namespace muster::tls
