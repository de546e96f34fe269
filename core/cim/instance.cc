// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/instance.h"

#include <cassert>
#include <charconv>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

namespace muster::cim {
namespace {

// Largest value of an unsigned type; 0 for the other types.
std::uint64_t unsigned_limit(Type type) {
  switch (type) {
    case Type::uint8: return std::numeric_limits<std::uint8_t>::max();
    case Type::uint16: return std::numeric_limits<std::uint16_t>::max();
    case Type::uint32: return std::numeric_limits<std::uint32_t>::max();
    case Type::uint64: return std::numeric_limits<std::uint64_t>::max();
    default: return 0;
  }
}

// Largest value of a signed type; 0 for the other types.
std::int64_t signed_limit(Type type) {
  switch (type) {
    case Type::sint16: return std::numeric_limits<std::int16_t>::max();
    case Type::sint32: return std::numeric_limits<std::int32_t>::max();
    case Type::sint64: return std::numeric_limits<std::int64_t>::max();
    default: return 0;
  }
}

bool is_text(Type type) {
  return type == Type::string || type == Type::datetime;
}

bool fits_array(Type type, const Value& value) {
  if (std::holds_alternative<std::vector<std::string>>(value)) return is_text(type);
  const auto* numbers = std::get_if<std::vector<std::uint64_t>>(&value);
  if (numbers == nullptr || unsigned_limit(type) == 0) return false;
  for (const auto number : *numbers) {
    if (number > unsigned_limit(type)) return false;
  }
  return true;
}

bool fits_scalar(Type type, const Value& value) {
  if (std::holds_alternative<bool>(value)) return type == Type::boolean;
  if (std::holds_alternative<double>(value)) return type == Type::real64;
  if (std::holds_alternative<std::string>(value)) return is_text(type);
  if (const auto* number = std::get_if<std::uint64_t>(&value)) {
    return unsigned_limit(type) != 0 && *number <= unsigned_limit(type);
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    const auto limit = signed_limit(type);
    return limit != 0 && *number <= limit && *number >= -limit - 1;
  }
  return false;
}

template <class Number>
std::string_view decimal(Number number, ScalarRoom& room) {
  const auto end = std::to_chars(room.data(), room.data() + room.size(), number).ptr;
  return {room.data(), end};
}

// Source  XML Schema part 2, 3.2.5: the three values that are no numbers.
std::string_view real(double number, ScalarRoom& room) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "INF" : "-INF";
  return decimal(number, room);
}

}  // namespace

bool fits(const Property& property, const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return true;
  return property.shape == Shape::array ? fits_array(property.type, value)
                                        : fits_scalar(property.type, value);
}

bool is_null(const Value& value) {
  const auto* texts = std::get_if<std::vector<std::string>>(&value);
  const auto* numbers = std::get_if<std::vector<std::uint64_t>>(&value);
  return std::holds_alternative<std::monostate>(value) || (texts != nullptr && texts->empty()) ||
         (numbers != nullptr && numbers->empty());
}

Instance& Instance::set(std::string_view property, Value value) & {
  const auto position = class_->index_of(property);
  assert(position.has_value());
  if (!position) return *this;
  assert(fits(class_->properties()[*position], value));
  values_[*position] = std::move(value);
  return *this;
}

Instance&& Instance::set(std::string_view property, Value value) && {
  set(property, std::move(value));
  return std::move(*this);
}

const Value& Instance::value(std::string_view property) const {
  static const Value kNull;
  const auto position = class_->index_of(property);
  return position ? values_[*position] : kNull;
}

std::string_view scalar_text(const Value& value, ScalarRoom& room) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return decimal(*number, room);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "TRUE" : "FALSE";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return decimal(*number, room);
  if (const auto* number = std::get_if<double>(&value)) return real(*number, room);
  return {};
}

std::string scalar_text(const Value& value) {
  ScalarRoom room;
  return std::string(scalar_text(value, room));
}

}  // namespace muster::cim
