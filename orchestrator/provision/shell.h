// SPDX-License-Identifier: GPL-2.0-or-later
// How our scripts reach a shell on a host: quoting, and the small loader that every channel starts with.
//
// The loader says that it is ready, drops lines up to the mark (a password that sudo did not need ends
// there), reads the script up to the next mark and runs it. A script that is cut off is not run. The script
// never stands on a command line, so sudo's log shows one short line. Until the loader is ready nothing but
// one password may be sent: sudo would take the next line for the next try.
//
// Source  POSIX.1-2017 sh; dash's `read` takes byte by byte, so what follows the script stays on its input.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace muster {

// In single quotes, for any POSIX shell, csh and fish, as long as there is no line end in it.
std::string shell_quoted(std::string_view text);

enum class Root { as_is, sudo_without_password, sudo_with_password };

// The command of an exec request. With a terminal, echo is off before "MARK tty" is said.
std::string loader_command(std::string_view mark, Root root);
std::string loader_command_on_terminal(std::string_view mark, Root root);

// What the loader takes once it has said "MARK ready UID".
std::string loader_script(std::string_view mark, std::string_view script);

// A word that no output contains by chance: 20 random characters, letters and digits.
std::string random_mark();

}  // namespace muster
