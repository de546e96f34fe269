// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/loop.h"

#include <array>
#include <csignal>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster::http {
namespace {

using std::chrono::milliseconds;

struct Pair {
  Pair() {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), 0);
    near = Fd(fds[0]);
    far = Fd(fds[1]);
  }
  Fd near, far;
};

char take_byte(int fd) {
  char byte = 0;
  EXPECT_EQ(::read(fd, &byte, 1), 1);
  return byte;
}

TEST(Loop, ReturnsWhenNothingIsLeftToWaitFor) {
  Loop loop;
  loop.run();
  int done = 0;
  loop.post([&] { ++done; });
  loop.run();
  EXPECT_EQ(done, 1);
}

TEST(Loop, StopBeforeRunIsNotLostAndDoesNotLast) {
  Loop loop;
  const auto forever = loop.every(milliseconds(1), [] {});
  loop.stop();
  loop.run();
  loop.post([&] { loop.stop(); });
  loop.run();
}

TEST(Loop, PostsFromAnotherThread) {
  Loop loop;
  const auto forever = loop.every(std::chrono::hours(1), [] {});
  int sum = 0;
  const std::jthread other([&] {
    for (int i = 0; i < 100; ++i) loop.post([&sum] { ++sum; });
    loop.post([&loop] { loop.stop(); });
  });
  loop.run();
  EXPECT_EQ(sum, 100);
}

TEST(Loop, CallsAgainWhileBytesAreLeftAndStopsWhenDropped) {
  Loop loop;
  Pair pair;
  ASSERT_EQ(::write(pair.far.get(), "abc", 3), 3);
  std::string seen;
  std::unique_ptr<Subscription> readable;
  readable = loop.when_readable(pair.near.get(), [&] {
    seen += take_byte(pair.near.get());
    if (seen.size() == 2) readable.reset();
  });
  loop.run();
  EXPECT_EQ(seen, "ab");
}

TEST(Loop, WatchesBothDirectionsOfOneDescriptor) {
  Loop loop;
  Pair pair;
  int writable_calls = 0;
  std::string seen;
  std::unique_ptr<Subscription> readable;
  std::unique_ptr<Subscription> writable;
  readable = loop.when_readable(pair.near.get(), [&] {
    seen += take_byte(pair.near.get());
    readable.reset();
  });
  writable = loop.when_writable(pair.near.get(), [&] {
    if (++writable_calls < 3) return;
    writable.reset();  // the other one goes on
    ASSERT_EQ(::write(pair.far.get(), "x", 1), 1);
  });
  loop.run();
  EXPECT_EQ(writable_calls, 3);
  EXPECT_EQ(seen, "x");
}

TEST(Loop, ADescriptorNumberMayBeUsedAgain) {
  Loop loop;
  for (int i = 0; i < 3; ++i) {
    Pair pair;
    std::unique_ptr<Subscription> readable;
    bool called = false;
    ASSERT_EQ(::write(pair.far.get(), "x", 1), 1);
    readable = loop.when_readable(pair.near.get(), [&] {
      called = true;
      readable.reset();
    });
    loop.run();
    EXPECT_TRUE(called);
  }
}

TEST(Loop, GivesTheBlockingFlagBack) {
  Loop loop;
  const Pair pair;
  static_cast<void>(loop.when_readable(pair.near.get(), [] {}));
  EXPECT_EQ(::fcntl(pair.near.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(Loop, ARegularFileIsReadyAtOnce) {
  Loop loop;
  const Fd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  std::unique_ptr<Subscription> readable;
  bool called = false;
  readable = loop.when_readable(file.get(), [&] {
    called = true;
    readable.reset();
  });
  loop.run();
  EXPECT_TRUE(called);
}

TEST(Loop, TimersFireInOrderAndDroppedOnesDoNot) {
  Loop loop;
  std::vector<int> order;
  const auto second = loop.after(milliseconds(20), [&] { order.push_back(2); });
  const auto first = loop.after(milliseconds(5), [&] { order.push_back(1); });
  loop.after(milliseconds(1), [&] { order.push_back(0); }).reset();
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(Loop, ABeatGoesOnUntilItIsDroppedFromInside) {
  Loop loop;
  int beats = 0;
  std::unique_ptr<Subscription> beat;
  beat = loop.every(milliseconds(2), [&] {
    if (++beats == 5) beat.reset();
  });
  loop.run();
  EXPECT_EQ(beats, 5);
}

TEST(Loop, TakesSignalsAndGivesThemBack) {
  Loop loop;
  int arrived = 0;
  std::unique_ptr<Subscription> subscription;
  subscription = loop.on_signal(SIGUSR1, [&] {
    if (++arrived == 2) return subscription.reset();
    ASSERT_EQ(::raise(SIGUSR1), 0);
  });
  ASSERT_EQ(::raise(SIGUSR1), 0);
  loop.run();
  EXPECT_EQ(arrived, 2);
  EXPECT_EXIT(::raise(SIGUSR1), ::testing::KilledBySignal(SIGUSR1), "");
}

TEST(Loop, WritingToAClosedSocketDoesNotKillTheProcess) {
  const Loop loop;
  Pair pair;
  pair.far.reset();
  EXPECT_EQ(::write(pair.near.get(), "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
}

}  // namespace
}  // namespace muster::http
