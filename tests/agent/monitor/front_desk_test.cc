// SPDX-License-Identifier: GPL-2.0-or-later
// The desk against a front that is the test: what it is handed and when, and that a front which breaks the protocol is
// killed. Its process is a real one, which does nothing.
#include "agent/monitor/front_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/agent/in_child.h"
#include "tests/agent/ipc/raw_socket.h"
#include "tests/agent/temporary_folder.h"

namespace muster::agent {
namespace {

using ipc::Frame;
using ipc::Tag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FrontDeskTest : public ::testing::Test {
 protected:
  FrontDeskTest() {
    config_.state_folder = folder_.path();
    open();
  }

  void open() {
    auto [ours, theirs] = ipc::testing::new_pair();
    front_.emplace(std::move(theirs), ipc::Party::front, ipc::Party::monitor, ipc::State::starting);
    desk_.open(std::move(ours));
  }
  void say(const Frame& frame) {
    ASSERT_TRUE(front_->send(frame));
    desk_.work();
  }
  void serve() {
    say({Tag::ready, 0, {}});
    front_->enter(ipc::State::serving);
  }
  // What has come by now, each by its tag.
  std::vector<Tag> heard() {
    std::vector<Tag> tags;
    for (;;) {
      auto arrival = front_->receive();
      if (!arrival) break;
      const auto& next = *arrival;
      if (!next) break;
      tags.push_back(next->frame.tag);
    }
    return tags;
  }
  static Fd some_descriptor() { return ipc::testing::new_pair().first; }

  // True when this frame is the end of the front's process.
  bool is_deadly(const Frame& frame) {
    EXPECT_TRUE(workers_.front().start([]() -> Result<void> {
      for (;;) ::pause();
    }));
    desk_.close();
    open();
    serve();
    say(frame);
    int status = 0;
    // A signal takes its time; a front that was spared is still there after all of it.
    for (int i = 0; i < 200; ++i) {
      if (::waitpid(workers_.front().pid(), &status, WNOHANG) != 0) break;
      ::usleep(1000);
    }
    const bool died = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    died ? workers_.front().forget() : workers_.front().abandon();
    return died;
  }

  const testing::TemporaryFolder folder_;
  Config config_;
  Workers workers_{config_};
  int served_ = 0;
  FrontDesk desk_{config_, workers_, [this] { ++served_; }};
  std::optional<ipc::Channel> front_;
};

TEST_F(FrontDeskTest, AFrontThatStartsHasNothingHandedOverUntilItServes) {
  desk_.hand_settings();
  desk_.hand_identity();
  desk_.hand_host(some_descriptor());
  desk_.work();
  EXPECT_THAT(heard(), IsEmpty());
  EXPECT_FALSE(desk_.serves());
  serve();
  EXPECT_TRUE(desk_.serves());
  EXPECT_EQ(served_, 1);
  EXPECT_THAT(heard(), ElementsAre(Tag::providers, Tag::identity, Tag::settings));
}

TEST_F(FrontDeskTest, AFrontThatServesIsHandedEverythingAtOnce) {
  serve();
  EXPECT_THAT(heard(), IsEmpty());
  desk_.hand_host(some_descriptor());
  EXPECT_THAT(heard(), ElementsAre(Tag::providers));
  desk_.hand_identity();
  EXPECT_THAT(heard(), ElementsAre(Tag::identity));
  desk_.hand_settings();
  EXPECT_THAT(heard(), ElementsAre(Tag::settings));
}

// It was forked with the newest of each.
TEST_F(FrontDeskTest, ANewFrontIsNotHandedWhatWasMeantForTheOneBefore) {
  desk_.hand_settings();
  desk_.hand_identity();
  desk_.hand_host(some_descriptor());
  desk_.close();
  open();
  serve();
  EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(FrontDeskTest, ACourierIsWantedUntilItIsHandedOverOrTheFrontEnds) {
  serve();
  EXPECT_FALSE(desk_.wants_courier());
  say({Tag::wants_courier, 0, {}});
  EXPECT_TRUE(desk_.wants_courier());
  desk_.hand_courier(some_descriptor());
  EXPECT_FALSE(desk_.wants_courier());
  EXPECT_THAT(heard(), ElementsAre(Tag::courier));
  say({Tag::wants_courier, 0, {}});
  desk_.close();
  EXPECT_FALSE(desk_.wants_courier());
  EXPECT_FALSE(desk_.serves());
}

TEST_F(FrontDeskTest, AnOrderOfSomebodyUnknownIsRefusedAndAuditedAndTheFrontStays) {
  serve();
  ipc::RunOrder order;
  order.caller = {ipc::Caller::Kind::user, "alice", "no ticket", "192.0.2.7"};
  order.call.class_name = "SCX_OperatingSystem";
  order.call.method = "ExecuteCommand";
  RowsWriter writer(
      7, [this](const Frame& frame) { return front_->send(frame); }, Tag::run);
  for (const auto& row : ipc::run_rows(order)) writer.add(row);
  ASSERT_TRUE(writer.finish({}));
  desk_.work();
  EXPECT_THAT(heard(), ElementsAre(Tag::done));
}

TEST_F(FrontDeskTest, WhoeverBreaksTheProtocolIsKilled) {
  EXPECT_TRUE(is_deadly({Tag::authenticate, 1, {"user", "password"}}));
  EXPECT_TRUE(is_deadly({Tag::unwatch, 0, {}}));
  EXPECT_TRUE(is_deadly({Tag::vouch, 0, {"name", "user", "alice"}}));
  EXPECT_TRUE(is_deadly({Tag::vouch, 0, {"name", "neither", "alice", "proof"}}));
  EXPECT_TRUE(is_deadly({Tag::run, 1, {}}));
  EXPECT_FALSE(is_deadly({Tag::wants_courier, 0, {}})) << "the control";
}

}  // namespace
}  // namespace muster::agent
