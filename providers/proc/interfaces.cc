// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/interfaces.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "providers/proc/text.h"

namespace muster::proc {
namespace {

constexpr std::string_view kEthernet = "1";  // ARPHRD_ETHER
constexpr std::size_t kCounters = 14;
constexpr std::size_t kLongestAddress = 64;

bool is_ethernet(const Host& host, const std::string& name) {
  const auto type = host.read_start("/sys/class/net/" + name + "/type", 16);
  return type && first_line(*type) == kEthernet;
}

// NAME: BYTES PACKETS ERRORS DROPS FIFO FRAME COMPRESSED MULTICAST, then BYTES PACKETS ERRORS DROPS FIFO
// COLLISIONS ... of what was sent. The first number may follow the colon at once.
std::optional<InterfaceTraffic> parse_line(std::string_view line) {
  const auto colon = line.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto name = trimmed(line.substr(0, colon));
  auto rest = line.substr(colon + 1);
  std::uint64_t counters[kCounters] = {};
  for (auto& counter : counters) {
    const auto value = next_number<std::uint64_t>(rest);
    if (!value) return std::nullopt;
    counter = *value;
  }
  return InterfaceTraffic{.name = std::string(name),
                          .received_bytes = counters[0],
                          .received_packets = counters[1],
                          .receive_errors = counters[2],
                          .sent_bytes = counters[8],
                          .sent_packets = counters[9],
                          .send_errors = counters[10],
                          .collisions = counters[13]};
}

bool is_hexadecimal(char digit) {
  return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f') || (digit >= 'A' && digit <= 'F');
}

char lower(char digit) {
  return digit >= 'A' && digit <= 'F' ? static_cast<char>(digit - 'A' + 'a') : digit;
}

char upper(char digit) {
  return digit >= 'a' && digit <= 'f' ? static_cast<char>(digit - 'a' + 'A') : digit;
}

}  // namespace

Result<std::vector<std::string>> list_ethernet(const Host& host) {
  auto names = host.list_folder("/sys/class/net");
  if (!names && names.error().code == Errc::not_found) return std::vector<std::string>();
  if (!names) return fail(names.error());
  std::erase_if(*names, [&](const std::string& name) { return !is_ethernet(host, name); });
  std::sort(names->begin(), names->end());
  return std::move(*names);
}

std::vector<InterfaceTraffic> parse_interface_traffic(std::string_view text) {
  std::vector<InterfaceTraffic> interfaces;
  for (std::string_view line; next_line(text, line);) {
    if (auto one = parse_line(line)) interfaces.push_back(std::move(*one));
  }
  return interfaces;
}

HardwareAddress parse_hardware_address(std::string_view text) {
  if (text.empty() || text.size() > kLongestAddress || text.size() % 3 != 2) return {};
  HardwareAddress address;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool separator = i % 3 == 2;
    if (separator ? text[i] != ':' : !is_hexadecimal(text[i])) return {};
    if (!separator) address.plain.push_back(lower(text[i]));
    address.formatted.push_back(separator ? '-' : upper(text[i]));
  }
  return address;
}

}  // namespace muster::proc
