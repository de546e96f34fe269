// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/addresses.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <thread>
#include <tuple>
#include <vector>

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include "orchestrator/inventory/text.h"

namespace muster {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

std::string place(const Position& where) {
  return where.file + ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
}

Problem about(const HostEntry& host, Errc code, const std::string& what, std::string hint) {
  return {host.where, {code, place(host.where) + ": host " + host.name + ": " + what, std::move(hint)}};
}

bool is_number(const std::string& address) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  const std::string plain = address.substr(0, address.find('%'));
  return ::inet_pton(AF_INET, plain.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, plain.c_str(), bytes.data()) == 1;
}

Addresses addresses_of(const std::string& name, int& failed) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  failed = ::getaddrinfo(name.c_str(), nullptr, &wanted, &found);
  return {failed == 0 ? found : nullptr, &::freeaddrinfo};
}

std::string text_of(const addrinfo& address, int flags) {
  std::array<char, NI_MAXHOST> text{};
  const int failed =
      ::getnameinfo(address.ai_addr, address.ai_addrlen, text.data(), text.size(), nullptr, 0, flags);
  return failed == 0 ? text.data() : "";
}

// Without the dot at the end, and in one case.
std::string plain(std::string name) {
  if (!name.empty() && name.back() == '.') name.pop_back();
  return lower_case(name);
}

// "web1" is called "web1.example.org" by a resolver that has a search list.
bool same_host(const std::string& asked, const std::string& told) {
  const std::string a = plain(asked);
  const std::string b = plain(told);
  return a == b || (a.find('.') == std::string::npos && b.starts_with(a + "."));
}

bool leads_to(const std::string& name, const std::string& address) {
  int failed = 0;
  const auto addresses = addresses_of(name, failed);
  for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
    if (text_of(*each, NI_NUMERICHOST) == address) return true;
  }
  return false;
}

// In threads: most of the time is spent waiting for answers.
std::vector<Lookup> look_up_all(const std::vector<const HostEntry*>& hosts,
                                const std::function<Lookup(const std::string&)>& look_up) {
  std::vector<Lookup> found(hosts.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < hosts.size(); i = next++) found[i] = look_up(hosts[i]->address);
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < std::min(kLookups, hosts.size()); ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  return found;
}

}  // namespace

void check_duplicates(InventoryReading& reading) {
  std::map<std::tuple<std::string, std::uint16_t>, const HostEntry*> first;
  for (const auto& host : reading.inventory.hosts) {
    const auto [known, added] = first.try_emplace({plain(host.address), host.port}, &host);
    if (added) continue;
    const auto& other = *known->second;
    reading.problems.push_back(
        about(host, Errc::malformed,
              "has the address " + host.address + " port " + std::to_string(host.port) + ", as host " +
                  other.name + " has (" + place(other.where) + ")",
              "leave one of them out; two names for one host would be provisioned at the same time"));
  }
}

void check_resolution(InventoryReading& reading,
                      const std::function<Lookup(const std::string& name)>& look_up) {
  std::vector<const HostEntry*> hosts;
  for (const auto& host : reading.inventory.hosts) {
    if (!is_number(host.address)) hosts.push_back(&host);
  }
  const auto found = look_up_all(hosts, look_up);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const auto& host = *hosts[i];
    const auto& answer = found[i];
    if (answer.address.empty()) {
      reading.problems.push_back(about(host, Errc::not_found,
                                       host.address + " has no address: " + answer.problem,
                                       "correct the name, or set ansible_host to the address"));
    } else if (answer.name.empty()) {
      reading.doubts.push_back(
          about(host, Errc::not_found, host.address + " is " + answer.address + ", which has no name",
                "add the reverse record (PTR) when logs on that side should show names"));
    } else if (!answer.agrees) {
      reading.doubts.push_back(about(
          host, Errc::not_found,
          host.address + " is " + answer.address + ", which is called " + shown(answer.name) +
              ", and that name leads elsewhere",
          "is it the host that is meant? Correct the reverse record (PTR) or the name in the inventory"));
    }
  }
}

Lookup look_up(const std::string& name) {
  Lookup answer;
  int failed = 0;
  const auto addresses = addresses_of(name, failed);
  if (!addresses) {
    answer.problem = ::gai_strerror(failed);
    return answer;
  }
  answer.address = text_of(*addresses, NI_NUMERICHOST);
  answer.name = text_of(*addresses, NI_NAMEREQD);
  answer.agrees =
      !answer.name.empty() && (same_host(name, answer.name) || leads_to(answer.name, answer.address));
  return answer;
}

}  // namespace muster
