// SPDX-License-Identifier: GPL-2.0-or-later
// Which of several expressions a line matches, in time that grows with the line and never with its cunning. RE2 is
// inside and stays inside agent/executor.
//
// Limits   kMaxExpressions, kMaxExpressionOctets; the memory of each is bounded.
// Threads  one.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace muster::executor {

class LineMatcher {
 public:
  static constexpr std::size_t kMaxExpressions = 64;
  static constexpr std::size_t kMaxExpressionOctets = 4096;

  // Those that cannot be used match nothing.
  explicit LineMatcher(const std::vector<std::string>& expressions);
  ~LineMatcher();
  LineMatcher(const LineMatcher&) = delete;
  LineMatcher& operator=(const LineMatcher&) = delete;
  LineMatcher(LineMatcher&&) = delete;
  LineMatcher& operator=(LineMatcher&&) = delete;

  // Their numbers, counted from 0, as in "0 2"; empty for none.
  const std::string& invalid() const { return invalid_; }
  std::string matches(std::string_view line) const;

 private:
  struct Expression;
  std::vector<Expression> usable_;
  std::string invalid_;
};

}  // namespace muster::executor
