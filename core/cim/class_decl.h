// SPDX-License-Identifier: GPL-2.0-or-later
// A CIM class, stated as data. The wire schema, the MOF text, the reference page and the
// checks in tests are all derived from these rows; nothing is written twice.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace muster::cim {

enum class Type : std::uint8_t {
  boolean,
  uint8,
  uint16,
  uint32,
  uint64,
  sint16,
  sint32,
  sint64,
  real64,
  string,
  datetime,
};
enum class Shape : std::uint8_t { scalar, array };
enum class Role : std::uint8_t { key, value };
enum class Unit : std::uint8_t {
  none,
  bits,
  bytes,
  kilobytes,
  megabytes,
  percent,
  seconds,
  milliseconds,
  minutes,
  hours,
  days,
  clock_ticks,
  bytes_per_second,
  kilobytes_per_second,
  transfers_per_second,
  pages_per_second,
};

struct Property {  // NOLINT(clang-analyzer-optin.performance.Padding): in the order in which tables read
  std::string_view name;  // spelled as on the wire
  Type type = Type::string;
  Role role = Role::value;
  Unit unit = Unit::none;
  std::string_view source = {};  // where the figure comes from, for the reference page
  Shape shape = Shape::scalar;
};

enum class Direction : std::uint8_t { in, out };
enum class Need : std::uint8_t { required, optional };

struct Parameter {
  std::string_view name;  // spelled as on the wire
  Type type = Type::string;
  Direction direction = Direction::in;
  Need need = Need::required;  // of one that goes in
  Shape shape = Shape::scalar;
  std::string_view meaning = {};  // for the reference page
};

enum class Scope : std::uint8_t { of_class, of_instance };  // static, or of the instance that its keys name

// A method that is offered: one that existing schemas have and nobody implements is not declared.
struct Method {
  std::string_view name;
  Type returns = Type::uint32;                 // a scalar
  std::span<const Parameter> parameters = {};  // in wire order
  std::string_view meaning = {};               // for the reference page
  Scope scope = Scope::of_class;
};

enum class Standing : std::uint8_t { concrete, abstract };

struct ClassDecl {
  std::string_view name;
  const ClassDecl* parent;  // nullptr for a root class
  std::string_view version;
  std::string_view summary;
  // The class's own properties in declaration order. One that repeats an inherited name redefines it
  // (makes it a key, gives it a source) and keeps the inherited one's place.
  std::span<const Property> properties;
  Standing standing = Standing::concrete;
  std::span<const Method> methods = {};  // the class's own
};

}  // namespace muster::cim
