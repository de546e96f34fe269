// SPDX-License-Identifier: GPL-2.0-or-later
// Methods of a caller, with a monitor and an executor played by the test at the other ends of real channels.
#include "agent/front/method_client.h"

#include <optional>

#include <gtest/gtest.h>

#include "agent/ipc/arguments.h"
#include "tests/agent/ipc/raw_socket.h"

namespace muster::agent {
namespace {

using ipc::Party;
using ipc::State;
using ipc::Tag;
using namespace std::chrono_literals;

class MethodClientTest : public ::testing::Test {
 protected:
  MethodClientTest() : MethodClientTest(ipc::testing::new_pair()) {}

  void begin(std::chrono::milliseconds deadline = 20s, const std::string& command = "id") {
    const auto alice = auth::Principal::from_monitor(auth::authentication_answer(1, true, "alice", "ticket"));
    ASSERT_TRUE(alice.has_value());
    methods_ = client_.methods_of(*alice, "192.0.2.1");
    methods_->invoke({"SCX_OperatingSystem", "ExecuteCommand", {}, {{"Command", {command}}}},
                     {deadline, 1000}, [this](wsman::MethodOutcome outcome) {
                       EXPECT_FALSE(outcome_.has_value()) << "answered twice";
                       outcome_ = std::move(outcome);
                       loop_.stop();
                     });
  }
  // The order as the monitor puts it together.
  Result<ipc::RunOrder> order() {
    RowsReader rows;
    while (!rows.over()) {
      auto arrival = monitor_end_.receive();
      if (!arrival || !*arrival) return fail(Errc::timeout, "no order");
      EXPECT_EQ((*arrival)->frame.tag, Tag::run);
      id_ = (*arrival)->frame.id;
      if (auto added = rows.add(std::move((*arrival)->frame), ipc::kMaxOrderBytes); !added) {
        return fail(added.error());
      }
    }
    return ipc::parse_run(rows.take());
  }
  // How many have come, or come yet; -1 when one begins within another.
  int whole_orders_sent() {
    const auto pause = loop_.every(20ms, [this] { loop_.stop(); });
    RowsReader rows;
    int whole = 0;
    std::optional<std::uint64_t> open;
    for (int idle = 0; idle < 10;) {
      auto arrival = monitor_end_.receive();
      if (!arrival) return -1;
      auto& next = *arrival;
      if (!next) {
        ++idle;
        loop_.run();  // the front sends what it has queued
        continue;
      }
      idle = 0;
      const std::uint64_t id = next->frame.id;
      if (open.value_or(id) != id || !rows.add(std::move(next->frame), ipc::kMaxOrderBytes)) return -1;
      open = id;
      if (!rows.over()) continue;
      ++whole;
      open.reset();
      rows = RowsReader();
    }
    return open ? -1 : whole;
  }
  void grant() {
    auto [ours, theirs] = ipc::testing::new_pair();
    executor_.emplace(std::move(ours), Party::executor, Party::front, State::serving);
    ASSERT_TRUE(monitor_end_.send({Tag::executor, id_, {}}, theirs.get()).has_value());
  }
  // The word with which the executor lost its front.
  std::string last_word() {
    const auto arrival = executor_->receive();
    if (!arrival) return "none";
    const auto& word = *arrival;
    if (!word || word->frame.tag != Tag::leave || word->frame.fields.size() != 1) return "another";
    const auto after = executor_->receive();
    EXPECT_FALSE(after.has_value());
    EXPECT_EQ(after ? Errc::internal : after.error().code, Errc::unreachable);
    return word->frame.fields[0];
  }
  // Lets the front see that it is granted.
  void settle() {
    bool over = false;
    const auto pause = loop_.after(50ms, [&] {
      over = true;
      loop_.stop();
    });
    while (!over) loop_.run();  // what ended before has stopped it, too
  }
  wsman::MethodOutcome outcome() {
    if (!outcome_) loop_.run();
    return outcome_.value_or(wsman::Fault{});
  }
  wsman::Fault fault() {
    const auto all = outcome();
    const auto* found = std::get_if<wsman::Fault>(&all);
    EXPECT_NE(found, nullptr);
    return found == nullptr ? wsman::Fault{} : *found;
  }

  http::Loop loop_;
  ipc::Channel monitor_end_;
  MonitorClient monitor_;
  ipc::Activity activity_ = ipc::Activity::shared().value();
  ProviderClient providers_{loop_, {}, activity_, std::chrono::seconds(5), [] {}};
  MethodClient client_{loop_, monitor_, providers_};
  std::optional<ipc::Channel> executor_;
  std::shared_ptr<wsman::MethodTarget> methods_;  // of the last call
  std::optional<wsman::MethodOutcome> outcome_;
  std::uint64_t id_ = 0;

