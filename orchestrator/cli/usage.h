// SPDX-License-Identifier: GPL-2.0-or-later
// What is wrong with the words of a command line, said about the very word, with the help that explains it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
class ParseError;
}  // namespace CLI

namespace muster {

// "muster runs show"
std::string path_of(const CLI::App& app);

// That `word` is none of the commands below `app`, with the one that was probably meant.
Error unknown_command(const CLI::App& app, const std::string& word);

// Found before the parser looks: an unknown command or option at any level, a word too many, an option given
// twice or without its value, a command that is missing.
std::optional<Error> find_misuse(const CLI::App& root, const std::vector<std::string>& words);

// What the parser found, about the command that it had reached.
Error misuse_of(const CLI::App& root, const CLI::ParseError& error);

}  // namespace muster
