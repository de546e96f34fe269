// SPDX-License-Identifier: GPL-2.0-or-later
// The text of TopResourceConsumers: the processes that use most of something, the greatest first.
//
// Source  the columns are those of the original agent, whose clients show the text as it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace muster::proc {

struct Consumer {
  std::string pid;
  std::string name;
  std::uint64_t used = 0;
};

// At most `count` of them; equals keep their order.
std::string top_table(std::string_view resource, std::vector<Consumer> consumers, std::size_t count);

}  // namespace muster::proc
