// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/tickets.h"

#include <algorithm>
#include <array>
#include <utility>

#include <sys/random.h>

#include "core/base/fd.h"

namespace muster::agent {
namespace {

constexpr std::size_t kOctets = 16;

Result<std::string> random_digits() {
  std::array<unsigned char, kOctets> octets{};
  if (::getrandom(octets.data(), octets.size(), 0) != static_cast<ssize_t>(octets.size())) {
    return fail(errno_error("getrandom"));
  }
  static constexpr char kHex[] = "0123456789abcdef";
  std::string digits;
  digits.reserve(2 * kOctets);
  for (const unsigned char octet : octets) {
    digits.push_back(kHex[octet >> 4]);
    digits.push_back(kHex[octet & 15]);
  }
  return digits;
}

}  // namespace

Result<std::string> Tickets::issue(const std::string& user, Time now) {
  auto ticket = random_digits();
  if (!ticket) return ticket;
  while (!issued_.empty() && (issued_.front().until <= now || issued_.size() >= kMost)) issued_.pop_front();
  issued_.push_back({Secret(*ticket), user, now + kLife});
  return ticket;
}

bool Tickets::is_good(const std::string& ticket, const std::string& user, Time now) const {
  const Secret shown(ticket);
  return !ticket.empty() && std::any_of(issued_.begin(), issued_.end(), [&](const Issued& each) {
    return each.until > now && each.user == user && each.ticket == shown;
  });
}

}  // namespace muster::agent
