// SPDX-License-Identifier: GPL-2.0-or-later
// What a system bus says to a question for systemd's units, put together byte by byte.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace muster::testing {

class BusBytes {
 public:
  BusBytes& align(std::size_t to) {
    while (bytes_.size() % to != 0) bytes_.push_back('\0');
    return *this;
  }
  BusBytes& byte(unsigned value) {
    bytes_.push_back(static_cast<char>(value));
    return *this;
  }
  BusBytes& number(std::size_t value) {
    align(4);
    for (int shift = 0; shift < 32; shift += 8) byte((value >> shift) & 0xFFU);
    return *this;
  }
  BusBytes& text(std::string_view value) {
    number(value.size());
    bytes_.append(value).push_back('\0');
    return *this;
  }
  BusBytes& signature(std::string_view value) {
    byte(static_cast<unsigned>(value.size()));
    bytes_.append(value).push_back('\0');
    return *this;
  }
  BusBytes& raw(std::string_view value) {
    bytes_.append(value);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// kind: 2 answer, 3 error, 4 signal. `field` is signature or error name, by its code (8 or 4).
inline std::string bus_message(unsigned kind, std::uint32_t answers, unsigned field, std::string_view value,
                               const std::string& body) {
  BusBytes fields;
  fields.byte(5).signature("u").number(answers).align(8);
  fields.byte(field);
  if (field == 8) fields.signature("g").signature(value);
  if (field == 4) fields.signature("s").text(value);
  BusBytes message;
  message.byte('l').byte(kind).byte(1).byte(1).number(body.size()).number(7).number(fields.bytes().size());
  return message.raw(fields.bytes()).align(8).raw(body).bytes();
}

struct BusUnit {
  std::string name;
  std::string description;
  std::string load = "loaded";
  std::string active = "active";
  std::string sub = "running";
};

inline std::string units_body(const std::vector<BusUnit>& units) {
  BusBytes rows;
  for (const auto& unit : units) {
    rows.align(8).text(unit.name).text(unit.description).text(unit.load).text(unit.active).text(unit.sub);
    rows.text("").text("/org/freedesktop/systemd1/unit/x").number(0).text("").text("/");
  }
  return BusBytes().number(rows.bytes().size()).align(8).raw(rows.bytes()).bytes();
}

inline std::string bus_login() {
  return "DATA\r\nOK 0123456789abcdef0123456789abcdef\r\n";
}

inline std::string bus_hello() {
  return bus_message(2, 1, 8, "s", BusBytes().text(":1.42").bytes()) +
         bus_message(4, 0, 8, "s", BusBytes().text(":1.42").bytes());
}

// All that a client reads.
inline std::string units_conversation(const std::vector<BusUnit>& units) {
  return bus_login() + bus_hello() + bus_message(2, 2, 8, "a(ssssssouso)", units_body(units));
}

}  // namespace muster::testing
