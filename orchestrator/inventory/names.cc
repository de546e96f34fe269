// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/names.h"

#include <algorithm>
#include <array>
#include <string>

#include <arpa/inet.h>

#include "core/tls/names.h"
#include "orchestrator/inventory/limits.h"

namespace muster {
namespace {

constexpr std::size_t kIpv6Bytes = 45;  // INET6_ADDRSTRLEN without its terminator

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word_sign(char c) {
  return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
}

bool all_word_signs(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_word_sign);
}

}  // namespace

bool is_ipv6_literal(std::string_view text) {
  if (text.size() > kIpv6Bytes || text.find(':') == std::string_view::npos) return false;
  if (text.find('\0') != std::string_view::npos) return false;
  std::array<unsigned char, sizeof(in6_addr)> parsed{};
  return inet_pton(AF_INET6, std::string(text).c_str(), parsed.data()) == 1;
}

bool is_host_name(std::string_view text) {
  return text.size() <= limits::kNameBytes && (tls::is_dns_name(text) || tls::is_address(text));
}

bool is_user_name(std::string_view text) {
  if (text.empty() || text.size() > limits::kUserBytes) return false;
  if (text.size() > 1 && text.back() == '$') text.remove_suffix(1);
  return (is_letter(text[0]) || text[0] == '_') && all_word_signs(text);
}

bool is_group_name(std::string_view text) {
  if (text.empty() || text.size() > limits::kNameBytes) return false;
  return text[0] != '-' && text[0] != '.' && all_word_signs(text);
}

bool is_variable_name(std::string_view text) {
  if (text.empty() || text.size() > limits::kNameBytes) return false;
  return (is_letter(text[0]) || text[0] == '_') && all_word_signs(text);
}

}  // namespace muster
