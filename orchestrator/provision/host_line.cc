// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/host_line.h"

#include <algorithm>
#include <array>

#include "core/base/log.h"

namespace muster {
namespace {

using Verb = HostLine::Verb;
constexpr std::size_t kTextBytes = 500;
constexpr std::size_t kDataBytes = 1024;
constexpr std::size_t kStepBytes = 40;

enum class Rest { none, step, failure, text, raw };
struct Grammar {
  std::string_view word;
  Verb verb;
  Rest rest;
};
constexpr std::array kGrammar{
    Grammar{"tty", Verb::tty, Rest::none},         Grammar{"ready", Verb::ready, Rest::text},
    Grammar{"begin", Verb::begin, Rest::step},     Grammar{"ok", Verb::ok, Rest::step},
    Grammar{"changed", Verb::changed, Rest::step}, Grammar{"failed", Verb::failed, Rest::failure},
    Grammar{"|", Verb::data, Rest::raw},           Grammar{"ask", Verb::ask, Rest::step},
    Grammar{"fact", Verb::fact, Rest::text},       Grammar{"have", Verb::have, Rest::none},
    Grammar{"want", Verb::want, Rest::text},       Grammar{"got", Verb::got, Rest::none},
    Grammar{"end", Verb::end, Rest::none},
};

std::string_view take_word(std::string_view& rest) {
  const auto end = rest.find(' ');
  const auto word = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return word;
}

bool is_step_name(std::string_view name) {
  return !name.empty() && name.size() <= kStepBytes &&
         std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

bool fill(HostLine& line, Rest shape, std::string_view rest) {
  if (shape == Rest::none) return rest.empty();
  if (shape == Rest::raw) {
    line.text = rest.substr(0, kDataBytes);
    return rest.size() <= kDataBytes;
  }
  if (shape == Rest::text) {
    line.text = log::printable(rest.substr(0, kTextBytes));
    return true;
  }
  line.step = take_word(rest);
  if (!is_step_name(line.step)) return false;
  if (shape == Rest::step) return rest.empty();
  const auto* known = find_failure_class(take_word(rest));
  line.code = known == nullptr ? FailureCode::script : known->code;
  line.text = log::printable(rest.substr(0, kTextBytes));
  return true;
}

}  // namespace

std::optional<HostLine> parse_host_line(std::string_view line, std::string_view mark) {
  if (mark.empty() || line.size() <= mark.size() || line.substr(0, mark.size()) != mark ||
      line[mark.size()] != ' ') {
    return std::nullopt;
  }
  auto rest = line.substr(mark.size() + 1);
  const auto word = take_word(rest);
  const auto* const grammar = std::find_if(kGrammar.begin(), kGrammar.end(),
                                           [word](const Grammar& entry) { return entry.word == word; });
  if (grammar == kGrammar.end()) return std::nullopt;
  HostLine result;
  result.verb = grammar->verb;
  if (!fill(result, grammar->rest, rest)) return std::nullopt;
  return result;
}

bool is_upload_folder(std::string_view path) {
  for (const std::string_view start : {"/var/tmp/muster-", "/tmp/muster-"}) {
    if (path.substr(0, start.size()) != start) continue;
    const auto name = path.substr(start.size());
    return name.size() >= 6 && name.size() <= 20 &&
           std::all_of(name.begin(), name.end(), [](unsigned char c) {
             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
           });
  }
  return false;
}

}  // namespace muster
