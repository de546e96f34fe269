// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/sandbox/memory.h"

#include <new>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "agent/sandbox/confine.h"
#include "tests/agent/in_child.h"

namespace muster::sandbox {
namespace {

using ::testing::HasSubstr;

TEST(Memory, AFailedAllocationEndsTheProcessAndNamesTheLimit) {
  const auto ended = testing::in_child([] {
    end_when_out_of_memory("front", std::size_t{192} << 20U);
    std::get_new_handler()();
    return 0;
  });
  EXPECT_EQ(ended.status, kOutOfMemory);
  EXPECT_THAT(ended.err, HasSubstr("front: out of memory; its limit is 192 MB (limits.memory_mb)"));
}

// A sanitizer has an allocator of its own and takes more address space than any limit.
TEST(Memory, TheLimitOnAddressSpaceEndsItSo) {
  if (is_sanitized()) GTEST_SKIP() << "built with a sanitizer";
  const auto ended = testing::in_child([] {
    end_when_out_of_memory("front", std::size_t{64} << 20U);
    const rlimit limit{std::size_t{64} << 20U, std::size_t{64} << 20U};
    ::setrlimit(RLIMIT_AS, &limit);
    std::vector<std::string> all;
    for (;;) all.emplace_back(1 << 20U, 'x');
    return 0;
  });
  EXPECT_EQ(ended.status, kOutOfMemory);
}

}  // namespace
}  // namespace muster::sandbox
