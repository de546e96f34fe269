// SPDX-License-Identifier: GPL-2.0-or-later
// The front's end of the channel to a provider host that says anything at any time: late, twice, for others, after the
// end. The other end is a raw socket in the hands of the test.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/front/provider_client.h"
#include "tests/agent/ipc/raw_socket.h"
#include "tests/core/tls/forge.h"

namespace muster::agent {
namespace {

using ipc::Frame;
using ipc::Tag;
using ipc::testing::new_pair;
using ipc::testing::send_raw;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Fields = std::vector<std::string>;

constexpr std::chrono::hours kLong{1};

struct Answer {
  int times = 0;
  std::optional<Result<wsman::Rows>> result;
};

class ProviderFrames : public ::testing::Test {
 protected:
  ProviderFrames() { connect(); }

  void connect() {
    auto [ours, theirs] = new_pair();
    host_ = std::move(theirs);
    client_.connect(std::move(ours));
  }

  Answer& ask(const std::string& class_name = "A", std::chrono::milliseconds deadline = kLong) {
    answers_.push_back(std::make_unique<Answer>());
    Answer& answer = *answers_.back();
    client_.fetch({wsman::Query::Kind::enumerate, class_name, {}, {}}, deadline,
                  [this, &answer](Result<wsman::Rows> result) {
                    ++answer.times;
                    answer.result = std::move(result);
                    if (++answered_ == wanted_) loop_.stop();
                  });
    return answer;
  }

  // Runs the loop until so many questions more are answered.
  void run_until_answered(int more) {
    wanted_ = answered_ + more;
    loop_.run();
  }

  void say(Tag tag, std::uint64_t id, const Fields& fields) {
    send_raw(host_.get(), ipc::encode({tag, id, fields}));
  }

  // Runs the loop until it has looked at its descriptors, which it does between two turns of its queue.
  void let_it_read(int turns = 4) {
    if (turns == 0) return loop_.stop();
    loop_.post([this, turns] { let_it_read(turns - 1); });
    if (turns == 4) loop_.run();
  }

  // What the host was asked since the last time, as ids.
  std::vector<std::uint64_t> asked() {
    std::vector<std::uint64_t> ids;
    std::string bytes(ipc::kMaxFrameBytes, '\0');
    for (;;) {
      const auto got = ::recv(host_.get(), bytes.data(), bytes.size(), 0);
      if (got <= 0) return ids;
      const auto frame = ipc::decode(std::string_view(bytes.data(), static_cast<std::size_t>(got)));
      if (!frame || frame->tag != Tag::fetch) throw std::runtime_error("not a fetch");
      ids.push_back(frame->id);
    }
  }

