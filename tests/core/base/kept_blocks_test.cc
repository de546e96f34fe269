// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/kept_blocks.h"

#include <cstring>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/sanitized.h"

namespace muster {
namespace {

constexpr std::size_t kPage = std::size_t{32} * 1024;

// The sanitizers' builds keep nothing.
constexpr bool kKeeps = !kSanitized;

TEST(KeptBlocks, AreUsable) {
  for (const std::size_t size :
       {std::size_t{1}, kept_blocks::kSmallest, kPage, kept_blocks::kLargest, kept_blocks::kLargest + 1}) {
    void* const block = kept_blocks::take(size);
    ASSERT_NE(block, nullptr) << size;
    std::memset(block, 0x5A, size);
    kept_blocks::give_back(block);
  }
  kept_blocks::give_back(nullptr);
}

TEST(KeptBlocks, NextOfTheSizeIsTheOneGivenBack) {
  if (!kKeeps) GTEST_SKIP() << "sanitizers see malloc alone";
  void* const first = kept_blocks::take(kPage);
  kept_blocks::give_back(first);
  void* const between = kept_blocks::take(kPage / 2);  // too small to be worth it
  EXPECT_NE(between, first);
  void* const second = kept_blocks::take(kPage);
  EXPECT_EQ(second, first);
  kept_blocks::give_back(between);
  kept_blocks::give_back(second);
}

TEST(KeptBlocks, NobodyGetsABlockTwice) {
  std::vector<void*> blocks;
  for (std::size_t i = 0; i < 3 * kept_blocks::kMost; ++i) blocks.push_back(kept_blocks::take(kPage));
  for (void* const each : blocks) kept_blocks::give_back(each);
  std::vector<void*> again;
  for (std::size_t i = 0; i < blocks.size(); ++i) again.push_back(kept_blocks::take(kPage));
  for (std::size_t i = 0; i < again.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(again[i], again[j]);
  }
  for (void* const each : again) kept_blocks::give_back(each);
}

TEST(KeptBlocks, GrowKeepingWhatTheyHold) {
  auto* block = static_cast<char*>(kept_blocks::take(kPage));
  std::memset(block, 0x5A, kPage);
  block = static_cast<char*>(kept_blocks::resize(block, 2 * kPage));
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(block[0], 0x5A);
  EXPECT_EQ(block[kPage - 1], 0x5A);
  kept_blocks::give_back(block);
}

TEST(KeptBlocks, ComeBackFromAnotherThread) {
  void* const block = kept_blocks::take(kPage);
  std::memset(block, 0x5A, kPage);
  std::thread([block] { kept_blocks::give_back(block); }).join();
  void* const other = kept_blocks::take(kPage);
  std::memset(other, 0x5A, kPage);
  kept_blocks::give_back(other);
}

}  // namespace
}  // namespace muster
