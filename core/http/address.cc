// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/address.h"

#include <array>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace muster::http {
namespace {

constexpr std::size_t kMappedPrefix = 12;  // ::ffff:0:0/96
constexpr std::size_t kNetworkOf64 = 8;

// The address's bytes in network order: 4 or 16 of them, none for another family.
std::string bytes_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &address, sizeof four);
    std::string bytes(sizeof four.sin_addr, '\0');
    std::memcpy(bytes.data(), &four.sin_addr, bytes.size());
    return bytes;
  }
  if (address.ss_family != AF_INET6) return {};
  sockaddr_in6 six{};
  std::memcpy(&six, &address, sizeof six);
  std::string bytes(sizeof six.sin6_addr, '\0');
  std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
  return IN6_IS_ADDR_V4MAPPED(&six.sin6_addr) ? bytes.substr(kMappedPrefix) : bytes;
}

}  // namespace

std::string address_text(const sockaddr_storage& address) {
  const std::string bytes = bytes_of(address);
  if (bytes.empty()) return "unknown";
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = bytes.size() == sizeof(in_addr) ? AF_INET : AF_INET6;
  inet_ntop(family, bytes.data(), text.data(), text.size());
  return text.data();
}

std::string source_key(const sockaddr_storage& address) {
  std::string bytes = bytes_of(address);
  if (bytes.size() > kNetworkOf64) bytes.resize(kNetworkOf64);
  return bytes;
}

std::string source_key(const std::string& address) {
  sockaddr_storage parsed{};
  sockaddr_in four{};
  sockaddr_in6 six{};
  if (inet_pton(AF_INET, address.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    std::memcpy(&parsed, &four, sizeof four);
  } else if (inet_pton(AF_INET6, address.c_str(), &six.sin6_addr) == 1) {
    six.sin6_family = AF_INET6;
    std::memcpy(&parsed, &six, sizeof six);
  }
  return source_key(parsed);
}

bool SourceCount::full(const std::string& key) const {
  const auto found = held_.find(key);
  return found != held_.end() && found->second >= limit_;
}

bool SourceCount::enter(const std::string& key) {
  auto& held = held_[key];
  if (held >= limit_) {
    if (held == 0) held_.erase(key);
    return false;
  }
  ++held;
  return true;
}

void SourceCount::leave(const std::string& key) {
  const auto found = held_.find(key);
  if (found != held_.end() && --found->second == 0) held_.erase(found);
}

}  // namespace muster::http
