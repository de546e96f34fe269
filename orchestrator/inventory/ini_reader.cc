// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <optional>
#include <utility>

#include "orchestrator/inventory/draft.h"
#include "orchestrator/inventory/inventory.h"
#include "orchestrator/inventory/limits.h"
#include "orchestrator/inventory/literal.h"
#include "orchestrator/inventory/names.h"
#include "orchestrator/inventory/text.h"
#include "orchestrator/inventory/words.h"

namespace muster {
namespace {

constexpr std::string_view kGroupHint = "letters, digits, '.', '_' and '-', not beginning with '-' or '.'";
constexpr std::string_view kSectionHint = "write [group], [group:vars] or [group:children] without spaces";

bool is_comment(std::string_view line) {
  return line.empty() || line[0] == '#' || line[0] == ';';
}

bool nothing_but_comment(std::string_view rest) {
  rest = trimmed(rest);
  return rest.empty() || rest[0] == '#';
}

struct Section {
  std::string_view group;
  std::string_view kind;  // empty, "vars", "children" or something unknown
};

std::optional<Section> read_section(std::string_view line) {
  const std::size_t close = line.find(']');
  if (line[0] != '[' || close == std::string_view::npos || !nothing_but_comment(line.substr(close + 1))) {
    return {};
  }
  const std::string_view inside = line.substr(1, close - 1);
  const std::size_t colon = inside.find(':');
  const std::string_view group = inside.substr(0, colon);
  if (group.empty() || group.find_first_of(" \t") != std::string_view::npos) return {};
  if (colon == std::string_view::npos) return Section{group, {}};
  const std::string_view kind = inside.substr(colon + 1);
  if (kind.empty() || kind.find_first_of(": \t") != std::string_view::npos) return {};
  return Section{group, kind};
}

class IniReader {
 public:
  explicit IniReader(Draft& draft) : draft_(draft) {}

  void read(std::string_view text) {
    if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      read_line(text.substr(0, end), ++line_);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    report_undeclared();
  }

 private:
  enum class State { hosts, variables, children, skipping };

  Mark at(std::size_t offset) const { return {line_, indent_ + offset + 1}; }

  void read_line(std::string_view raw, std::size_t number) {
    line_ = number;
    if (!raw.empty() && raw.back() == '\r') raw.remove_suffix(1);
    const std::string_view line = trimmed(raw);
    indent_ = static_cast<std::size_t>(line.data() - raw.data());
    if (is_comment(line)) return;
    if (const auto bad = find_bad_byte(line)) {
      draft_.report(at(*bad), Errc::malformed,
                    "byte " + shown(line.substr(*bad, 1)) + " is not acceptable here",
                    "save the file as UTF-8 text without control characters");
      return;
    }
    if (const auto section = read_section(line)) {
      begin_section(*section);
    } else if (line.front() == '[' && line.back() == ']') {
      state_ = State::skipping;
      draft_.report(at(0), Errc::malformed, shown(line) + " is not a section", kSectionHint);
    } else {
      read_content(line);
    }
  }

  void begin_section(const Section& section) {
    state_ = State::skipping;
    if (!is_group_name(section.group)) {
      draft_.report(at(1), Errc::malformed, shown(section.group) + " is not a group name", kGroupHint);
      return;
    }
    const bool known = section.kind.empty() || section.kind == "hosts" || section.kind == "vars" ||
                       section.kind == "children";
    if (!known) {
      draft_.report(
          at(section.group.size() + 2), Errc::malformed,
          "section [" + std::string(section.group) + ":...] has the unknown kind " + shown(section.kind),
          kSectionHint);
      return;
    }
    group_ = draft_.add_group(section.group, at(1));
    if (section.kind != "vars") draft_.declare(group_);
    state_ = section.kind == "vars"       ? State::variables
             : section.kind == "children" ? State::children
                                          : State::hosts;
  }

  void read_content(std::string_view line) {
    switch (state_) {
      case State::hosts: return read_host(line);
      case State::variables: return read_variable(line);
      case State::children: return read_child(line);
      case State::skipping: return;
    }
  }

  void read_host(std::string_view line) {
    const Words split = split_words(line);
    if (split.fault) {
      draft_.report(at(split.fault->offset), Errc::malformed, split.fault->what,
                    "close it, or put the value between quotation marks of the other kind");
      return;
    }
    if (split.words.empty() || is_stray_setting(split.words.front().text)) return;
    Settings settings;
    for (std::size_t i = 1; i < split.words.size(); ++i) read_assignment(split.words[i], settings);
    draft_.add_hosts(split.words.front().text, group_, std::move(settings), at(split.words.front().offset));
  }

  // A forgotten [group:vars] heading. The text is not repeated: it may hold a password.
  bool is_stray_setting(std::string_view text) {
    if (text.find('=') == std::string_view::npos) return false;
    draft_.report(at(0), Errc::malformed, "a setting stands where a name belongs",
                  "settings go below [group:vars], or behind a host on its line");
    return true;
  }

  // What stands there is not repeated: it may be the second half of a badly quoted password.
  void read_assignment(const Word& word, Settings& into) {
    const std::size_t equals = word.text.find('=');
    if (equals == std::string::npos) {
      draft_.report(at(word.offset), Errc::malformed, "a word behind the host is not name=value",
                    "one host per line; no spaces around '='; values with spaces in quotation marks");
      return;
    }
    draft_.set_variable(into, std::string_view(word.text).substr(0, equals),
                        {literal_value(std::string_view(word.text).substr(equals + 1)), at(word.offset)});
  }

  void read_variable(std::string_view line) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      draft_.report(at(0), Errc::malformed, "a line of a :vars section is not name=value",
                    "write name=value; comments need a line of their own");
      return;
    }
    draft_.set_group_variable(group_, trimmed(line.substr(0, equals)),
                              {literal_value(line.substr(equals + 1)), at(0)});
  }

  void read_child(std::string_view line) {
    const std::string_view name = line.substr(0, line.find_first_of(" \t"));
    if (is_stray_setting(line)) return;
    if (!nothing_but_comment(line.substr(name.size()))) {
      draft_.report(at(name.size() + 1), Errc::malformed, "text behind the group " + shown(name),
                    "one group per line; settings go into [group:vars]");
      return;
    }
    if (!is_group_name(name)) {
      draft_.report(at(0), Errc::malformed, shown(name) + " is not a group name", kGroupHint);
      return;
    }
    draft_.add_child(group_, draft_.add_group(name, at(0)), at(0));
  }

  void report_undeclared() {
    for (const DraftGroup& group : draft_.groups()) {
      if (group.declared) continue;
      draft_.report(group.where, Errc::not_found, "group " + shown(group.name) + " is used but not defined",
                    "add a section [" + group.name + "] or correct the name");
    }
  }

  Draft& draft_;
  State state_ = State::hosts;
  std::size_t group_ = Draft::kUngrouped;
  std::size_t line_ = 0;
  std::size_t indent_ = 0;
};

}  // namespace

Draft draft_inventory_ini(std::string_view text, std::string file) {
  Draft draft(std::move(file));
  if (text.size() > limits::kFileBytes) {
    draft.report({}, Errc::malformed, "larger than 16 MiB", "divide the inventory into several files");
  } else {
    IniReader(draft).read(text);
  }
  return draft;
}

InventoryReading parse_inventory_ini(std::string_view text, std::string file) {
  return resolve(draft_inventory_ini(text, std::move(file)));
}

}  // namespace muster
