// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/front/log_match.h"

#include <algorithm>
#include <vector>

#include "core/wsman/courier.h"
#include "core/wsman/names.h"
#include "core/wsman/render.h"

namespace muster::agent {
namespace {

constexpr std::string_view kClass = "Muster_LogFileMatch";
constexpr std::size_t kWorstEscape = 6;  // octets of XML for one of text
constexpr std::size_t kFrame = 1024;     // for the elements themselves
constexpr std::string_view kDigits = "0123456789";

// The watcher is somebody else's process: what is no number is passed over.
std::vector<std::string> words_of(std::string_view numbers) {
  std::vector<std::string> words;
  for (auto at = numbers.find_first_of(kDigits); at != std::string_view::npos && words.size() < 64;) {
    const auto end = std::min(numbers.find_first_not_of(kDigits, at), numbers.size());
    words.emplace_back(numbers.substr(at, std::min<std::size_t>(end - at, 3)));
    at = numbers.find_first_of(kDigits, end);
  }
  return words;
}

}  // namespace

std::string log_match(const std::string& file, std::string_view numbers, std::string_view line) {
  const auto element = [&](std::string_view text) {
    std::string out = "<p:";
    out.append(kClass).append(" xmlns:p=\"").append(wsman::names::kDmtfClass).append(kClass).append("\">");
    wsman::append_property(out, "FileName", file);
    wsman::append_property(out, "Expressions", words_of(numbers));
    wsman::append_property(out, "Line", std::string(text));
    return out.append("</p:").append(kClass).append(">");
  };
  std::string whole = element(line);
  if (whole.size() <= wsman::Courier::kMaxItem) return whole;
  const std::size_t others = element("").size() + kFrame;
  const std::size_t room = wsman::Courier::kMaxItem - std::min(wsman::Courier::kMaxItem, others);
  return element(line.substr(0, room / kWorstEscape));
}

}  // namespace muster::agent
