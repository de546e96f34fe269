// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/mof.h"

#include <string_view>
#include <utility>

namespace muster::cim {
namespace {

std::string_view word(Type type) {
  switch (type) {
    case Type::boolean: return "boolean";
    case Type::uint8: return "uint8";
    case Type::uint16: return "uint16";
    case Type::uint32: return "uint32";
    case Type::uint64: return "uint64";
    case Type::sint16: return "sint16";
    case Type::sint32: return "sint32";
    case Type::sint64: return "sint64";
    case Type::real64: return "real64";
    case Type::string: return "string";
    case Type::datetime: return "datetime";
  }
  return "string";
}

std::string_view words(Unit unit) {
  switch (unit) {
    case Unit::none: return "";
    case Unit::bits: return "Bits";
    case Unit::bytes: return "Bytes";
    case Unit::kilobytes: return "KiloBytes";
    case Unit::megabytes: return "MegaBytes";
    case Unit::percent: return "Percent";
    case Unit::seconds: return "Seconds";
    case Unit::milliseconds: return "MilliSeconds";
    case Unit::minutes: return "Minutes";
    case Unit::hours: return "Hours";
    case Unit::days: return "Days";
    case Unit::clock_ticks: return "Clock Ticks";
    case Unit::bytes_per_second: return "Bytes per Second";
    case Unit::kilobytes_per_second: return "KiloBytes per Second";
    case Unit::transfers_per_second: return "Transfers per Second";
    case Unit::pages_per_second: return "Pages per Second";
  }
  return "";
}

// A control character has no other spelling in MOF than \xHHHH.
void append_control(std::string& out, unsigned char byte) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  out.append("\\x00").push_back(kHex[byte >> 4]);
  out.push_back(kHex[byte & 15]);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append(1, '\\').push_back(c);
    } else if (byte < 0x20 || byte == 0x7f) {
      append_control(out, byte);
    } else {
      out.push_back(c);
    }
  }
  return out.append("\"");
}

// The list "[a, b, c]" of one declaration, empty without any.
class Qualifiers {
 public:
  void flag(std::string_view name) { list_.append(list_.empty() ? "" : ", ").append(name); }
  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    flag(name);
    list_.append("(").append(quoted(value)).append(")");
  }
  std::string bracketed() const { return list_.empty() ? "" : "[" + list_ + "]"; }

 private:
  std::string list_;
};

bool inherits(const ClassDecl& decl, std::string_view property) {
  return decl.parent != nullptr && Class(*decl.parent).index_of(property).has_value();
}

std::string property_text(const ClassDecl& decl, const Property& property) {
  Qualifiers qualifiers;
  if (property.role == Role::key) qualifiers.flag("Key");
  if (inherits(decl, property.name)) qualifiers.text("Override", property.name);
  qualifiers.text("Units", words(property.unit));
  qualifiers.text("Description", property.source);
  const auto list = qualifiers.bracketed();
  std::string out = "  ";
  if (!list.empty()) out.append(list).append("\n  ");
  out.append(word(property.type)).append(" ").append(property.name);
  return out.append(property.shape == Shape::array ? "[];\n" : ";\n");
}

std::string parameter_text(const Parameter& parameter) {
  Qualifiers qualifiers;
  const bool in = parameter.direction == Direction::in;
  qualifiers.flag(in ? "In" : "In(false), Out");
  if (in && parameter.need == Need::required) qualifiers.flag("Required");
  qualifiers.text("Description", parameter.meaning);
  std::string out = "    " + qualifiers.bracketed() + "\n    ";
  out.append(word(parameter.type)).append(" ").append(parameter.name);
  return out.append(parameter.shape == Shape::array ? "[]" : "");
}

std::string method_text(const Method& method) {
  Qualifiers qualifiers;
  if (method.scope == Scope::of_class) qualifiers.flag("Static");
  qualifiers.text("Description", method.meaning);
  const auto list = qualifiers.bracketed();
  std::string out = "  ";
  if (!list.empty()) out.append(list).append("\n  ");
  out.append(word(method.returns)).append(" ").append(method.name).append("(");
  const char* before = "\n";
  for (const auto& parameter : method.parameters) {
    out.append(std::exchange(before, ",\n")).append(parameter_text(parameter));
  }
  return out.append(");\n");
}

}  // namespace

std::string mof(const ClassDecl& decl) {
  Qualifiers qualifiers;
  if (decl.standing == Standing::abstract) qualifiers.flag("Abstract");
  qualifiers.text("Version", decl.version);
  qualifiers.text("Description", decl.summary);
  std::string out = qualifiers.bracketed();
  if (!out.empty()) out.append("\n");
  out.append("class ").append(decl.name);
  if (decl.parent != nullptr) out.append(" : ").append(decl.parent->name);
  out.append(" {\n");
  for (const auto& property : decl.properties) out.append(property_text(decl, property));
  for (const auto& method : decl.methods) out.append(method_text(method));
  return out.append("};\n");
}

}  // namespace muster::cim
