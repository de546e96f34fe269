// SPDX-License-Identifier: GPL-2.0-or-later
// A class with its inheritance worked out: every property in wire order, inherited first.
//
// Ownership  borrows the declarations, which have static storage.
// Threads    immutable once made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/cim/class_decl.h"

namespace muster::cim {

// CIM names compare without case; they are ASCII.
bool same_name(std::string_view a, std::string_view b);

class Class {
 public:
  explicit Class(const ClassDecl& decl);

  std::string_view name() const { return decl_->name; }
  const ClassDecl& decl() const { return *decl_; }
  const std::vector<Property>& properties() const { return properties_; }
  // Position of a property, compared without case as CIM names are; nullopt if the class lacks it.
  std::optional<std::size_t> index_of(std::string_view property) const;
  // Its own or an inherited one, compared without case; nullptr if the class lacks it.
  const Method* method(std::string_view name) const;
  // Itself or one of its ancestors, compared without case.
  bool is_a(std::string_view class_name) const;

 private:
  void redefine_or_append(const Property& property);
  void index_names();

  const ClassDecl* decl_;
  std::vector<Property> properties_;
  std::vector<std::uint16_t> slots_;  // open-addressing table of positions + 1, by lower-case name; 0 is free
};

}  // namespace muster::cim
