// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/input_queue.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace muster {
namespace {

TEST(InputQueue, GivesBackWhatWasAppendedInOrder) {
  InputQueue queue;
  EXPECT_TRUE(queue.empty());
  std::string expected;
  for (int i = 0; i < 2'000; ++i) {
    const auto line = "line " + std::to_string(i) + "\n";
    queue.append(line);
    expected += line;
  }
  EXPECT_EQ(queue.waiting(), expected);
  queue.sent(5);
  queue.append("end");
  EXPECT_EQ(queue.waiting(), expected.substr(5) + "end");
  queue.sent(queue.waiting().size());
  EXPECT_TRUE(queue.empty());
  queue.append("again");
  EXPECT_EQ(queue.waiting(), "again");
}

TEST(InputQueue, WipesWhatWasSent) {
  InputQueue queue;
  queue.append("open sesame\n");
  const auto bytes = queue.waiting();
  queue.sent(4);
  EXPECT_EQ(queue.waiting(), " sesame\n");
  EXPECT_EQ(bytes.substr(0, 4), std::string_view("\0\0\0\0", 4));
  queue.sent(8);
  EXPECT_TRUE(std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == '\0'; }));
}

TEST(InputQueue, HasRoomForAPasswordAndItsEndWithoutMovingIt) {
  InputQueue queue;
  queue.append("open sesame");
  const char* where = queue.waiting().data();
  queue.append("\n");
  queue.append(std::string(400, 'x'));
  EXPECT_EQ(queue.waiting().data(), where);
}

}  // namespace
}  // namespace muster
