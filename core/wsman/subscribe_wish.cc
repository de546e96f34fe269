// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/subscribe_wish.h"

#include <algorithm>
#include <charconv>

#include "core/wsman/names.h"

namespace muster::wsman {
namespace {

constexpr std::string_view kScheme = "https://";
constexpr std::size_t kMaxHost = 253;  // RFC 1035

constexpr bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_';
}
constexpr bool is_literal_char(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' || c == '.';
}
constexpr bool is_target_char(char c) {
  return c > 0x20 && c < 0x7F && c != '#';
}

bool read_port(std::string_view text, std::uint16_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && error == std::errc() && end == text.data() + text.size() && out != 0;
}

// Cuts the host off the front of "host[:port]".
bool read_host(std::string_view& authority, std::string& out) {
  const bool literal = authority.starts_with('[');
  const std::size_t end = literal ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (end == std::string_view::npos) return false;
  out = authority.substr(literal ? 1 : 0, end - (literal ? 1 : 0));
  authority.remove_prefix(literal ? end + 1 : end);
  return !out.empty() && out.size() <= kMaxHost &&
         std::all_of(out.begin(), out.end(), literal ? is_literal_char : is_name_char);
}

}  // namespace

Result<SinkAddress> parse_sink(std::string_view address) {
  if (address == names::kAnonymous) {
    return fail(Errc::malformed, "nobody can be reached at the anonymous address");
  }
  if (address.starts_with("http://")) {
    return fail(Errc::unsupported, "events are not sent without TLS",
                "give an address that begins with https://");
  }
  if (!address.starts_with(kScheme)) return fail(Errc::malformed, "the address does not begin with https://");
  address.remove_prefix(kScheme.size());
  const std::size_t slash = std::min(address.find_first_of("/?"), address.size());
  std::string_view authority = address.substr(0, slash);
  SinkAddress sink;
  sink.target = address.substr(slash);
  if (!sink.target.starts_with('/')) sink.target.insert(0, "/");
  const bool named = read_host(authority, sink.host);
  const bool port =
      authority.empty() || (authority.starts_with(':') && read_port(authority.substr(1), sink.port));
  if (!named || !port || !std::all_of(sink.target.begin(), sink.target.end(), is_target_char)) {
    return fail(Errc::malformed, "the address is not https://host:port/path");
  }
  return sink;
}

}  // namespace muster::wsman
