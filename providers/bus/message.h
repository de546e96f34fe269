// SPDX-License-Identifier: GPL-2.0-or-later
// Messages of D-Bus, as far as one question to the system bus needs them.
//
// Ownership  results point into the bytes that were given.
// Limits     a message may have kMaxMessage bytes; the specification allows 128 MiB.
// Errors     malformed: not what the D-Bus specification describes.
// Source     D-Bus specification 0.42, "Message Protocol" and "Authentication Protocol".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace muster::bus {

inline constexpr std::size_t kMaxMessage = std::size_t{8} << 20;

// A call without arguments.
struct Call {
  std::uint32_t serial = 1;  // not 0; the answer names it
  std::string_view destination;
  std::string_view path;
  std::string_view interface;
  std::string_view member;
};
std::string call_bytes(const Call& call);

enum class Kind : std::uint8_t { call = 1, answer = 2, error = 3, signal = 4 };
enum class Order : std::uint8_t { little, big };

struct Message {
  Kind kind = Kind::signal;
  Order order = Order::little;
  std::uint32_t answers = 0;  // the serial of the call, 0 for what is no answer
  std::string_view error_name;
  std::string_view signature;
  std::string_view body;
};

// Takes the next message off the front of `rest`; nullopt while it is incomplete.
Result<std::optional<Message>> next_message(std::string_view& rest);

// What logs in as the user of this process, without waiting for what the bus says to it.
std::string login_bytes();
// Takes what the bus says to that off the front of `rest`; false while it is incomplete.
// Errors  denied: the bus refuses this user.
Result<bool> take_login(std::string_view& rest);

// Reads values one after the other. After the first that is not there, nothing is.
class Reader {
 public:
  Reader(std::string_view bytes, Order order) : bytes_(bytes), order_(order) {}

  std::uint8_t byte();
  std::uint32_t number();
  std::string_view text();       // a string or an object path
  std::string_view signature();  // with a length of one byte
  void align(std::size_t to);
  std::size_t position() const { return position_; }
  bool sound() const { return sound_; }

 private:
  std::string_view take(std::size_t size);

  std::string_view bytes_;
  Order order_;
  std::size_t position_ = 0;
  bool sound_ = true;
};

}  // namespace muster::bus
