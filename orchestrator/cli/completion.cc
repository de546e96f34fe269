// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/completion.h"

#include <CLI/CLI.hpp>

namespace muster {
namespace {

// What takes a path is completed with paths.
bool wants_path(const CLI::Option& option) {
  const auto type = option.get_type_name();
  return type == "FILE" || type == "DIR" || type == "INVENTORY";
}

struct Words {
  std::string plain;         // commands and options, divided by blanks
  std::string path_options;  // options followed by a path, as alternatives of a case pattern
  std::string value_options;
};

void add_option(Words& words, const CLI::Option& option) {
  std::string names;
  for (const auto& name : option.get_lnames()) names += (names.empty() ? "--" : "|--") + name;
  for (const auto& name : option.get_snames()) names += (names.empty() ? "-" : "|-") + name;
  for (const auto& name : option.get_lnames()) words.plain += " --" + name;
  if (option.get_items_expected_max() == 0) return;
  auto& group = wants_path(option) ? words.path_options : words.value_options;
  group += (group.empty() ? "" : "|") + names;
}

Words words_of(const CLI::App& app) {
  Words words;
  for (const auto* command : app.get_subcommands({})) words.plain += " " + command->get_name();
  for (const CLI::App* level = &app; level != nullptr; level = level->get_parent()) {
    for (const auto* option : level->get_options()) {
      if (option->nonpositional() && !option->get_group().empty()) add_option(words, *option);
    }
  }
  return words;
}

bool positional_path(const CLI::App& app) {
  const auto options = app.get_options();
  return std::any_of(options.begin(), options.end(), [](const CLI::Option* option) {
    return option->get_positional() && wants_path(*option);
  });
}

// One branch of the script's case statement for each command, subcommands included.
void add_branches(std::string& script, const CLI::App& app, const std::string& path) {
  const auto words = words_of(app);
  script += "    \"" + path + "\")\n";
  script += "      words=\"" + (words.plain.empty() ? "" : words.plain.substr(1)) + "\"\n";
  script += "      paths=\"" + words.path_options + "\"; values=\"" + words.value_options + "\"; files=";
  script += positional_path(app) ? "yes ;;\n" : "no ;;\n";
  for (const auto* command : app.get_subcommands({})) {
    add_branches(script, *command, path.empty() ? command->get_name() : path + " " + command->get_name());
  }
}

void add_names(std::string& names, const CLI::App& app, const std::string& path) {
  for (const auto* command : app.get_subcommands({})) {
    const auto full = path.empty() ? command->get_name() : path + " " + command->get_name();
    names += "|\"" + full + "\"";
    add_names(names, *command, full);
  }
}

constexpr char kBeginning[] = R"(# bash completion for muster; load it with:  source <(muster completion bash)
_muster() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="" path="" word next words paths values files
  [ "$COMP_CWORD" -gt 0 ] && previous="${COMP_WORDS[COMP_CWORD-1]}"
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="${path:+$path }$word"
    case "$next" in
      )";

constexpr char kMiddle[] = R"() path="$next" ;;
    esac
  done
  case "$path" in
)";

constexpr char kEnd[] = R"(  esac
  COMPREPLY=()
  if [[ -n "$paths" && "$previous" =~ ^($paths)$ ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  elif [[ -n "$values" && "$previous" =~ ^($values)$ ]]; then
    return
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    if [[ "$files" == yes && "$current" != -* ]]; then
      mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
    fi
  fi
}
complete -o filenames -F _muster muster
)";

}  // namespace

std::string bash_completion(const CLI::App& root) {
  std::string names;
  add_names(names, root, "");
  std::string script = kBeginning;
  script += names.empty() ? "\"\"" : names.substr(1);
  script += kMiddle;
  add_branches(script, root, "");
  return script + kEnd;
}

}  // namespace muster
