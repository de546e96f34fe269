// SPDX-License-Identifier: GPL-2.0-or-later
// A query bound to a class: every name found, every literal of the right type, ready to judge instances.
//
// Comparing follows CIM: numbers by value whatever their types, text by characters (WQL without ASCII case),
// booleans for equality alone, datetimes as moments or spans. A comparison with null, and one of a moment with
// a span, is neither true nor false; an instance passes when the whole condition is true.
//
// Errors     malformed: an unknown property, a literal of another type, an array compared; with the column.
// Ownership  borrows the class.
// Limits     kMaxPatternSize over all LIKE patterns of one query.
#pragma once

#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

#include "core/base/error.h"
#include "core/cim/datetime.h"
#include "core/cim/instance.h"
#include "core/cim/like.h"
#include "core/cim/query.h"

namespace muster::cim {

inline constexpr std::size_t kMaxPatternSize = 512;

class Filter {
 public:
  // The class may be the query's own or a descendant of it. Of another one, no instance passes.
  static Result<Filter> bind(const Query& query, const Class& of);

  bool accepts(const Instance& instance) const;
  // Positions of the selected properties, in the class's order; empty for all.
  const std::vector<std::size_t>& selected() const { return selected_; }

 private:
  using Truth = std::optional<bool>;
  using Operand = std::variant<std::monostate, bool, std::uint64_t, std::int64_t, double, std::string,
                               Datetime, LikePattern>;
  struct Test {
    std::size_t property = 0;
    Comparison comparison = Comparison::equal;
    Operand operand;  // of isa the answer, which the class alone decides
  };

  Result<void> select(const Query& query);
  Result<Test> bind_term(const Term& term);
  Result<Operand> operand_for(const Term& term, const Property& property);
  Truth judge(const Test& test, const Instance& instance) const;
  Truth judge_text(const Test& test, const std::string& text) const;

  const Class* class_ = nullptr;
  Case case_ = Case::distinguished;
  bool of_this_class_ = false;
  std::vector<std::size_t> selected_;
  std::vector<Test> tests_;
  std::vector<Step> steps_;
  std::size_t pattern_size_ = 0;
};

}  // namespace muster::cim
