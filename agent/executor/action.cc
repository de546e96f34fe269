// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/action.h"

#include <algorithm>
#include <iterator>

#include "agent/ipc/watch_order.h"

namespace muster::executor {
namespace {

using agent::Role;

constexpr std::string_view kSystem = "SCX_OperatingSystem";
constexpr std::string_view kLogFile = "SCX_LogFile";

constexpr Action kActions[] = {
    {kSystem, "ExecuteCommand", Role::administer, execute},
    {kSystem, "ExecuteShellCommand", Role::administer, execute},
    {kSystem, "ExecuteScript", Role::administer, execute},
    {kLogFile, "GetMatchedRows", Role::operate, get_matched_rows},
    {kLogFile, "ResetStateFile", Role::operate, reset_state_file},
};

}  // namespace

const Action* find_action(std::string_view class_name, std::string_view method) {
  const auto* found = std::find_if(std::begin(kActions), std::end(kActions), [&](const Action& each) {
    return each.class_name == class_name && each.method == method;
  });
  return found == std::end(kActions) ? nullptr : found;
}

const Action& watch_action() {
  static constexpr Action kWatch{ipc::kWatchClass, ipc::kWatchMethod, Role::operate, nullptr};
  return kWatch;
}

bool wants_sudo(const cim::Invocation& call) {
  return cim::same_name(cim::text_of(call.arguments, "ElevationType"), "sudo");
}

}  // namespace muster::executor
