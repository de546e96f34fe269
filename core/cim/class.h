// SPDX-License-Identifier: GPL-2.0-or-later
// A class with its inheritance worked out: every property in wire order, inherited first.
//
// Ownership  borrows the declarations, which have static storage.
// Threads    immutable once made.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/cim/class_decl.h"

namespace muster::cim {

class Class {
 public:
  explicit Class(const ClassDecl& decl);

  std::string_view name() const { return decl_->name; }
  const ClassDecl& decl() const { return *decl_; }
  const std::vector<Property>& properties() const { return properties_; }
  // Position of a property, compared without case as CIM names are; nullopt if the class lacks it.
  std::optional<std::size_t> index_of(std::string_view property) const;
  // Itself or one of its ancestors, compared without case.
  bool is_a(std::string_view class_name) const;

 private:
  const ClassDecl* decl_;
  std::vector<Property> properties_;
  std::vector<std::size_t> by_name_;  // positions, sorted by lower-case name
};

}  // namespace muster::cim
