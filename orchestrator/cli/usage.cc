// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/usage.h"

#include <algorithm>
#include <limits>
#include <map>

#include <CLI/CLI.hpp>

#include "orchestrator/cli/suggest.h"

namespace muster {
namespace {

std::string help_of(const CLI::App& app) {
  return path_of(app) + " --help";
}

Error misuse(std::string what, std::string hint) {
  return {Errc::malformed, std::move(what), std::move(hint)};
}

std::string suggestion(const std::string& word, const std::vector<std::string>& names,
                       std::string otherwise) {
  const auto near = nearest(word, names);
  return near.empty() ? std::move(otherwise) : "did you mean \"" + near + "\"?";
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

const CLI::App* command_named(const CLI::App& app, const std::string& name) {
  const auto found = app.get_subcommands([&](const CLI::App* one) { return one->get_name() == name; });
  return found.empty() ? nullptr : found.front();
}

// The reader's name of a value; a validator appends its own words behind a colon.
std::string value_of(const CLI::Option& option) {
  const auto name = option.get_type_name();
  return name.substr(0, name.find(':'));
}

std::string shown_name(const CLI::Option& option) {
  return option.get_positional() ? value_of(option) : option.get_name() + " " + value_of(option);
}

// How many words the command itself takes.
std::size_t places_of(const CLI::App& app) {
  std::size_t places = 0;
  for (const auto* option : app.get_options([](const CLI::Option* one) { return one->get_positional(); })) {
    const auto most = static_cast<std::size_t>(option->get_items_expected_max());
    places += std::min(most, std::numeric_limits<std::size_t>::max() - places);
  }
  return places;
}

// Follows the words as the parser will.
class Walk {
 public:
  explicit Walk(const CLI::App& root) : level_(&root) {}

  std::optional<Error> over(const std::vector<std::string>& words) {
    for (auto word = words.begin(); word != words.end() && *word != "--"; ++word) {
      const bool dashed = word->size() > 1 && word->front() == '-';
      if (!dashed) {
        if (auto wrong = plain(*word)) return wrong;
        continue;
      }
      const CLI::Option* option = find(*word);
      if (option == nullptr) return unknown_option(*word);
      if (option == level_->get_help_ptr()) return std::nullopt;
      if (auto wrong = repeated(*option)) return wrong;
      if (option->get_items_expected_max() == 0 || carries_value(*word)) continue;
      if (++word == words.end()) {
        return misuse(option->get_name() + ": its " + value_of(*option) + " is missing", help_of(*level_));
      }
    }
    if (level_->get_parent() == nullptr || level_->get_require_subcommand_min() == 0) return std::nullopt;
    if (command_missing_) {
      return misuse("which command of " + path_of(*level_) + "?", help_of(*level_) + " lists them");
    }
    return std::nullopt;
  }

 private:
  std::optional<Error> plain(const std::string& word) {
    if (const auto* command = taken_ == 0 ? command_named(*level_, word) : nullptr; command != nullptr) {
      level_ = command;
      command_missing_ = command->get_require_subcommand_min() != 0;
      return std::nullopt;
    }
    if (++taken_ <= places_of(*level_)) return std::nullopt;
    if (!commands_of(*level_).empty()) return unknown_command(*level_, word);
    return misuse("\"" + word + "\": a word too many", help_of(*level_));
  }

  // An option of this command or of one above it; null when there is none.
  const CLI::Option* find(const std::string& word) const {
    const auto name = word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2);
    for (const auto* app = level_; app != nullptr; app = app->get_parent()) {
      if (const auto* option = app->get_option_no_throw(name); option != nullptr) return option;
    }
    return nullptr;
  }

  static bool carries_value(const std::string& word) {
    return word.starts_with("--") ? word.find('=') != std::string::npos : word.size() > 2;
  }

  Error unknown_option(const std::string& word) const {
    std::vector<std::string> names;
    for (const auto* app = level_; app != nullptr; app = app->get_parent()) {
      for (const auto* option : app->get_options()) {
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
      }
    }
    const auto own = level_->get_parent() == nullptr ? "; options of a command stand behind its name" : "";
    const auto name = word.substr(0, word.find('='));
    return misuse(name + ": no such option of " + path_of(*level_),
                  suggestion(name, names, help_of(*level_) + " lists them" + own));
  }

  std::optional<Error> repeated(const CLI::Option& option) {
    if (option.get_items_expected_max() != 1 || ++given_[&option] == 1) return std::nullopt;
    return misuse(option.get_name() + ": given twice", "once is enough; see " + help_of(*level_));
  }

  const CLI::App* level_;
  std::size_t taken_ = 0;  // words that the command takes itself
  bool command_missing_ = false;
  std::map<const CLI::Option*, int> given_;
};

const CLI::App& reached(const CLI::App& root) {
  const auto* app = &root;
  for (auto chosen = app->get_subcommands(); !chosen.empty(); chosen = app->get_subcommands()) {
    app = chosen.front();
  }
  return *app;
}

}  // namespace

std::string path_of(const CLI::App& app) {
  const auto* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : path_of(*parent) + " " + app.get_name();
}

Error unknown_command(const CLI::App& app, const std::string& word) {
  const auto of = app.get_parent() == nullptr ? std::string() : " of " + path_of(app);
  return misuse("\"" + word + "\" is not a command" + of,
                suggestion(word, commands_of(app), help_of(app) + " lists them"));
}

std::optional<Error> find_misuse(const CLI::App& root, const std::vector<std::string>& words) {
  return Walk(root).over(words);
}

Error misuse_of(const CLI::App& root, const CLI::ParseError& error) {
  const auto& app = reached(root);
  std::string text = error.what();
  for (const auto* option : app.get_options()) {
    if (option->get_required() && option->count() == 0) {
      return misuse(shown_name(*option) + " is missing", help_of(app));
    }
    const auto prefix = option->get_name() + ": ";
    if (option->get_positional() && text.starts_with(prefix)) {
      text = value_of(*option) + ": " + text.substr(prefix.size());
    }
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.pop_back();
  return misuse(text, help_of(app));
}

}  // namespace muster
