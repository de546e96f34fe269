// SPDX-License-Identifier: GPL-2.0-or-later
// Every --help reads like a manual page: synopsis, description, options, examples, exit status, files.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
class FormatterBase;
}  // namespace CLI

namespace muster {

struct Manual {
  std::string_view summary;      // one line, no period: also shown in the list of commands
  std::string_view description;  // paragraphs divided by empty lines; wrapped here
  std::string_view examples;     // lines as they are to be shown
  std::string_view exit_status = "0  all well\n1  failed\n2  wrong usage";
  std::string_view files = {};  // lines as they are to be shown; may be empty
};

// A subcommand with its manual. The result belongs to the parent.
CLI::App* add_command(CLI::App& parent, const std::string& name, const Manual& manual);

// Lays out any CLI11 application; one made without add_command() has its description and footer shown.
std::shared_ptr<CLI::FormatterBase> manual_formatter();

}  // namespace muster
