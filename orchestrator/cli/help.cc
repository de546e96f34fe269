// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/help.h"

#include <sstream>
#include <vector>

#include <CLI/CLI.hpp>

namespace muster {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kOptionColumn = 30;

std::string indent(std::string_view text, std::size_t by) {
  std::string out;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    out.append(line.empty() ? "" : std::string(by, ' ')).append(line).append("\n");
  }
  return out;
}

// Words of one paragraph in lines that begin at `column`; the first line continues what is there already.
std::string wrap(std::string_view text, std::size_t column) {
  std::string out;
  std::size_t at = column;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    if (at != column && at + 1 + word.size() > kWidth) {
      out.append("\n").append(column, ' ');
      at = column;
    }
    if (at != column) out.push_back(' ');
    at += word.size() + (at == column ? 0 : 1);
    out.append(word);
  }
  return out;
}

std::string paragraphs(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = text.find("\n\n");
    out.append(out.empty() ? "" : "\n").append("  ").append(wrap(text.substr(0, end), 2)).append("\n");
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 2);
  }
  return out;
}

std::string section(std::string_view title, std::string_view body) {
  return body.empty() ? std::string() : "\n" + std::string(title) + "\n" + std::string(body);
}

// Left column and wrapped text beside it, or below it when the left side is too long.
std::string entry(const std::string& left, const std::string& right) {
  std::string out = "  " + left;
  if (right.empty()) return out + "\n";
  if (out.size() + 2 > kOptionColumn) {
    out.append("\n").append(kOptionColumn, ' ');
  } else {
    out.append(kOptionColumn - out.size(), ' ');
  }
  return out.append(wrap(right, kOptionColumn)).append("\n");
}

// A validator appends its own words to the name of a value: "N:UINT in [1 - 500]". The name is the reader's.
std::string name_of_value(const CLI::Option& option) {
  const auto name = option.get_type_name();
  const bool many =
      option.get_expected_max() > 1 && (option.get_positional() || option.get_allow_extra_args());
  return name.substr(0, name.find(':')) + (many ? "..." : "");
}

std::string value_name(const CLI::Option& option) {
  return option.get_items_expected_max() == 0 ? std::string() : " " + name_of_value(option);
}

std::string positional_name(const CLI::Option& option) {
  const auto name = name_of_value(option);
  return option.get_required() ? name : "[" + name + "]";
}

// "1 to 500" out of what a range validator has appended.
std::string range_text(const CLI::Option& option) {
  constexpr std::string_view kOpening = " in [";
  const auto name = option.get_type_name();
  const auto opening = name.find(kOpening);
  if (opening == std::string::npos || name.back() != ']') return {};
  auto range = name.substr(opening + kOpening.size());
  range.pop_back();
  if (const auto dash = range.find(" - "); dash != std::string::npos) range.replace(dash, 3, " to ");
  return range;
}

std::string option_entry(const CLI::Option& option) {
  auto text = option.get_description();
  if (!option.get_default_str().empty()) text += " (default " + option.get_default_str() + ")";
  if (const auto range = range_text(option); !range.empty()) text += ", " + range;
  if (!option.get_envname().empty()) text += " (environment: " + option.get_envname() + ")";
  const auto left =
      option.get_positional() ? positional_name(option) : option.get_name(false, true) + value_name(option);
  return entry(left, text);
}

std::string options(const CLI::App& app, bool positional) {
  std::string out;
  for (const auto* option : app.get_options()) {
    const bool shown = !option->get_group().empty() && option->get_positional() == positional;
    if (shown) out += option_entry(*option);
  }
  return out;
}

bool has_own_options(const CLI::App& app) {
  const auto all = app.get_options();
  return std::any_of(all.begin(), all.end(), [&](const CLI::Option* option) {
    return option->nonpositional() && option != app.get_help_ptr();
  });
}

std::string synopsis(const CLI::App& app, const std::string& name) {
  std::string line = name;
  if (has_own_options(app)) line += " [OPTION]...";
  for (const auto* option : app.get_options()) {
    if (option->get_positional()) line += " " + positional_name(*option);
  }
  constexpr auto kBelow = " COMMAND [ARGUMENT]...";
  if (app.get_subcommands({}).empty()) return "  " + line + "\n";
  const bool optional = app.get_parent() != nullptr && app.get_require_subcommand_min() == 0;
  return "  " + line + (optional ? "\n  " + name + kBelow : kBelow) + "\n";
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

std::string commands(const CLI::App& app) {
  std::string out;
  for (const auto* command : app.get_subcommands({})) {
    out += entry(command->get_name(), first_line(command->get_description()));
  }
  return out;
}

class ManualFormatter : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode /*mode*/) const override {
    const auto description = app->get_description();
    const auto summary = first_line(description);
    const auto rest =
        description.size() > summary.size() ? description.substr(summary.size() + 1) : std::string();
    std::string out = "NAME\n  " + name + (summary.empty() ? "" : " - " + summary) + "\n";
    out += section("SYNOPSIS", synopsis(*app, name));
    out += section("DESCRIPTION", paragraphs(rest));
    out += section("ARGUMENTS", options(*app, true));
    out += section("OPTIONS", options(*app, false));
    out += section("COMMANDS", commands(*app));
    if (const auto* parent = app->get_parent(); parent != nullptr) {
      out += section("SEE ALSO", "  " + std::string("muster --help, for the options of every command\n"));
    }
    const auto footer = app->get_footer();
    return footer.empty() ? out : out + "\n" + footer;
  }
};

}  // namespace

CLI::App* add_command(CLI::App& parent, const std::string& name, const Manual& manual) {
  auto description = std::string(manual.summary);
  if (!manual.description.empty()) description.append("\n").append(manual.description);
  auto* command = parent.add_subcommand(name, description);
  std::string footer = "EXAMPLES\n" + indent(manual.examples, 2);
  footer += section("EXIT STATUS", indent(manual.exit_status, 2));
  footer += section("FILES", indent(manual.files, 2));
  command->footer(footer);
  return command;
}

std::shared_ptr<CLI::FormatterBase> manual_formatter() {
  return std::make_shared<ManualFormatter>();
}

}  // namespace muster
