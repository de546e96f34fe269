// SPDX-License-Identifier: GPL-2.0-or-later
// What an Enumerate or a Get wants of each instance, and the writer that gives just that: which instances
// pass, which properties, as object, as reference (EPR) or as both.
//
// Limits  an expression is as long as a query may be; see core/cim/query.h.
// Source  DSP0226 1.1 clauses 7.7, 8.3 and 8.7; DSP0227 clause 8.1 (polymorphism).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/cim/filter.h"
#include "core/cim/instance.h"
#include "core/cim/selection.h"
#include "core/wsman/fragment.h"

namespace muster::wsman {

struct ItemShape {
  enum class Content : std::uint8_t { object, reference, both };
  enum class Nulls : std::uint8_t { sent, left_out };
  enum class Dialect : std::uint8_t { none, wql, cql, fragment };

  Content content = Content::object;
  Nulls nulls = Nulls::sent;
  Dialect dialect = Dialect::none;  // of the expression
  std::string expression;
  std::string as_class;  // an ancestor: the instance is shown as one of that class; empty for its own

  friend bool operator==(const ItemShape&, const ItemShape&) = default;
};

// A query of this dialect, which is wql or cql.
Result<cim::Query> parse_expression(ItemShape::Dialect dialect, std::string_view expression);

class ItemWriter {
 public:
  // malformed: the expression does not fit the class, or as_class is none of its ancestors.
  static Result<ItemWriter> make(const ItemShape& shape, const cim::Class& of);

  // nullopt: the query does not let this instance pass. A projection and a fragment are a wsman:XmlFragment;
  // both contents together are a wsman:Item.
  std::optional<std::string> write(const cim::Instance& instance) const;

 private:
  Result<void> read_expression(const ItemShape& shape, const cim::Class& of);
  Result<void> show(const ItemShape& shape, const cim::Class& of);
  void append_object(std::string& out, const cim::Instance& instance) const;
  void append_properties(std::string& out, const cim::Instance& instance) const;

  ItemShape::Content content_ = ItemShape::Content::object;
  ItemShape::Nulls nulls_ = ItemShape::Nulls::sent;
  std::string_view class_name_;     // of the element
  std::vector<std::size_t> shown_;  // positions in the instance's class
  bool projected_ = false;
  std::optional<cim::Filter> filter_;
  std::optional<Fragment> fragment_;
};

// <wsa:EndpointReference> that a client may send back as it is: anonymous address, ResourceURI, all keys and
// the namespace.
void append_reference(std::string& out, const cim::Instance& instance);
void append_reference(std::string& out, std::string_view class_name, const std::vector<cim::Selector>& keys);

// The two parts of a row that was written with both contents.
struct ItemParts {
  std::string_view object;
  std::string_view reference;
};
ItemParts parts_of(std::string_view item);

}  // namespace muster::wsman
