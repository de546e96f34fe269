// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/process_stat.h"

#include <algorithm>

#include "providers/proc/text.h"

namespace muster::proc {
namespace {

// Reads words one after the other and remembers whether one was missing or no number.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  template <class Number>
  Fields& take(Number& value) {
    const auto read = next_number<Number>(rest_);
    complete_ = complete_ && read.has_value();
    value = read.value_or(Number{});
    return *this;
  }
  Fields& skip(int count) {
    for (int i = 0; i < count; ++i) complete_ = next_word(rest_).has_value() && complete_;
    return *this;
  }
  bool complete() const { return complete_; }

 private:
  std::string_view rest_;
  bool complete_ = true;
};

// The most that XML makes of an octet: a reference, or the replacement for what is no UTF-8.
constexpr std::size_t escaped_octets(char octet) {
  const auto value = static_cast<unsigned char>(octet);
  if (value >= 0x7F) return 3;
  if (value < 0x20) return 5;
  return octet == '"' || octet == '&' || octet == '<' || octet == '>' ? 6 : 1;
}

// The part of the text that fits, no character cut in two; takes it off the room.
std::string_view take_fitting(std::string_view text, std::size_t& room) {
  std::size_t size = 0;
  for (; size < text.size(); ++size) {
    const auto octets = escaped_octets(text[size]);
    if (octets > room) break;
    room -= octets;
  }
  if (size < text.size()) {
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  }
  return text.substr(0, size);
}

std::vector<std::string> cut(std::vector<std::string> arguments) {
  arguments.emplace_back("...");
  return arguments;
}

}  // namespace

// PID (NAME) STATE PPID GROUP SESSION TTY ...: the name ends at the last parenthesis, whatever it holds.
Result<ProcessStat> parse_process_stat(std::string_view text) {
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open ||
      close + 2 >= text.size()) {
    return fail(Errc::malformed, "/proc/PID/stat: no name in parentheses");
  }
  ProcessStat stat;
  stat.name = text.substr(open + 1, close - open - 1);
  stat.state = text[close + 2];
  // A line end is no blank: the last number would otherwise not be one.
  const auto rest = text.substr(close + 2, std::min(text.find('\n', close), text.size()) - close - 2);
  Fields fields(rest);
  fields.skip(1).take(stat.parent).take(stat.group).take(stat.session).take(stat.terminal);
  // 8 tpgid, 10 minflt, 11 cminflt, 13 cmajflt
  fields.skip(1)
      .take(stat.flags)
      .skip(2)
      .take(stat.major_faults)
      .skip(1)
      .take(stat.user_ticks)
      .take(stat.system_ticks);
  fields.take(stat.children_user_ticks).take(stat.children_system_ticks);
  fields.take(stat.priority).take(stat.nice).skip(2).take(stat.start_ticks);
  fields.skip(1).take(stat.resident_pages).skip(10).take(stat.waiting_in);  // 25 rsslim to 34 sigcatch
  if (!fields.complete()) return fail(Errc::malformed, "/proc/PID/stat: fewer numbers than expected");
  return stat;
}

std::vector<std::string> parse_arguments(std::string_view cmdline) {
  // Programs that change their title pad it.
  cmdline = cmdline.substr(0, cmdline.find_last_not_of('\0') + 1);
  std::vector<std::string> arguments;
  std::size_t room = kMaxArgumentOctets;
  while (!cmdline.empty()) {
    if (arguments.size() == kMaxArguments) return cut(std::move(arguments));
    const auto argument = cmdline.substr(0, cmdline.find('\0'));
    const auto fitting = take_fitting(argument, room);
    arguments.emplace_back(fitting);
    if (fitting.size() < argument.size()) return cut(std::move(arguments));
    cmdline.remove_prefix(std::min(cmdline.size(), argument.size() + 1));
  }
  return arguments;
}

std::string terminal_name(std::int64_t device) {
  const auto major = (device >> 8) & 0xfff;
  const auto minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  if (major >= 136 && major <= 143) return "pts/" + std::to_string((major - 136) * 256 + minor);
  if (major == 4) return minor < 64 ? "tty" + std::to_string(minor) : "ttyS" + std::to_string(minor - 64);
  return {};
}

}  // namespace muster::proc
