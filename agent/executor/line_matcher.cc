// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/line_matcher.h"

#include <re2/re2.h>

namespace muster::executor {
namespace {

constexpr std::int64_t kMemory = std::int64_t{1} << 20;  // of one expression and its states

void append_number(std::string& list, std::size_t number) {
  list.append(list.empty() ? "" : " ").append(std::to_string(number));
}

re2::RE2::Options options() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMemory);
  return options;
}

}  // namespace

struct LineMatcher::Expression {
  std::size_t number;
  std::unique_ptr<re2::RE2> expression;
};

LineMatcher::LineMatcher(const std::vector<std::string>& expressions) {
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    const bool bounded = i < kMaxExpressions && expressions[i].size() <= kMaxExpressionOctets;
    auto made = bounded ? std::make_unique<re2::RE2>(expressions[i], options()) : nullptr;
    if (made && made->ok()) {
      usable_.push_back({i, std::move(made)});
    } else {
      append_number(invalid_, i);
    }
  }
}

LineMatcher::~LineMatcher() = default;

std::string LineMatcher::matches(std::string_view line) const {
  std::string found;
  for (const Expression& each : usable_) {
    if (re2::RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), *each.expression)) {
      append_number(found, each.number);
    }
  }
  return found;
}

}  // namespace muster::executor
