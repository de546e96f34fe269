// SPDX-License-Identifier: GPL-2.0-or-later
// Queries over one class, read from text: SELECT names FROM class [WHERE condition], in WQL and in CQL.
//
// Of CQL this is the basic query and its complex conditions: no joins, no functions, no arithmetic. Of WQL
// it is the data query: no WITHIN, no ASSOCIATORS OF. filter.h runs them.
//
// Errors  malformed; `what` says at which column, counted in bytes from 1.
// Limits  kMaxQueryBytes of text, kMaxTerms comparisons, kMaxSelected names, kMaxDepth of ( and NOT.
// Source  DSP0202 (CQL) 1.0; the WQL of WMI as its documentation describes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/error.h"

namespace muster::cim {

inline constexpr std::size_t kMaxQueryBytes = 8192;
inline constexpr std::size_t kMaxTerms = 256;
inline constexpr std::size_t kMaxSelected = 256;
inline constexpr std::size_t kMaxDepth = 32;

// They differ in one thing: WQL compares text without (ASCII) case, CQL with it.
enum class QueryLanguage : std::uint8_t { wql, cql };

enum class Comparison : std::uint8_t {
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  like,
  is_null,
  isa,  // the object itself, whatever `property` holds
};

using Literal = std::variant<std::monostate, bool, std::uint64_t, std::int64_t, double, std::string>;

// `property comparison literal`; the literal of isa is a class name, that of is_null nothing.
struct Term {
  std::string property;
  Comparison comparison = Comparison::equal;
  Literal literal;
  std::size_t column = 0;
};

enum class Step : std::uint8_t { term, negate, both, either };

struct SelectedName {
  std::string name;
  std::size_t column = 0;
};

struct Query {
  QueryLanguage language = QueryLanguage::wql;
  std::string class_name;
  std::vector<SelectedName> selected;  // empty for *
  std::vector<Term> terms;
  std::vector<Step>
      steps;  // the condition in postfix order, each Step::term the next of `terms`; may be empty
};

Result<Query> parse_query(std::string_view text, QueryLanguage language);

}  // namespace muster::cim
