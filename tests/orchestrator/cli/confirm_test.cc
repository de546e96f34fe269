// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/confirm.h"

#include <array>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster {
namespace {

TEST(Confirm, OnlyAClearYesIsYes) {
  const struct {
    const char* answer;
    bool yes;
  } rows[] = {{"y\n", true}, {"Y\n", true},  {"yes\n", true}, {"\n", false},
              {"", false},   {"n\n", false}, {"yep\n", false}};
  for (const auto& row : rows) {
    std::array<int, 2> ends{-1, -1};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const Fd out(ends[0]);
    Fd in(ends[1]);
    ASSERT_TRUE(write_all(in.get(), "pipe", row.answer));
    in.reset();
    testing::internal::CaptureStderr();
    EXPECT_EQ(confirmed("really?", out.get()), row.yes) << row.answer;
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "really? [y/N] ");
  }
}

}  // namespace
}  // namespace muster
