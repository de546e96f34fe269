// SPDX-License-Identifier: GPL-2.0-or-later
// The end of a process that has come to the limit of its memory: orderly, with a line in the log that says which
// limit it was. The monitor replaces it.
#pragma once

#include <cstddef>
#include <string>

namespace muster::sandbox {

inline constexpr int kOutOfMemory = 12;  // exit status

// From now on a failed allocation ends the process. `name` and `limit_bytes` are for the log.
void end_when_out_of_memory(const std::string& name, std::size_t limit_bytes);

}  // namespace muster::sandbox
