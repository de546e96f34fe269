// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/bookmark.h"

#include <gtest/gtest.h>

#include "core/wsman/names.h"
#include "tests/agent/temporary_folder.h"

namespace muster::courier {
namespace {

class BookmarkTest : public ::testing::Test {
 protected:
  BookmarkTest() {
    for (const char* const text : {"a", "b", "c", "d"}) EXPECT_TRUE(log_.append(text));
    EXPECT_TRUE(log_.forget_below(3));
  }
  std::string verdict(std::string_view text) {
    std::uint64_t number = 99;
    const auto fault = read_bookmark(text, log_, number);
    return fault ? std::string(fault->detail) : std::to_string(number);
  }
  muster::testing::TemporaryFolder folder_;
  EventLog log_ = std::move(*EventLog::open(folder_ / "a.log", "stream", 0xABC));
};

TEST_F(BookmarkTest, LeadsToWhereItWasMade) {
  EXPECT_EQ(verdict(bookmark_of(log_, 4)), "4");
  EXPECT_EQ(verdict(bookmark_of(log_, 3)), "3");
  EXPECT_EQ(verdict(bookmark_of(log_, 2)), "2") << "the next one is still kept";
  EXPECT_EQ(verdict(wsman::names::kEarliest), "2");
}

TEST_F(BookmarkTest, ThatCannotBeFollowedIsRefusedByName) {
  EXPECT_EQ(verdict(bookmark_of(log_, 1)), "Expired");
  EXPECT_EQ(verdict(bookmark_of(log_, 5)), "Invalid");
  const EventLog younger = std::move(*EventLog::open(folder_ / "b.log", "stream", 0xDEF));
  EXPECT_EQ(verdict(bookmark_of(younger, 4)), "Expired");
  const EventLog other = std::move(*EventLog::open(folder_ / "c.log", "other", 0xABC));
  EXPECT_EQ(verdict(bookmark_of(other, 4)), "Invalid");
}

TEST_F(BookmarkTest, ThatIsNoneHasNoFormat) {
  const std::string good = bookmark_of(log_, 4);
  for (const std::string& text :
       {std::string("x"), std::string("muster:"), std::string("muster:1:2"), good + ":1", good + "x",
        good + ":", " " + good, good.substr(0, good.rfind(':') + 1), std::string("muster:x:y:z"),
        std::string("muster:::"), good + "99999999999999999999999"}) {
    EXPECT_EQ(verdict(text), "InvalidFormat") << text;
  }
}

}  // namespace
}  // namespace muster::courier
