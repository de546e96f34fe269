// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/filter.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <string>
#include <utility>

#include "core/cim/query_lexer.h"

namespace muster::cim {
namespace {

std::partial_ordering compare(std::uint64_t a, std::int64_t b) {
  return b < 0 ? std::partial_ordering::greater : a <=> static_cast<std::uint64_t>(b);
}

// Exactly, although not every 64-bit integer is a double.
template <class Integer>
std::partial_ordering compare(Integer a, double b) {
  if (std::isnan(b)) return std::partial_ordering::unordered;
  const double limit = std::ldexp(1.0, sizeof(Integer) * 8 - (std::is_signed_v<Integer> ? 1 : 0));
  if (b >= limit) return std::partial_ordering::less;
  if (b < (std::is_signed_v<Integer> ? -limit : 0.0)) return std::partial_ordering::greater;
  const double whole = std::trunc(b);
  const auto order = a <=> static_cast<Integer>(whole);
  return std::is_eq(order) ? whole <=> b : std::partial_ordering(order);
}

constexpr std::partial_ordering turned(std::partial_ordering order) {
  if (std::is_lt(order)) return std::partial_ordering::greater;
  return std::is_gt(order) ? std::partial_ordering::less : order;
}

// Numbers of any two kinds.
struct NumberOrder {
  std::partial_ordering operator()(std::uint64_t a, std::uint64_t b) const { return a <=> b; }
  std::partial_ordering operator()(std::int64_t a, std::int64_t b) const { return a <=> b; }
  std::partial_ordering operator()(double a, double b) const { return a <=> b; }
  std::partial_ordering operator()(std::uint64_t a, std::int64_t b) const { return compare(a, b); }
  std::partial_ordering operator()(std::int64_t a, std::uint64_t b) const { return turned(compare(b, a)); }
  std::partial_ordering operator()(std::uint64_t a, double b) const { return compare(a, b); }
  std::partial_ordering operator()(std::int64_t a, double b) const { return compare(a, b); }
  std::partial_ordering operator()(double a, std::uint64_t b) const { return turned(compare(b, a)); }
  std::partial_ordering operator()(double a, std::int64_t b) const { return turned(compare(b, a)); }
  std::partial_ordering operator()(bool a, bool b) const { return a <=> b; }
  template <class A, class B>
  std::partial_ordering operator()(const A&, const B&) const {
    return std::partial_ordering::unordered;
  }
};

bool holds(Comparison comparison, std::partial_ordering order) {
  switch (comparison) {
    case Comparison::equal: return std::is_eq(order);
    case Comparison::not_equal: return std::is_neq(order);
    case Comparison::less: return std::is_lt(order);
    case Comparison::less_equal: return std::is_lteq(order);
    case Comparison::greater: return std::is_gt(order);
    case Comparison::greater_equal: return std::is_gteq(order);
    case Comparison::like:
    case Comparison::is_null:
    case Comparison::isa: break;
  }
  return false;
}

bool is_number(const Literal& literal) {
  return std::holds_alternative<std::uint64_t>(literal) || std::holds_alternative<std::int64_t>(literal) ||
         std::holds_alternative<double>(literal);
}

Error mistyped(const Term& term, const Property& property, std::string_view wanted) {
  return query_error(term.column,
                     std::string(property.name) + " is compared with " + std::string(wanted) + " only");
}

using Truth = std::optional<bool>;

Truth both(Truth a, Truth b) {
  if (a == false || b == false) return false;
  return a && b ? Truth(true) : std::nullopt;
}
Truth either(Truth a, Truth b) {
  if (a == true || b == true) return true;
  return a && b ? Truth(false) : std::nullopt;
}

}  // namespace

Result<Filter> Filter::bind(const Query& query, const Class& of) {
  Filter out;
  out.class_ = &of;
  out.case_ = query.language == QueryLanguage::wql ? Case::ignored : Case::distinguished;
  out.of_this_class_ = of.is_a(query.class_name);
  if (auto selected = out.select(query); !selected) return fail(selected.error());
  for (const Term& term : query.terms) {
    auto test = out.bind_term(term);
    if (!test) return fail(test.error());
    out.tests_.push_back(std::move(*test));
  }
  out.steps_ = query.steps;
  return out;
}

Result<void> Filter::select(const Query& query) {
  for (const auto& [name, column] : query.selected) {
    const auto position = class_->index_of(name);
    if (!position) {
      return fail(query_error(column, name + " is no property of " + std::string(class_->name())));
    }
    selected_.push_back(*position);
  }
  std::sort(selected_.begin(), selected_.end());
  selected_.erase(std::unique(selected_.begin(), selected_.end()), selected_.end());
  return {};
}

Result<Filter::Test> Filter::bind_term(const Term& term) {
  if (term.comparison == Comparison::isa) {
    const auto* name = std::get_if<std::string>(&term.literal);
    return Test{0, term.comparison, name != nullptr && class_->is_a(*name)};
  }
  const auto position = class_->index_of(term.property);
  if (!position) {
    return fail(
        query_error(term.column, term.property + " is no property of " + std::string(class_->name())));
  }
  const Property& property = class_->properties()[*position];
  if (term.comparison == Comparison::is_null) return Test{*position, term.comparison, {}};
  if (property.shape == Shape::array) {
    return fail(
        query_error(term.column, std::string(property.name) + " is an array: only IS NULL asks of it"));
  }
  auto operand = operand_for(term, property);
  if (!operand) return fail(operand.error());
  return Test{*position, term.comparison, std::move(*operand)};
}

Result<Filter::Operand> Filter::operand_for(const Term& term, const Property& property) {
  const auto* text = std::get_if<std::string>(&term.literal);
  if (term.comparison == Comparison::like) {
    if (property.type != Type::string) return fail(query_error(term.column, "LIKE asks of strings only"));
    auto pattern = LikePattern::parse(text != nullptr ? *text : "", case_);
    if (!pattern) return fail(query_error(term.column, pattern.error().what, pattern.error().hint));
    pattern_size_ += pattern->size();
    if (pattern_size_ > kMaxPatternSize) return fail(query_error(term.column, "the patterns are too long"));
    return Operand(std::move(*pattern));
  }
  switch (property.type) {
    case Type::string:
      if (text == nullptr) return fail(mistyped(term, property, "text in quotes"));
      return Operand(*text);
    case Type::boolean: {
      const bool* truth = std::get_if<bool>(&term.literal);
      const bool equality = term.comparison == Comparison::equal || term.comparison == Comparison::not_equal;
      if (truth == nullptr || !equality) return fail(mistyped(term, property, "= TRUE or = FALSE"));
      return Operand(*truth);
    }
    case Type::datetime: {
      const auto datetime = parse_datetime(text != nullptr ? *text : "");
      if (!datetime) {
        return fail(mistyped(term, property, "a datetime in quotes, as \"2026-11-20T09:14:56Z\","));
      }
      return Operand(*datetime);
    }
    default: break;
  }
  if (!is_number(term.literal)) return fail(mistyped(term, property, "numbers"));
  return std::visit([](const auto& literal) -> Operand { return literal; }, term.literal);
}

Filter::Truth Filter::judge_text(const Test& test, const std::string& text) const {
  if (const auto* pattern = std::get_if<LikePattern>(&test.operand)) return pattern->matches(text);
  if (const auto* wanted = std::get_if<Datetime>(&test.operand)) {
    const auto own = parse_datetime(text);
    if (!own || own->kind != wanted->kind) return std::nullopt;
    return holds(test.comparison, own->microseconds <=> wanted->microseconds);
  }
  const auto* wanted = std::get_if<std::string>(&test.operand);
  if (wanted == nullptr) return std::nullopt;
  if (case_ == Case::distinguished) return holds(test.comparison, text <=> *wanted);
  return holds(test.comparison, characters(text, case_) <=> characters(*wanted, case_));
}

Filter::Truth Filter::judge(const Test& test, const Instance& instance) const {
  if (test.comparison == Comparison::isa) return std::get<bool>(test.operand);
  const Value& value = instance.values()[test.property];
  if (test.comparison == Comparison::is_null) return is_null(value);
  if (is_null(value)) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(&value)) return judge_text(test, *text);
  return holds(test.comparison, std::visit(NumberOrder(), value, test.operand));
}

bool Filter::accepts(const Instance& instance) const {
  if (!of_this_class_ || &instance.of() != class_) return false;
  std::vector<Truth> stack;
  auto test = tests_.begin();
  for (const Step step : steps_) {
    if (step == Step::term) {
      stack.push_back(judge(*test++, instance));
      continue;
    }
    Truth& top = stack.back();
    if (step == Step::negate) {
      if (top) top = !*top;
      continue;
    }
    const Truth right = top;
    stack.pop_back();
    stack.back() = step == Step::both ? both(stack.back(), right) : either(stack.back(), right);
  }
  return stack.empty() || stack.back() == true;
}

}  // namespace muster::cim