 private:
  explicit MethodClientTest(std::pair<Fd, Fd> pair)
      : monitor_end_(std::move(pair.first), Party::monitor, Party::front, State::starting),
        monitor_(loop_, std::move(pair.second),
                 {[](Fd) {}, [](auto, auto) {}, [this] { loop_.stop(); }, [](const auto&) {}}) {
    monitor_.say_ready();
    EXPECT_TRUE(monitor_end_.receive().has_value());
    monitor_end_.enter(State::serving);
  }
};

TEST_F(MethodClientTest, OrdersInTheNameOfItsCallerAndHandsOnTheAnswer) {
  begin();
  const auto asked = order();
  ASSERT_TRUE(asked.has_value());
  EXPECT_EQ(asked->caller.kind, ipc::Caller::Kind::user);
  EXPECT_EQ(asked->caller.name, "alice");
  EXPECT_EQ(asked->caller.proof, "ticket");
  EXPECT_EQ(asked->caller.source, "192.0.2.1");
  EXPECT_EQ(asked->deadline, 20s);
  EXPECT_EQ(cim::text_of(asked->call.arguments, "Command"), "id");
  grant();
  RowsWriter rows(0, [&](const ipc::Frame& frame) { return executor_->send(frame); });
  std::vector<std::string> list;
  ipc::append_arguments(list, {{"ReturnValue", {"TRUE"}}, {"StdOut", {std::string(100'000, 'x')}}});
  for (const auto& each : list) rows.add(each);
  ASSERT_TRUE(rows.finish({}).has_value());
  const auto all = outcome();
  const auto* answer = std::get_if<cim::Arguments>(&all);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(cim::text_of(*answer, "StdOut").size(), 100'000U);
}

TEST_F(MethodClientTest, ALongScriptTravelsInSeveralFrames) {
  begin(20s, std::string(120'000, 'x'));
  const auto asked = order();
  ASSERT_TRUE(asked.has_value());
  EXPECT_EQ(cim::text_of(asked->call.arguments, "Command").size(), 120'000U);
}

// Half an order would make the monitor take the next one for its rest.
TEST_F(MethodClientTest, WhenTheMonitorDoesNotKeepUpWholeOrdersAreRefused) {
  const std::string script(400'000, 'x');
  int sent = 0;
  for (; !outcome_ && sent < 200; ++sent) begin(20s, script);
  ASSERT_TRUE(outcome_.has_value());
  const auto* refused = std::get_if<wsman::Fault>(&*outcome_);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->code, wsman::FaultCode::timed_out);
  EXPECT_EQ(whole_orders_sent(), sent - 1);
}

TEST_F(MethodClientTest, AtTheDeadlineTheCallerIsToldAndTheExecutorLosesItsFront) {
  begin(50ms);
  ASSERT_TRUE(order().has_value());
  grant();
  EXPECT_EQ(fault().code, wsman::FaultCode::timed_out);
  EXPECT_EQ(last_word(), ipc::kTimeOver);
}

TEST_F(MethodClientTest, WhenItsClientHasLeftTheCallIsOverAndTheExecutorIsToldWhy) {
  begin();
  ASSERT_TRUE(order().has_value());
  grant();
  settle();
  methods_->abandon();
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(fault().code, wsman::FaultCode::timed_out);
  EXPECT_EQ(last_word(), ipc::kClientGone);
  methods_->abandon();
}

TEST_F(MethodClientTest, AClientThatLeavesBeforeItsExecutorIsThereHasNoneLeft) {
  begin();
  ASSERT_TRUE(order().has_value());
  methods_->abandon();
  grant();
  settle();
  EXPECT_EQ(last_word(), "none");
}

TEST_F(MethodClientTest, APlaceIsFreeAsSoonAsItsClientHasLeft) {
  std::vector<std::shared_ptr<wsman::MethodTarget>> waiting;
  for (std::size_t i = 0; i < MethodClient::kMaxOutstanding; ++i) {
    begin();
    ASSERT_TRUE(order().has_value());
    waiting.push_back(methods_);
  }
  begin();
  EXPECT_EQ(fault().code, wsman::FaultCode::quota_limit);
  outcome_.reset();
  waiting.front()->abandon();
  outcome_.reset();
  begin();
  EXPECT_FALSE(outcome_.has_value());
}

TEST_F(MethodClientTest, AClientThatLeavesAfterItsAnswerEndsNothing) {
  begin();
  ASSERT_TRUE(order().has_value());
  grant();
  ASSERT_TRUE(executor_->send(done_frame(0, fail(Errc::malformed, "Command: is empty"))).has_value());
  EXPECT_EQ(fault().code, wsman::FaultCode::invalid_parameter);
  methods_->abandon();
}

TEST_F(MethodClientTest, AnExecutorThatIsGrantedTooLateLosesItsFrontAtOnce) {
  begin(1ms);
  ASSERT_TRUE(order().has_value());
  EXPECT_EQ(fault().code, wsman::FaultCode::timed_out);
  grant();
  const auto stop = loop_.when_readable(executor_->fd(), [this] { loop_.stop(); });
  loop_.run();
  EXPECT_FALSE(executor_->receive().has_value());
}

TEST_F(MethodClientTest, RefusalsOfTheMonitorAreThePreciseFaults) {
  struct Case {
    const char* word;
    wsman::FaultCode code;
  };
  for (const Case& each :
       {Case{"denied", wsman::FaultCode::access_denied}, Case{"quota", wsman::FaultCode::quota_limit},
        Case{"internal error", wsman::FaultCode::internal_error}}) {
    outcome_.reset();
    begin();
    ASSERT_TRUE(order().has_value());
    ASSERT_TRUE(monitor_end_.send({Tag::done, id_, {each.word, "because"}}).has_value());
    EXPECT_EQ(fault().code, each.code) << each.word;
  }
}

TEST_F(MethodClientTest, AnExecutorThatDiesOrTalksNonsenseIsAnInternalError) {
  begin();
  ASSERT_TRUE(order().has_value());
  grant();
  executor_.reset();
  EXPECT_EQ(fault().code, wsman::FaultCode::internal_error);
}

TEST_F(MethodClientTest, ItsErrorsAreTheFaults) {
  begin();
  ASSERT_TRUE(order().has_value());
  grant();
  ASSERT_TRUE(executor_->send(done_frame(0, fail(Errc::malformed, "Command: is empty"))).has_value());
  const auto told = fault();
  EXPECT_EQ(told.code, wsman::FaultCode::invalid_parameter);
  EXPECT_EQ(told.reason, "Command: is empty");
}

}  // namespace
}  // namespace muster::agent
