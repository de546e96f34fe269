// SPDX-License-Identifier: GPL-2.0-or-later
// Standard output and error of the command line. A reader that went away (`| head`) is not a failure.
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/base/error.h"

namespace muster {

using Json = nlohmann::ordered_json;

void print(std::string_view text);
// One document, indented, ended by a line feed. Text that is no UTF-8 is replaced, never thrown at.
void print_json(const Json& document);
// One event on one line, flushed: for long work.
void print_json_line(const Json& event);

// "muster: WHAT" and "  hint: HINT" on standard error.
void print_error(const Error& error);
// Of a command line that asks for what cannot be: "code" is "usage" in JSON. The caller ends with Exit::usage.
void print_usage_error(const Error& error, bool json);
// {"error": {"code", "what", "hint"}}
Json error_json(const Error& error);

// Flushes. internal: standard output could not be written (a full disk), other than by a closed pipe.
Result<void> finish_output();

}  // namespace muster
