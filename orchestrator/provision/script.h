// SPDX-License-Identifier: GPL-2.0-or-later
// Puts the steps' shell fragments together into the scripts that one host runs.
//
// What a fragment may use
//   say VERB ...        a line to the management server
//   ok, changed         ends the step; `stop E-CODE text` ends everything
//   ask NAME [FILE]     sends FILE's lines, waits, leaves the answer in "$work/answer"
//   leased FILE CMD...  runs CMD with FILE as input and stops it when the connection goes away; output in
//                       "$work/log"
//   agent_error         the agent's error and its hint, from "$work/log"; config_error: it is about agent.toml
//   last_words          the end of "$work/log" on one line
//   agent_running, agent_start, agent_stop, agent_show
//   dpkg_run WORDS...   dpkg, waiting for its lock (dpkg_locked: in vain) and never stopped; $status, "$work/log"
//   is_unproved         package or certificate were replaced, by this run or one that was cut, and no proof came
//   go_back             puts back what is unproved; $went, $stuck
//   stop_back           go_back and `stop`, with both in the text
//   $work               a folder of root's own, removed at the end
//   $pending            a file that says: restart the agent, something under it has changed
//   the variables of ScriptValues
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orchestrator/steps/step.h"

namespace muster {

// name -> value; values are quoted here and may hold anything but line ends.
using ScriptValues = std::vector<std::pair<std::string_view, std::string>>;

// Script of the steps of one place, in their order.
std::string compose_script(const std::vector<std::unique_ptr<Step>>& steps, Place place,
                           std::string_view mark, const ScriptValues& values);

}  // namespace muster
