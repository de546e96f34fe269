// SPDX-License-Identifier: GPL-2.0-or-later
// Completion scripts, made from the same tree that parses the command line, so that they cannot disagree.
#pragma once

#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

namespace muster {

std::string bash_completion(const CLI::App& root);

}  // namespace muster
