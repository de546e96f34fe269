// SPDX-License-Identifier: GPL-2.0-or-later
// Shell-like patterns over names: '*', '?', '[abc]', '[a-c]', '[!abc]'. A '[' that is not closed stands for
// itself. Time grows with pattern times name, whatever the pattern.
#pragma once

#include <string_view>

namespace muster {

bool glob_matches(std::string_view pattern, std::string_view name);

}  // namespace muster
