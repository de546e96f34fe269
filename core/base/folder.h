// SPDX-License-Identifier: GPL-2.0-or-later
// What a folder holds.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace muster {

// Names of the entries but "." and "..", in the order of the kernel; none when the folder cannot be read. At most `most`.
std::vector<std::string> names_in(const std::string& folder, std::size_t most = 65536);

}  // namespace muster
