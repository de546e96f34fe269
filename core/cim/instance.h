// SPDX-License-Identifier: GPL-2.0-or-later
// One row of a class. A property that was not set is null.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/cim/class.h"

namespace muster::cim {

// Unsigned and signed integers of every width travel as 64 bits; the declaration has the width.
// A datetime is text in the wire's form, "2026-11-20T09:14:56.882936Z".
using Value = std::variant<std::monostate, bool, std::uint64_t, std::int64_t, double, std::string,
                           std::vector<std::uint64_t>, std::vector<std::string>>;

// Is the value of the declared kind and within the declared width? Null fits everything.
bool fits(const Property& property, const Value& value);

// Null, or an array without elements, which is sent as null.
bool is_null(const Value& value);

class Instance {
 public:
  explicit Instance(const Class& of) : class_(&of), values_(of.properties().size()) {}

  // Setting a name that the class lacks, or a value of another kind than declared, is a bug and stops the
  // program in debug builds.
  Instance& set(std::string_view property, Value value) &;
  Instance&& set(std::string_view property, Value value) &&;

  const Class& of() const { return *class_; }
  const std::vector<Value>& values() const { return values_; }  // by position in of().properties()
  const Value& value(std::string_view property) const;          // monostate for an unknown name

 private:
  const Class* class_;  // borrowed: providers own their class and outlive their instances
  std::vector<Value> values_;
};

// Room for the text of a number.
using ScalarRoom = std::array<char, 32>;

// As on the wire: booleans TRUE/FALSE (existing clients of the SCX classes depend on it), numbers in decimal.
// Empty for null; arrays are not scalars and give "".
std::string scalar_text(const Value& value);
// The same without a copy: the view is of the value's own text, of a literal, or of what was put into `room`.
std::string_view scalar_text(const Value& value, ScalarRoom& room);

}  // namespace muster::cim
