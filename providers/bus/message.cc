// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/bus/message.h"

#include <algorithm>

namespace muster::bus {
namespace {

constexpr std::size_t kFixedHeader = 16;
constexpr std::size_t kLongestLogin = 16 * 1024;

// Codes of header fields.
enum class Field : std::uint8_t {
  path = 1,
  interface = 2,
  member = 3,
  error_name = 4,
  answers = 5,
  destination = 6,
  signature = 8,
};

void pad(std::string& out, std::size_t to) {
  while (out.size() % to != 0) out.push_back('\0');
}

void put_number(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>((value >> shift) & 0xFFU));
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, static_cast<std::uint32_t>(text.size()));
  out.append(text).push_back('\0');
}

// A header field that is a string or an object path.
void put_field(std::string& out, Field code, char type, std::string_view value) {
  pad(out, 8);
  out.push_back(static_cast<char>(code));
  out.append(1, '\1').append(1, type).push_back('\0');
  put_text(out, value);
}

std::uint32_t number_at(std::string_view bytes, std::size_t at, Order order) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[at + (order == Order::little ? 3 - i : i)]);
    value = value << 8 | byte;
  }
  return value;
}

std::size_t padded(std::size_t size) {
  return (size + 7) / 8 * 8;
}

tl::unexpected<Error> malformed(const std::string& what) {
  return fail(Errc::malformed, "system bus: " + what);
}

// One of the header's fields, which are structures of a code and a variant.
bool read_field(Reader& reader, Message& message) {
  reader.align(8);
  const auto code = static_cast<Field>(reader.byte());
  const auto type = reader.signature();
  if (type == "u") {
    const auto value = reader.number();
    if (code == Field::answers) message.answers = value;
  } else if (type == "g") {
    const auto value = reader.signature();
    if (code == Field::signature) message.signature = value;
  } else if (type == "s" || type == "o") {
    const auto value = reader.text();
    if (code == Field::error_name) message.error_name = value;
  } else {
    return false;
  }
  return reader.sound();
}

}  // namespace

std::string call_bytes(const Call& call) {
  std::string out{'l', '\1', '\0', '\1'};  // little endian, a call, no flags, version 1
  put_number(out, 0);                      // of the body
  put_number(out, call.serial);
  put_number(out, 0);  // of the fields, filled in below
  put_field(out, Field::path, 'o', call.path);
  put_field(out, Field::destination, 's', call.destination);
  put_field(out, Field::interface, 's', call.interface);
  put_field(out, Field::member, 's', call.member);
  std::string length;
  put_number(length, static_cast<std::uint32_t>(out.size() - kFixedHeader));
  out.replace(kFixedHeader - length.size(), length.size(), length);
  pad(out, 8);
  return out;
}

Result<std::optional<Message>> next_message(std::string_view& rest) {
  if (rest.size() < kFixedHeader) return std::optional<Message>();
  if (rest[0] != 'l' && rest[0] != 'B') return malformed("a message of unknown byte order");
  Message message;
  message.order = rest[0] == 'l' ? Order::little : Order::big;
  const auto kind = static_cast<std::uint8_t>(rest[1]);
  if (kind < 1 || kind > 4 || rest[3] != 1) return malformed("a message of unknown kind or version");
  message.kind = static_cast<Kind>(kind);
  const std::size_t body = number_at(rest, 4, message.order);
  const std::size_t fields = number_at(rest, 12, message.order);
  if (body > kMaxMessage || fields > kMaxMessage) return malformed("a message is too long");
  const auto head = padded(kFixedHeader + fields);
  if (rest.size() < head + body) return std::optional<Message>();
  Reader reader(rest.substr(0, kFixedHeader + fields), message.order);
  for (std::size_t i = 0; i < kFixedHeader; ++i) reader.byte();
  while (reader.position() < kFixedHeader + fields) {
    if (!read_field(reader, message)) return malformed("a message's header does not hold");
  }
  message.body = rest.substr(head, body);
  rest.remove_prefix(head + body);
  return std::optional(message);
}

// The null byte carries the credentials; EXTERNAL without a name means their user.
std::string login_bytes() {
  return std::string(1, '\0') + "AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";
}

Result<bool> take_login(std::string_view& rest) {
  auto left = rest;
  for (;;) {
    const auto end = left.find("\r\n");
    if (end == std::string_view::npos) {
      if (left.size() > kLongestLogin) return malformed("no answer to the login");
      return false;
    }
    const auto line = left.substr(0, end);
    left.remove_prefix(end + 2);
    if (line.starts_with("OK ")) break;
    if (!line.starts_with("DATA")) return fail(Errc::denied, "system bus: it refuses this user");
  }
  rest = left;
  return true;
}

std::string_view Reader::take(std::size_t size) {
  if (!sound_ || bytes_.size() - position_ < size) {
    sound_ = false;
    return {};
  }
  const auto taken = bytes_.substr(position_, size);
  position_ += size;
  return taken;
}

void Reader::align(std::size_t to) {
  take((to - position_ % to) % to);
}

std::uint8_t Reader::byte() {
  const auto taken = take(1);
  return taken.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(taken[0]);
}

std::uint32_t Reader::number() {
  align(4);
  const auto taken = take(4);
  return taken.empty() ? 0 : number_at(taken, 0, order_);
}

std::string_view Reader::text() {
  const auto size = number();
  const auto taken = take(std::size_t{size} + 1);
  return taken.empty() ? taken : taken.substr(0, size);
}

std::string_view Reader::signature() {
  const auto size = byte();
  const auto taken = take(std::size_t{size} + 1);
  return taken.empty() ? taken : taken.substr(0, size);
}

}  // namespace muster::bus
