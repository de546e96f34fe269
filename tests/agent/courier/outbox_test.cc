// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wsman/names.h"
#include "tests/agent/temporary_folder.h"

namespace muster::courier {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using wsman::Ack;
using wsman::DeliveryMode;
using wsman::Reception;

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() {
    wish_.notify_to.address = "https://sink/";
    make();
  }
  void make() { outbox_.emplace(wish_, Position{}, now_, wsman::system_random); }
  void put(const std::string& item) { ASSERT_TRUE(log_.append(item)); }
  // "" when nothing is due.
  std::string next() {
    auto message = outbox_->next(log_, now_);
    if (!message) return "error: " + message.error().what;
    if (!*message) return "";
    last_ = **message;
    return last_.text;
  }
  Outbox::Outcome answer(Reception reception) { return outbox_->received({reception, "why"}, now_); }
  void taken() { EXPECT_EQ(answer(Reception::taken), Outbox::Outcome::goes_on); }

  muster::testing::TemporaryFolder folder_;
  EventLog log_ = std::move(*EventLog::open(folder_ / "a.log", "stream", 1));
  wsman::SubscribeWish wish_;
  Outbox::Time now_ = Outbox::Time(1000s);
  std::optional<Outbox> outbox_;
  Outbox::Message last_;
};

TEST_F(OutboxTest, SendsOneEventAfterTheOther) {
  EXPECT_EQ(next(), "");
  put("<one/>");
  put("<two/>");
  EXPECT_THAT(next(), HasSubstr("<one/>"));
  EXPECT_EQ(last_.ack, Ack::not_wanted);
  EXPECT_EQ(next(), "") << "one is under way";
  taken();
  EXPECT_EQ(outbox_->position().taken, 1U);
  EXPECT_THAT(next(), HasSubstr("<two/>"));
  taken();
  EXPECT_EQ(next(), "");
}

TEST_F(OutboxTest, AFailedOneIsSentAgainAsItWasAtGrowingPauses) {
  put("<one/>");
  const std::string first = next();
  std::chrono::seconds waited{0};
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(answer(Reception::failed), Outbox::Outcome::goes_on);
    const auto failed_at = now_;
    while (next().empty()) now_ += 1s;
    EXPECT_EQ(last_.text, first);
    const auto pause = std::chrono::duration_cast<std::chrono::seconds>(now_ - failed_at);
    EXPECT_GE(pause, waited);
    EXPECT_LE(pause, Outbox::kLongestPause);
    waited = pause;
  }
  EXPECT_EQ(waited, Outbox::kLongestPause);
  EXPECT_EQ(outbox_->position().taken, 0U);
}

TEST_F(OutboxTest, ConnectionRetryLimitsNumberAndPause) {
  wish_.retry = wsman::ConnectionRetry{2, 7s};
  make();
  put("<one/>");
  for (int i = 0; i < 2; ++i) {
    EXPECT_NE(next(), "");
    EXPECT_EQ(answer(Reception::failed), Outbox::Outcome::goes_on);
    now_ += 6s;
    EXPECT_EQ(next(), "");
    now_ += 1s;
  }
  EXPECT_NE(next(), "");
  EXPECT_EQ(answer(Reception::failed), Outbox::Outcome::given_up);
}

TEST_F(OutboxTest, ZeroRetriesGiveUpAtOnce) {
  wish_.retry = wsman::ConnectionRetry{0, 0s};
  make();
  put("<one/>");
  next();
  EXPECT_EQ(answer(Reception::failed), Outbox::Outcome::given_up);
}

TEST_F(OutboxTest, ASinkThatRefusesEndsIt) {
  put("<one/>");
  next();
  EXPECT_EQ(answer(Reception::refused), Outbox::Outcome::refused);
}

TEST_F(OutboxTest, BatchesAreFullOrLate) {
  wish_.mode = DeliveryMode::events;
  wish_.max_elements = 3;
  wish_.max_time = 10s;
  make();
  put("<one/>");
  put("<two/>");
  EXPECT_EQ(next(), "");
  now_ += 9s;
  EXPECT_EQ(next(), "");
  now_ += 1s;
  EXPECT_THAT(next(), HasSubstr("<one/></wsman:Event><wsman:Event Action=\"" +
                                std::string(wsman::names::kEvent) + "\"><two/>"));
  EXPECT_EQ(last_.ack, Ack::wanted);
  taken();
  for (const char* const item : {"<a/>", "<b/>", "<c/>", "<d/>"}) put(item);
  const std::string full = next();
  EXPECT_THAT(full, HasSubstr("<c/>"));
  EXPECT_THAT(full, Not(HasSubstr("<d/>")));
  taken();
  EXPECT_EQ(outbox_->position().taken, 5U);
  EXPECT_EQ(next(), "");
}

