// SPDX-License-Identifier: GPL-2.0-or-later
// What of the configuration may change while the agent runs, and how the monitor tells the front.
//
// Errors  malformed: the frame is no settings frame. The configuration is then as it was.
#pragma once

#include <string>
#include <vector>

#include "agent/config.h"
#include "agent/ipc/frame.h"

namespace muster::agent {

// The keys in which `fresh` asks for what only a restart can bring. They are set back to what is running.
std::vector<std::string> keep_what_is_fixed(Config& fresh, const Config& running);

// The part of the configuration that the front follows at once.
ipc::Frame settings_frame(const Config& config);
Result<void> take_settings(const ipc::Frame& settings, Config& config);

}  // namespace muster::agent
