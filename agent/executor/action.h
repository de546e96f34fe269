// SPDX-License-Identifier: GPL-2.0-or-later
// The methods that are carried out as their caller, each in a process of its own (executor.h): who may ask for it, and
// what does it. All other methods only read and belong to their provider.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "agent/grants.h"
#include "core/base/error.h"
#include "core/cim/invocation.h"

namespace muster::executor {

// What a method finds in its process, which is the account's already.
struct Surroundings {
  std::string folder;                              // of the account alone, for what is kept between calls
  std::chrono::steady_clock::time_point deadline;  // nobody waits for an answer after it
  std::size_t answer_octets = 0;                   // that the answer may take as XML
  int caller = -1;                                 // a descriptor that can be read when nobody waits any more
};

struct Outcome {
  cim::Arguments answer;
  std::string words;           // for the audit log
  std::function<void()> undo;  // for when the answer cannot be delivered; may be empty
};

using Act = Result<Outcome> (*)(const cim::Invocation& call, const Surroundings& surroundings);

struct Action {
  std::string_view class_name;
  std::string_view method;
  agent::Role needs;
  Act act;  // null: it is no method but a watch (watch_log.h)
};

// Names as the class and its declaration spell them; nullptr for a method that is not carried out here.
const Action* find_action(std::string_view class_name, std::string_view method);

// Log files that are watched; no method that a client could ask for.
const Action& watch_action();

// Whether the call asks for another program to raise its rights. Its process then keeps no_new_privs off.
bool wants_sudo(const cim::Invocation& call);

Result<Outcome> execute(const cim::Invocation& call, const Surroundings& surroundings);
Result<Outcome> get_matched_rows(const cim::Invocation& call, const Surroundings& surroundings);
Result<Outcome> reset_state_file(const cim::Invocation& call, const Surroundings& surroundings);

}  // namespace muster::executor
