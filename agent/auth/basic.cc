// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/auth/basic.h"

#include <algorithm>
#include <cstdint>

#include <strings.h>

namespace muster::auth {
namespace {

constexpr std::size_t kMaxHeader = std::size_t{8} * 1024;
constexpr std::size_t kMaxUser = 256;
constexpr std::size_t kMaxPassword = std::size_t{4} * 1024;

int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

}  // namespace

std::string decode_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return {};
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string out;
  out.reserve(text.size() / 4 * 3);  // one buffer, so that wiping it leaves no copy behind
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool padded = i >= text.size() - padding;
    const int value = padded ? 0 : sextet(text[i]);
    if (value < 0) return {};
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if (i % 4 != 3) continue;
    if (padded && (bits & ((1U << (8 * padding)) - 1)) != 0) return {};  // bits behind the last byte
    out.push_back(static_cast<char>(bits >> 16));
    out.push_back(static_cast<char>(bits >> 8));
    out.push_back(static_cast<char>(bits));
    bits = 0;
  }
  out.resize(out.size() - padding);
  return out;
}

namespace {

bool control_character(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

Result<Credentials> split(std::string_view decoded) {
  const auto colon = decoded.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return fail(Errc::malformed, "Authorization: no user name");
  }
  const auto user = decoded.substr(0, colon);
  const auto password = decoded.substr(colon + 1);
  if (user.size() > kMaxUser || std::any_of(user.begin(), user.end(), control_character)) {
    return fail(Errc::malformed, "Authorization: user name is not acceptable");
  }
  if (password.empty() || password.size() > kMaxPassword || password.find('\0') != std::string_view::npos) {
    return fail(Errc::malformed, "Authorization: password is not acceptable");
  }
  return Credentials{std::string(user), Secret(password)};
}

}  // namespace

Result<Credentials> parse_basic(std::string_view authorization) {
  constexpr std::string_view kScheme = "Basic ";
  if (authorization.size() > kMaxHeader) return fail(Errc::malformed, "Authorization: too long");
  if (authorization.size() <= kScheme.size() ||
      ::strncasecmp(authorization.data(), kScheme.data(), kScheme.size()) != 0) {
    return fail(Errc::malformed, "Authorization: not Basic");
  }
  authorization.remove_prefix(kScheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  while (authorization.ends_with(' ')) authorization.remove_suffix(1);
  std::string decoded = decode_base64(authorization);
  if (decoded.empty()) return fail(Errc::malformed, "Authorization: not base64");
  auto credentials = split(decoded);
  wipe(decoded);
  return credentials;
}

}  // namespace muster::auth
