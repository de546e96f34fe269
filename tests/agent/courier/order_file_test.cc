// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/order_file.h"

#include <array>

#include <gtest/gtest.h>

#include "tests/agent/temporary_folder.h"

namespace muster::courier {
namespace {

using namespace std::chrono_literals;

class OrderFileTest : public ::testing::Test {
 protected:
  OrderFile make(Position position = {}) {
    return std::move(*OrderFile::make(path_, {"uuid:1", "alice", "stream", "<text/>", 60s}, position, now_));
  }
  muster::testing::TemporaryFolder folder_;
  std::string path_ = folder_ / "a.sub";
  OrderFile::Time now_ = OrderFile::Time(1'700'000'000'000ms);
};

TEST_F(OrderFileTest, IsReadAsItWasWritten) {
  make({5, 2, 1, 7});
  const auto read = OrderFile::read(path_);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->order().id, "uuid:1");
  EXPECT_EQ(read->order().principal, "alice");
  EXPECT_EQ(read->order().stream, "stream");
  EXPECT_EQ(read->order().text, "<text/>");
  EXPECT_EQ(read->dies(), now_ + 60s);
  EXPECT_EQ(read->position().taken, 5U);
  EXPECT_EQ(read->position().dropped, 2U);
  EXPECT_EQ(read->position().told, 1U);
  EXPECT_EQ(read->position().generation, 7U);
}

TEST_F(OrderFileTest, PositionAndTimeCanChange) {
  {
    OrderFile file = make();
    ASSERT_TRUE(file.move_to({7, 1, 0, 7}));
    ASSERT_TRUE(file.renew(120s, now_));
    ASSERT_TRUE(file.move_to({8, 1, 0, 7}));
  }
  auto read = OrderFile::read(path_);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->position().taken, 8U);
  EXPECT_EQ(read->dies(), now_ + 120s);
  ASSERT_TRUE(read->move_to({9, 1, 0, 7}));
  EXPECT_EQ(OrderFile::read(path_)->position().taken, 9U);
  read->remove();
  EXPECT_EQ(OrderFile::read(path_).error().code, Errc::not_found);
}

// Position, drops and check alone: 5 taken and 2 dropped, as they were written once.
TEST_F(OrderFileTest, OneOfTheEarlierLayoutIsReadAndWrittenAnew) {
  make({5, 2, 1, 7});
  const std::string whole = *read_file(path_, 1 << 20);
  const std::array<std::uint64_t, 3> earlier{5, 2, 0x4d75737465723031U ^ 5U ^ (std::uint64_t{2} << 32U)};
  const std::string place(reinterpret_cast<const char*>(earlier.data()), sizeof earlier);
  ASSERT_TRUE(write_file_atomically(path_, place + whole.substr(sizeof(std::uint64_t) * 5), 0600));
  {
    auto read = OrderFile::read(path_);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->position().taken, 5U);
    EXPECT_EQ(read->position().dropped, 2U);
    EXPECT_EQ(read->position().told, 0U) << "nobody knows";
    EXPECT_EQ(read->position().generation, 0U) << "nor this";
    ASSERT_TRUE(read->move_to({6, 2, 2, 7}));
  }
  const auto again = OrderFile::read(path_);
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->position().taken, 6U);
  EXPECT_EQ(again->position().told, 2U);
  EXPECT_EQ(again->order().id, "uuid:1");
}

TEST_F(OrderFileTest, ACutOrChangedOneIsMalformed) {
  make();
  const std::string whole = *read_file(path_, 1 << 20);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    ASSERT_TRUE(write_file_atomically(path_, whole.substr(0, size), 0600));
    EXPECT_EQ(OrderFile::read(path_).error().code, Errc::malformed) << size;
  }
  std::string changed = whole;
  changed[0] = '!';
  ASSERT_TRUE(write_file_atomically(path_, changed, 0600));
  EXPECT_EQ(OrderFile::read(path_).error().code, Errc::malformed);
}

}  // namespace
}  // namespace muster::courier
