// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/top_table.h"

#include <algorithm>

namespace muster::proc {
namespace {

constexpr std::size_t kPidWidth = 5;
constexpr std::size_t kNameWidth = 20;
constexpr std::size_t kValueWidth = 10;
constexpr std::size_t kRuleWidth = 61;

std::string right(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string left(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

}  // namespace

std::string top_table(std::string_view resource, std::vector<Consumer> consumers, std::size_t count) {
  std::stable_sort(consumers.begin(), consumers.end(),
                   [](const Consumer& a, const Consumer& b) { return a.used > b.used; });
  consumers.resize(std::min(consumers.size(), count));
  std::string out = "\n" + left("PID", kPidWidth + 1) + left("Name", kNameWidth + 1);
  out.append(resource).append("\n").append(kRuleWidth, '-').append("\n");
  for (const auto& each : consumers) {
    out.append(right(each.pid, kPidWidth)).append(" ").append(left(each.name, kNameWidth)).append(" ");
    out.append(right(std::to_string(each.used), kValueWidth)).append("\n");
  }
  return out;
}

}  // namespace muster::proc
