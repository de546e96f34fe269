// SPDX-License-Identifier: GPL-2.0-or-later
// What sudo said when it did not let us in. The words are those of LC_ALL=C.
// Source  sudo 1.9.5 to 1.9.17, plugins/sudoers.
#pragma once

#include <string>
#include <string_view>

#include "orchestrator/provision/failure.h"

namespace muster {

// What sudo asks with: an insult or a badpass_message may say anything, but asking twice is a refusal.
std::string sudo_prompt(std::string_view mark);
// The line without prompts at its beginning: on a terminal an answer stands behind the question.
std::string_view without_sudo_prompt(std::string_view line, std::string_view mark);

// True as soon as sudo has refused the one password it was given; it must not be given another.
bool sudo_refused_password(std::string_view words, std::string_view mark);

// Why the channel ended before the loader was ready.
Failure diagnose_sudo(std::string_view words, std::string_view mark, int exit_status);

}  // namespace muster
