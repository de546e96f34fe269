// SPDX-License-Identifier: GPL-2.0-or-later
// Where a watch has come to in its file, on disk: FOLDER/watch-NAME.place, in the text of a LogState.
//
// Errors  of save(): internal, denied. A place that is not there, or is not ours to read, is none.
// Limits  see watch_log.h.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "agent/executor/log_state.h"
#include "core/base/error.h"

namespace muster::executor {

std::optional<LogState> load_place(const std::string& folder, const std::string& name,
                                   const std::string& file);
Result<void> save_place(const std::string& folder, const LogState& state);
// Removes what nobody has come back for, and the oldest ones when there are too many.
void sweep_places(const std::string& folder, std::chrono::system_clock::time_point now);

}  // namespace muster::executor
