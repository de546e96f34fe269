// SPDX-License-Identifier: GPL-2.0-or-later
// Socket addresses as text and as the key under which connections of one source are counted.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include <sys/socket.h>

namespace muster::http {

// Without the port; an IPv4 address that came over an IPv6 socket is written as IPv4.
std::string address_text(const sockaddr_storage& address);

// Equal for addresses of one source: an IPv4 address, or the /64 of an IPv6 address (one host may use them
// all).
std::string source_key(const sockaddr_storage& address);
// Of an address as address_text() writes it; empty when it is none.
std::string source_key(const std::string& address);

// How many connections each source holds.
class SourceCount {
 public:
  explicit SourceCount(std::size_t limit) : limit_(limit) {}
  void limit(std::size_t limit) { limit_ = limit; }
  bool full(const std::string& key) const;
  // False, and nothing counted, when the source is at the limit.
  [[nodiscard]] bool enter(const std::string& key);
  void leave(const std::string& key);
  std::size_t sources() const { return held_.size(); }

 private:
  std::size_t limit_;
  std::unordered_map<std::string, std::size_t> held_;
};

}  // namespace muster::http
