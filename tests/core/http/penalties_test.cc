// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/penalties.h"

#include <gtest/gtest.h>

namespace muster::http {
namespace {

using std::chrono::seconds;

class PenaltiesTest : public ::testing::Test {
 protected:
  bool add(const std::string& source, Offence offence = Offence::failed_login, int times = 1) {
    bool begins = false;
    for (int i = 0; i < times; ++i) begins = penalties_.add(source, source + "!", offence, now_) || begins;
    return begins;
  }
  bool refuses(const std::string& source) { return penalties_.refuses(source, now_); }

  Penalties penalties_{{.sources = 4, .exempt = {"friend"}}};
  Penalties::Time now_{};
};

TEST_F(PenaltiesTest, BiteOnceFifteenSecondsHaveComeTogetherAndEndWithThem) {
  EXPECT_FALSE(refuses("a"));
  EXPECT_FALSE(add("a"));
  EXPECT_FALSE(add("a"));
  EXPECT_FALSE(refuses("a"));
  EXPECT_TRUE(add("a"));
  EXPECT_TRUE(refuses("a"));
  EXPECT_EQ(penalties_.left("a", now_), seconds(15));
  EXPECT_FALSE(add("a")) << "said once";
  now_ += seconds(19);
  EXPECT_TRUE(refuses("a")) << "also below the least, once it has begun";
  now_ += seconds(1);
  EXPECT_FALSE(refuses("a"));
}

TEST_F(PenaltiesTest, AConnectionWithoutALoginCostsLess) {
  EXPECT_FALSE(add("a", Offence::no_login, 14));
  EXPECT_TRUE(add("a", Offence::no_login));
}

TEST_F(PenaltiesTest, OneOffenceNowAndThenIsFree) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(add("a", Offence::no_login));
    now_ += seconds(1);
  }
  EXPECT_FALSE(refuses("a"));
}

TEST_F(PenaltiesTest, NeverLastLongerThanTheMost) {
  add("a", Offence::failed_login, 1000);
  EXPECT_EQ(penalties_.left("a", now_), seconds(600));
  now_ += seconds(600);
  EXPECT_FALSE(refuses("a"));
}

TEST_F(PenaltiesTest, DoNotConcernExemptTrustedOrForgivenSources) {
  EXPECT_FALSE(add("friend", Offence::failed_login, 10));
  EXPECT_FALSE(refuses("friend"));
  add("a", Offence::failed_login, 10);
  penalties_.forgive("a");
  EXPECT_FALSE(refuses("a"));
  add("a", Offence::failed_login, 10);
  penalties_.trust("a", now_);
  EXPECT_FALSE(refuses("a"));
  EXPECT_FALSE(add("a", Offence::failed_login, 10));
  now_ += Penalties::kTrust;
  EXPECT_TRUE(add("a", Offence::failed_login, 10));
}

TEST_F(PenaltiesTest, TheSourceThatWasNotHeardOfForLongestIsForgottenFirst) {
  for (const char* source : {"a", "b", "c", "d"}) add(source, Offence::failed_login, 3);
  add("a");
  add("e", Offence::failed_login, 3);
  EXPECT_EQ(penalties_.size(), 4U);
  EXPECT_TRUE(refuses("a"));
  EXPECT_FALSE(refuses("b"));
}

TEST_F(PenaltiesTest, TheTrustedAreBoundedToo) {
  for (std::size_t i = 0; i <= Penalties::kMostTrusted; ++i) penalties_.trust(std::to_string(i), now_);
  EXPECT_TRUE(add("0", Offence::failed_login, 3)) << "the oldest was forgotten";
  EXPECT_FALSE(add("1", Offence::failed_login, 3));
}

TEST_F(PenaltiesTest, AnEpisodeIsToldAtItsEndWithHowManyWereRefused) {
  add("a", Offence::failed_login, 3);
  add("b");
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(refuses("a"));
  EXPECT_TRUE(penalties_.take_ended(now_).empty());
  now_ += seconds(15);
  const auto ended = penalties_.take_ended(now_);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].name, "a!");
  EXPECT_EQ(ended[0].refused, 7U);
  EXPECT_EQ(penalties_.size(), 1U) << "remembered, should it come again";
  EXPECT_TRUE(penalties_.take_ended(now_).empty());
  now_ += Penalties::kMemory;
  EXPECT_TRUE(penalties_.take_ended(now_).empty());
  EXPECT_EQ(penalties_.size(), 0U);
}

TEST_F(PenaltiesTest, WhoeverBeginsAgainPaysMoreEachTime) {
  add("a", Offence::failed_login, 3);
  now_ += seconds(15);
  EXPECT_TRUE(add("a")) << "the first failure is refused at once";
  EXPECT_EQ(penalties_.left("a", now_), seconds(20));
  now_ += seconds(20);
  EXPECT_FALSE(refuses("a"));
  EXPECT_EQ(penalties_.take_ended(now_).size(), 2U);
  EXPECT_TRUE(add("a", Offence::no_login));
  EXPECT_EQ(penalties_.left("a", now_), seconds(16));
  now_ += seconds(16);
  for (int i = 0; i < 5; ++i) {
    add("a");
    now_ = now_ + penalties_.left("a", now_);
  }
  add("a");
  EXPECT_EQ(penalties_.left("a", now_), seconds(600));
  now_ += seconds(600) + Penalties::kMemory;
  EXPECT_FALSE(add("a")) << "an hour without an offence makes it a source like any other";
}

TEST_F(PenaltiesTest, ALoginEndsTheMemoryToo) {
  add("a", Offence::failed_login, 3);
  now_ += seconds(15);
  penalties_.forgive("a");
  EXPECT_FALSE(add("a"));
}

TEST_F(PenaltiesTest, SwitchedOffTheyLetEverybodyInAtOnce) {
  add("a", Offence::failed_login, 3);
  EXPECT_TRUE(refuses("a"));
  penalties_.follow({});
  EXPECT_FALSE(refuses("a"));
  EXPECT_EQ(penalties_.take_ended(now_).size(), 1U);
  EXPECT_EQ(penalties_.size(), 0U);
}

TEST_F(PenaltiesTest, WithoutSourcesNothingIsRemembered) {
  Penalties off{{}};
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(off.add("a", "a", Offence::failed_login, now_));
  EXPECT_FALSE(off.refuses("a", now_));
  EXPECT_EQ(off.size(), 0U);
}

}  // namespace
}  // namespace muster::http