TEST_F(OutboxTest, BatchesKeepTheSubscribersSize) {
  wish_.mode = DeliveryMode::events;
  wish_.max_elements = 100;
  wish_.max_envelope = 20000;
  make();
  for (int i = 0; i < 100; ++i) put("<e>" + std::string(1000, 'x') + "</e>");
  std::uint64_t before = 0;
  for (int batches = 0; batches < 20 && outbox_->position().taken < 100; ++batches) {
    std::string batch = next();
    if (batch.empty()) {  // not full: it has to be late
      now_ += 60s;
      batch = next();
    }
    EXPECT_LE(batch.size(), 20000U);
    taken();
    EXPECT_GT(outbox_->position().taken, before);
    before = outbox_->position().taken;
  }
  EXPECT_EQ(before, 100U);
}

TEST_F(OutboxTest, AnEventThatIsTooLargeDoesWhatThePolicySays) {
  wish_.max_envelope = 8192;
  for (const auto policy : {wsman::Oversize::cancels, wsman::Oversize::skipped, wsman::Oversize::notified}) {
    wish_.oversize = policy;
    make();
    EventLog log = std::move(*EventLog::open(folder_ / std::to_string(static_cast<int>(policy)), "s", 1));
    ASSERT_TRUE(log.append(std::string(9000, 'x')));
    ASSERT_TRUE(log.append("<small/>"));
    auto first = outbox_->next(log, now_);
    if (policy == wsman::Oversize::cancels) {
      EXPECT_FALSE(first);
      continue;
    }
    ASSERT_TRUE(first);
    auto second = outbox_->next(log, now_);
    ASSERT_TRUE(second && *second);
    EXPECT_THAT((*second)->text,
                HasSubstr(policy == wsman::Oversize::skipped ? "<small/>" : ">1</wsman:DroppedEvents>"));
  }
}

TEST_F(OutboxTest, WhatTheStreamGaveUpIsCountedAndToldFirst) {
  for (int i = 0; i < 5; ++i) put("<e" + std::to_string(i) + "/>");
  ASSERT_TRUE(log_.forget_below(4));
  EXPECT_THAT(next(), HasSubstr(">3</wsman:DroppedEvents>"));
  taken();
  EXPECT_EQ(outbox_->position().dropped, 3U);
  EXPECT_THAT(next(), HasSubstr("<e3/>"));
}

// The courier was killed before its sink heard of them.
TEST_F(OutboxTest, DropsThatNobodyWasToldOfAreToldAfterARestart) {
  for (int i = 0; i < 5; ++i) put("<e" + std::to_string(i) + "/>");
  ASSERT_TRUE(log_.forget_below(4));
  EXPECT_THAT(next(), HasSubstr(">3</wsman:DroppedEvents>"));
  answer(Reception::failed);
  outbox_.emplace(wish_, outbox_->position(), now_, wsman::system_random);
  EXPECT_THAT(next(), HasSubstr(">3</wsman:DroppedEvents>"));
  taken();
  outbox_.emplace(wish_, outbox_->position(), now_, wsman::system_random);
  EXPECT_THAT(next(), HasSubstr("<e3/>")) << "it has heard of them now";
}

TEST_F(OutboxTest, HeartbeatsAreSentWhenNothingElseIs) {
  wish_.heartbeats = 30s;
  make();
  now_ += 29s;
  EXPECT_EQ(next(), "");
  put("<one/>");
  EXPECT_THAT(next(), HasSubstr("<one/>"));
  taken();
  now_ += 29s;
  EXPECT_EQ(next(), "");
  now_ += 1s;
  EXPECT_THAT(next(), HasSubstr(wsman::names::kHeartbeat));
  taken();
  EXPECT_EQ(next(), "");
}

TEST_F(OutboxTest, BookmarksAreSentWhenTheyAreWanted) {
  put("<one/>");
  EXPECT_THAT(next(), Not(HasSubstr("Bookmark")));
  wish_.send_bookmarks = true;
  make();
  EXPECT_THAT(next(), HasSubstr("<wsman:Bookmark>muster:"));
}

}  // namespace
}  // namespace muster::courier
