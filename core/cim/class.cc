// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/class.h"

#include <algorithm>
#include <cstring>

namespace muster::cim {
namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Up to eight octets as one number, upper and lower case alike.
std::uint64_t word(std::string_view text) {
  std::uint64_t value = 0;
  if (text.size() >= sizeof value) {
    std::memcpy(&value, text.data(), sizeof value);
  } else {
    for (const char c : text) value = value << 8U | static_cast<unsigned char>(c);
  }
  return value | 0x2020202020202020U;
}

// Of the first and the last letters and the length: a class has some fifty names and a row asks for most of them.
// Names that differ in the middle alone share a place, and same_name() tells them apart.
std::size_t hash(std::string_view name) {
  const std::size_t tail = name.size() - std::min<std::size_t>(name.size(), sizeof(std::uint64_t));
  std::uint64_t value = word(name) * 0x9E3779B97F4A7C15U + word(name.substr(tail)) + name.size();
  value *= 0x9E3779B97F4A7C15U;
  return value >> 40U;
}

std::vector<const ClassDecl*> root_first(const ClassDecl& decl) {
  std::vector<const ClassDecl*> line;
  for (const auto* each = &decl; each != nullptr; each = each->parent) line.push_back(each);
  std::reverse(line.begin(), line.end());
  return line;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  if (a == b) return true;  // nearly always, when it is true at all
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

Class::Class(const ClassDecl& decl) : decl_(&decl) {
  for (const auto* each : root_first(decl)) {
    for (const auto& property : each->properties) redefine_or_append(property);
  }
  index_names();
}

void Class::redefine_or_append(const Property& property) {
  const auto inherited = std::find_if(properties_.begin(), properties_.end(),
                                      [&](const Property& p) { return same_name(p.name, property.name); });
  if (inherited != properties_.end()) {
    *inherited = property;
  } else {
    properties_.push_back(property);
  }
}

void Class::index_names() {
  std::size_t size = 16;
  while (size < properties_.size() * 4) size *= 2;
  slots_.assign(size, 0);
  for (std::size_t i = 0; i < properties_.size(); ++i) {
    auto slot = hash(properties_[i].name) & (size - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (size - 1);
    slots_[slot] = static_cast<std::uint16_t>(i + 1);
  }
}

std::optional<std::size_t> Class::index_of(std::string_view property) const {
  const auto mask = slots_.size() - 1;
  for (auto slot = hash(property) & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const std::size_t position = slots_[slot] - 1U;
    if (same_name(properties_[position].name, property)) return position;
  }
  return std::nullopt;
}

const Method* Class::method(std::string_view name) const {
  for (const auto* each = decl_; each != nullptr; each = each->parent) {
    for (const Method& own : each->methods) {
      if (same_name(own.name, name)) return &own;
    }
  }
  return nullptr;
}

bool Class::is_a(std::string_view class_name) const {
  for (const auto* each = decl_; each != nullptr; each = each->parent) {
    if (same_name(each->name, class_name)) return true;
  }
  return false;
}

}  // namespace muster::cim
