// SPDX-License-Identifier: GPL-2.0-or-later
// What somebody probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace muster {

// The candidate with the fewest edits (swaps of neighbours count as one); "" when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace muster
