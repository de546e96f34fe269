// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/ids.h"

#include <algorithm>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace muster::wsman {
namespace {

TEST(RandomPool, NeverGivesTheSameOctetsTwice) {
  RandomPool pool;
  std::set<std::string> seen;
  const Random random = [&](std::span<unsigned char> out) { pool.draw(out); };
  for (int i = 0; i < 2000; ++i) EXPECT_TRUE(seen.insert(context_id(random)).second) << i;
}

// Odd sizes run over the end of the stock; none may leave a part of the output untouched.
TEST(RandomPool, FillsWhateverIsAskedFor) {
  RandomPool pool;
  for (const std::size_t size : {1U, 7U, 255U, 256U, 257U, 1000U}) {
    std::vector<unsigned char> sum(size);
    for (int round = 0; round < 40; ++round) {
      std::vector<unsigned char> drawn(size);
      pool.draw(drawn);
      for (std::size_t i = 0; i < size; ++i) sum[i] = static_cast<unsigned char>(sum[i] | drawn[i]);
    }
    EXPECT_EQ(std::count(sum.begin(), sum.end(), 0), 0) << size;
  }
}

}  // namespace
}  // namespace muster::wsman
