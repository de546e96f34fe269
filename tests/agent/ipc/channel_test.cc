// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/ipc/channel.h"

#include <chrono>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/agent/ipc/raw_socket.h"

namespace muster::ipc {
namespace {

using testing::new_pair;
using testing::open_descriptors;
using testing::send_raw;

struct Ends {
  Channel monitor;
  Channel front;
};

Ends serving_ends() {
  auto [a, b] = new_pair();
  return {Channel(std::move(a), Party::monitor, Party::front, State::serving),
          Channel(std::move(b), Party::front, Party::monitor, State::serving)};
}

TEST(Channel, CarriesFramesInOrder) {
  auto ends = serving_ends();
  for (std::uint64_t id = 0; id < 10; ++id) {
    ASSERT_TRUE(ends.front.send({Tag::authenticate, id, {"u", "p", "s"}}).has_value());
  }
  for (std::uint64_t id = 0; id < 10; ++id) {
    const auto arrival = ends.monitor.receive();
    ASSERT_TRUE(arrival && *arrival);
    EXPECT_EQ((*arrival)->frame.id, id);
  }
  const auto nothing = ends.monitor.receive();
  ASSERT_TRUE(nothing.has_value());
  EXPECT_FALSE(nothing->has_value());
}

TEST(Channel, WaitsForAFrameOrForTheTimeItWasGiven) {
  using std::chrono::milliseconds;
  auto ends = serving_ends();
  const auto nothing = ends.monitor.receive_within(milliseconds(1));
  ASSERT_TRUE(nothing.has_value());
  EXPECT_FALSE(nothing->has_value());
  std::jthread later([&] {
    ASSERT_TRUE(ends.front.send({Tag::authenticate, 7, {"u", "p", "s"}}).has_value());
  });
  const auto arrival = ends.monitor.receive_within(milliseconds(0));
  ASSERT_TRUE(arrival && *arrival);
  EXPECT_EQ((*arrival)->frame.id, 7U);
  later.join();
  ends.front = Channel(Fd(), Party::front, Party::monitor, State::serving);
  EXPECT_EQ(ends.monitor.receive_within(milliseconds(0)).error().code, Errc::unreachable);
}

// A socket that waits for its reader to come must not wait for its writer to go.
TEST(Channel, QueuesWhatDoesNotFitAlsoAfterAWait) {
  auto ends = serving_ends();
  ASSERT_TRUE(ends.front.receive_within(std::chrono::milliseconds(1)).has_value());
  for (int i = 0; i < 400; ++i) {
    ASSERT_TRUE(ends.front.send({Tag::authenticate, 1, {std::string(4096, 'u'), "", ""}}));
  }
  EXPECT_TRUE(ends.front.queued());
}

TEST(Channel, CarriesADescriptorThatWorks) {
  auto ends = serving_ends();
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const Fd read_end(pipe_ends[0]);
  Fd write_end(pipe_ends[1]);
  ASSERT_TRUE(ends.monitor.send({Tag::providers, 0, {}}, write_end.get()).has_value());
  write_end.reset();
  const auto arrival = ends.front.receive();
  ASSERT_TRUE(arrival && *arrival);
  EXPECT_EQ(::write((*arrival)->descriptor.get(), "x", 1), 1);
  EXPECT_NE(::fcntl((*arrival)->descriptor.get(), F_GETFD) & FD_CLOEXEC, 0);
  char byte = 0;
  EXPECT_EQ(::read(read_end.get(), &byte, 1), 1);
}

TEST(Channel, SeveralDescriptorsAreABreachAndAreClosed) {
  for (const std::size_t count : {2U, 4U, 5U, 100U}) {
    auto [ours, theirs] = new_pair();
    Channel front(std::move(ours), Party::front, Party::monitor, State::serving);
    const int before = open_descriptors();
    send_raw(theirs.get(), encode({Tag::providers, 0, {}}), theirs.get(), count);
    const auto arrival = front.receive();
    ASSERT_FALSE(arrival.has_value()) << count;
    EXPECT_EQ(arrival.error().code, Errc::malformed);
    EXPECT_EQ(open_descriptors(), before) << count;
  }
}

TEST(Channel, TooLongADatagramIsMalformed) {
  auto [ours, theirs] = new_pair();
  Channel front(std::move(ours), Party::front, Party::monitor, State::serving);
  send_raw(theirs.get(), encode({Tag::identity, 0, {std::string(kMaxFrameBytes, 'k'), ""}}));
  const auto arrival = front.receive();
  ASSERT_FALSE(arrival.has_value());
  EXPECT_EQ(arrival.error().code, Errc::malformed);
}

TEST(Channel, SaysThatThePeerIsGone) {
  auto [ours, theirs] = new_pair();
  Channel front(std::move(ours), Party::front, Party::monitor, State::serving);
  theirs.reset();
  const auto arrival = front.receive();
  ASSERT_FALSE(arrival.has_value());
  EXPECT_EQ(arrival.error().code, Errc::unreachable);
  EXPECT_FALSE(front.send({Tag::stuck, 0, {}}).has_value());
}

// The peer does not read: what the socket does not take waits here, up to the bound, and no further.
TEST(Channel, RefusesWhenItsQueueIsFullAndLosesNothingOfWhatItTook) {
  auto ends = serving_ends();
  std::uint64_t taken = 0;
  for (;; ++taken) {
    ASSERT_LT(taken, 100'000U);
    const auto sent = ends.front.send({Tag::authenticate, taken, {"user", std::string(4000, 'p'), "source"}});
    if (sent) continue;
    EXPECT_EQ(sent.error().code, Errc::timeout);
    break;
  }
  EXPECT_GE(taken, Channel::kMaxQueued);
  EXPECT_TRUE(ends.front.queued());
  for (std::uint64_t id = 0; id < taken;) {
    const auto arrival = ends.monitor.receive();
    ASSERT_TRUE(arrival.has_value());
    if (*arrival) {
      ASSERT_EQ((*arrival)->frame.id, id++);
    } else {
      ASSERT_TRUE(ends.front.flush().has_value());
    }
  }
  EXPECT_FALSE(ends.front.queued());
}

TEST(Channel, KeepsADescriptorThatHasToWaitInTheQueue) {
  auto ends = serving_ends();
  while (!ends.monitor.queued()) {
    ASSERT_TRUE(ends.monitor.send({Tag::authenticated, 0, {std::string(4000, 'x'), "u"}}).has_value());
  }
  auto [given, kept] = new_pair();
  ASSERT_TRUE(ends.monitor.send({Tag::providers, 0, {}}, given.get()).has_value());
  given.reset();
  for (bool came = false; !came;) {
    const auto arrival = ends.front.receive();
    ASSERT_TRUE(arrival.has_value());
    if (!*arrival) {
      ASSERT_TRUE(ends.monitor.flush().has_value());
    } else {
      came = (*arrival)->frame.tag == Tag::providers && (*arrival)->descriptor;
    }
  }
}

TEST(Channel, LetsTheStateDecideWhatIsPermitted) {
  auto [a, b] = new_pair();
  Channel monitor(std::move(a), Party::monitor, Party::front, State::starting);
  Channel front(std::move(b), Party::front, Party::monitor, State::starting);
  EXPECT_FALSE(front.send({Tag::stuck, 0, {}}).has_value());
  ASSERT_TRUE(front.send({Tag::ready, 0, {}}).has_value());
  front.enter(State::serving);
  EXPECT_FALSE(front.send({Tag::ready, 0, {}}).has_value());
  ASSERT_TRUE(monitor.receive().has_value());
  monitor.enter(State::serving);
  ASSERT_TRUE(front.send({Tag::stuck, 0, {}}).has_value());
  EXPECT_TRUE(monitor.receive().has_value());
}

// The peer ends the connection over a frame that is too long: it must not leave.
TEST(Channel, RefusesToSendWhatThePeerCannotTake) {
  auto ends = serving_ends();
  const auto sent = ends.monitor.send({Tag::identity, 0, {"key", std::string(kMaxFrameBytes, 'b')}});
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().code, Errc::malformed);
  const auto nothing = ends.front.receive();
  ASSERT_TRUE(nothing.has_value());
  EXPECT_FALSE(nothing->has_value());
}

}  // namespace
}  // namespace muster::ipc
