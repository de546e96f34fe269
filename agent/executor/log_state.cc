// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/log_state.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace muster::executor {
namespace {

constexpr std::string_view kTitle = "muster log position 1";
constexpr std::size_t kHashDigits = 64;
constexpr std::uint64_t kMostOctets = std::uint64_t{1} << 62;  // fits off_t

// Takes one line "name value" off the text.
std::optional<std::string_view> take(std::string_view& text, std::string_view name) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  if (!line.starts_with(name) || line.size() == name.size() || line[name.size()] != ' ') return std::nullopt;
  line.remove_prefix(name.size() + 1);
  return line;
}

bool take_number(std::string_view& text, std::string_view name, std::uint64_t& out) {
  const auto value = take(text, name);
  if (!value) return false;
  const char* const end = value->data() + value->size();
  const auto [stop, error] = std::from_chars(value->data(), end, out);
  return !value->empty() && error == std::errc() && stop == end;
}

bool is_hash(std::string_view text) {
  return text.size() == kHashDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Length first, since a path and a qid may hold anything, line ends too.
void append_string(std::string& out, std::string_view name, const std::string& value) {
  out.append(name).append(" ").append(std::to_string(value.size())).append("\n").append(value).append("\n");
}

bool take_string(std::string_view& text, std::string_view name, std::string& out) {
  std::uint64_t size = 0;
  if (!take_number(text, name, size) || size >= text.size() || text[size] != '\n') return false;
  out = text.substr(0, size);
  text.remove_prefix(size + 1);
  return true;
}

bool take_fingerprint(std::string_view& text, std::string& out) {
  const auto value = take(text, "fingerprint");
  if (!value || (*value != "-" && !is_hash(*value))) return false;
  if (*value != "-") out = *value;
  return true;
}

}  // namespace

std::string state_text(const LogState& state) {
  std::string out(kTitle);
  out.append("\n");
  append_string(out, "file", state.file);
  append_string(out, "qid", state.qid);
  out.append("device ").append(std::to_string(state.device)).append("\n");
  out.append("inode ").append(std::to_string(state.inode)).append("\n");
  out.append("offset ").append(std::to_string(state.offset)).append("\n");
  out.append("fingerprint ").append(state.fingerprint.empty() ? "-" : state.fingerprint).append("\n");
  return out.append("skip ").append(state.skip ? "1" : "0").append("\n");
}

Result<LogState> parse_log_state(std::string_view text) {
  const auto bad = [] { return fail(Errc::malformed, "not a log position"); };
  if (text.size() > kMaxStateBytes || !text.starts_with(kTitle)) return bad();
  text.remove_prefix(kTitle.size());
  if (!text.starts_with('\n')) return bad();
  text.remove_prefix(1);
  LogState state;
  std::uint64_t skip = 0;
  const bool taken = take_string(text, "file", state.file) && take_string(text, "qid", state.qid) &&
                     take_number(text, "device", state.device) && take_number(text, "inode", state.inode) &&
                     take_number(text, "offset", state.offset) && take_fingerprint(text, state.fingerprint) &&
                     take_number(text, "skip", skip);
  const bool sound = taken && text.empty() && skip <= 1 && state.offset <= kMostOctets &&
                     (state.offset == 0) == state.fingerprint.empty();
  if (!sound) return bad();
  state.skip = skip == 1;
  return state;
}

}  // namespace muster::executor
