// SPDX-License-Identifier: GPL-2.0-or-later
// The Authorization header: what is accepted keeps the promises that PAM's caller relies on.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/auth/basic.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view header(reinterpret_cast<const char*>(data), size);
  const auto credentials = muster::auth::parse_basic(header);
  if (!credentials) {
    if (credentials.error().code != muster::Errc::malformed) std::abort();
    return 0;
  }
  const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  const auto& user = credentials->user;
  const auto password = credentials->password.reveal();
  const bool sound = !user.empty() && user.size() <= 256 && user.find(':') == std::string::npos &&
                     std::none_of(user.begin(), user.end(), control) && !password.empty() &&
                     password.size() <= 4096 && password.find('\0') == std::string_view::npos;
  if (!sound) std::abort();
  return 0;
}