  http::Loop loop_;
  Fd host_;
  std::vector<std::unique_ptr<Answer>> answers_;
  int answered_ = 0;
  int wanted_ = -1;
  int stuck_ = 0;
  ipc::Activity activity_ = tls::testing::value_of(ipc::Activity::shared());
  ProviderClient client_{loop_, {}, activity_, kLong, [this] { ++stuck_; }};
};

TEST_F(ProviderFrames, EachAnswerFindsItsOwnQuestionInAnyOrder) {
  Answer& first = ask();
  Answer& second = ask();
  EXPECT_THAT(asked(), ElementsAre(1, 2));
  say(Tag::rows, 2, {".", "<b/>"});
  say(Tag::rows, 1, {".", "<a/>"});
  say(Tag::done, 2, {"ok", ""});
  say(Tag::done, 1, {"ok", ""});
  run_until_answered(2);
  EXPECT_THAT(first.result->value(), ElementsAre("<a/>"));
  EXPECT_THAT(second.result->value(), ElementsAre("<b/>"));
}

TEST_F(ProviderFrames, FramesForNobodyChangeNothing) {
  Answer& answer = ask();
  for (const std::uint64_t id : {std::uint64_t{0}, std::uint64_t{2}, ~std::uint64_t{0}}) {
    say(Tag::rows, id, {"!", "<forged/>"});
    say(Tag::done, id, {"ok", ""});
  }
  say(Tag::rows, 1, {"!", "<a/>"});
  run_until_answered(1);
  EXPECT_THAT(answer.result->value(), ElementsAre("<a/>"));
}

TEST_F(ProviderFrames, WhatComesAfterTheEndOfAnAnswerBelongsToNobody) {
  Answer& first = ask();
  Answer& second = ask();
  say(Tag::rows, 1, {"!", "<a/>"});
  say(Tag::rows, 1, {".", "<more/>"});
  say(Tag::rows, 1, {"!", "<and more/>"});
  say(Tag::done, 1, {"internal", "no"});
  say(Tag::rows, 2, {"!", "<b/>"});
  run_until_answered(2);
  EXPECT_EQ(first.times, 1);
  EXPECT_THAT(first.result->value(), ElementsAre("<a/>"));
  EXPECT_THAT(second.result->value(), ElementsAre("<b/>"));
}

TEST_F(ProviderFrames, AnAnswerThatComesTooLateGoesToNobody) {
  Answer& late = ask("A", std::chrono::milliseconds(1));
  run_until_answered(1);
  EXPECT_EQ(late.result->error().code, Errc::timeout);
  Answer& next = ask();
  say(Tag::rows, 1, {"!", "<late/>"});
  say(Tag::rows, 2, {"!", "<b/>"});
  run_until_answered(1);
  EXPECT_EQ(late.times, 1);
  EXPECT_THAT(next.result->value(), ElementsAre("<b/>"));
}

TEST_F(ProviderFrames, FramesThatAreNoneEndTheCallWithAnError) {
  const std::vector<std::pair<Tag, Fields>> broken = {
      {Tag::rows, {}},
      {Tag::rows, {"."}},
      {Tag::rows, {"?", "<a/>"}},
      {Tag::rows, {"", "<a/>"}},
      {Tag::done, {}},
      {Tag::done, {"ok"}},
      {Tag::done, {"ok", "", ""}},
      {Tag::done, {"splendid", ""}},
      {Tag::done, {"OK", ""}},
  };
  std::uint64_t id = 0;
  for (const auto& [tag, fields] : broken) {
    Answer& answer = ask();
    say(tag, ++id, fields);
    run_until_answered(1);
    EXPECT_FALSE(answer.result->has_value()) << static_cast<int>(tag) << " " << fields.size();
  }
}

// A row that was begun and never finished would put half an element into an answer.
TEST_F(ProviderFrames, ARowThatIsNeverFinishedIsAnError) {
  Answer& done = ask();
  say(Tag::rows, 1, {"+", "<a"});
  say(Tag::done, 1, {"ok", ""});
  run_until_answered(1);
  ASSERT_FALSE(done.result->has_value());
  EXPECT_EQ(done.result->error().code, Errc::malformed);
}

TEST_F(ProviderFrames, AFrameThatTheTableDoesNotPermitEndsTheConnection) {
  const std::vector<std::pair<Tag, Fields>> breaches = {{Tag::fetch, {"get", "A"}},
                                                        {Tag::authenticated, {"accepted", "root"}},
                                                        {Tag::ready, {}},
                                                        {Tag::identity, {"key", "bundle"}},
                                                        {static_cast<Tag>(99), {}}};
  std::uint64_t id = 0;
  for (const auto& [tag, fields] : breaches) {
    Answer& answer = ask();
    say(tag, ++id, fields);
    say(Tag::rows, id, {"!", "<forged/>"});
    let_it_read();
    EXPECT_EQ(answer.times, 0) << "the question waits for a fresh host";
    connect();
    EXPECT_EQ(asked().back(), id) << "which is asked again";
    say(Tag::rows, id, {"!", "<a/>"});
    run_until_answered(1);
    EXPECT_THAT(answer.result->value(), ElementsAre("<a/>"));
  }
}

// Rows of the host that died do not mix with those of the next.
TEST_F(ProviderFrames, AFreshHostBeginsTheAnswerAnew) {
  Answer& answer = ask();
  say(Tag::rows, 1, {"+", "<half"});
  let_it_read();
  connect();
  say(Tag::rows, 1, {"!", "<whole/>"});
  run_until_answered(1);
  EXPECT_THAT(answer.result->value(), ElementsAre("<whole/>"));
}

TEST_F(ProviderFrames, AQuestionThatTwoHostsDiedOverIsGivenUp) {
  Answer& answer = ask();
  connect();
  EXPECT_EQ(answer.times, 0);
  connect();
  ASSERT_EQ(answer.times, 1);
  EXPECT_THAT(answer.result->error().what, HasSubstr("died twice"));
}

TEST_F(ProviderFrames, RefusesMoreQuestionsThanItMayHaveOpen) {
  for (std::size_t i = 0; i < ProviderClient::kMaxOutstanding; ++i) ASSERT_EQ(ask().times, 0);
  Answer& refused = ask();
  ASSERT_EQ(refused.times, 1);
  EXPECT_EQ(refused.result->error().code, Errc::timeout);
}

}  // namespace
}  // namespace muster::agent
