// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/frame.h"

#include <array>
#include <atomic>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace muster {
namespace {

std::string raw_frame(std::uint32_t size, char kind, std::string_view body) {
  std::string bytes;
  for (unsigned shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<char>((size >> shift) & 0xffU));
  }
  bytes.push_back(kind);
  bytes.append(body);
  return bytes;
}

TEST(Frame, FieldsComeBackInOrder) {
  Pack pack;
  pack.number(1ULL << 40).text("").text(std::string("a\0b", 3)).number(7);
  Unpack unpack(pack.body());
  EXPECT_EQ(unpack.number(), 1ULL << 40);
  EXPECT_EQ(unpack.text(), "");
  EXPECT_EQ(unpack.text(), std::string_view("a\0b", 3));
  EXPECT_FALSE(unpack.finished());
  EXPECT_EQ(unpack.number(), 7U);
  EXPECT_TRUE(unpack.finished());
}

TEST(Frame, EveryCutBodyIsRefused) {
  Pack pack;
  pack.text("hello").number(3).text("world");
  for (std::size_t size = 0; size < pack.body().size(); ++size) {
    Unpack unpack(std::string_view(pack.body()).substr(0, size));
    unpack.text();
    unpack.number();
    unpack.text();
    EXPECT_FALSE(unpack.ok()) << size;
  }
}

TEST(Frame, LengthBeyondTheBodyIsRefused) {
  const std::string lie(
      "\xff\xff\xff\xff"
      "abc",
      7);
  Unpack unpack(lie);
  EXPECT_EQ(unpack.text(), "");
  EXPECT_FALSE(unpack.ok());
}

TEST(FrameReader, FramesSurviveAnyCutting) {
  const auto bytes = raw_frame(3, 1, "abc") + raw_frame(0, 2, "") + raw_frame(2, 3, "xy");
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    FrameReader reader;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      ASSERT_TRUE(reader.feed(std::string_view(bytes).substr(at, step)));
    }
    EXPECT_EQ(reader.next()->body, "abc");
    EXPECT_EQ(reader.next()->kind, 2);
    EXPECT_EQ(reader.next()->body, "xy");
    EXPECT_FALSE(reader.next());
  }
}

TEST(FrameReader, OversizedFrameIsRefusedBeforeItsBody) {
  FrameReader reader;
  EXPECT_TRUE(reader.feed(raw_frame(kMaxFrameBytes, 1, "")));
  FrameReader strict;
  EXPECT_FALSE(strict.feed(raw_frame(kMaxFrameBytes + 1, 1, "")));
}

TEST(FrameReader, FloodOfFramesIsRefused) {
  FrameReader reader;
  std::string flood;
  for (int i = 0; i < 1024; ++i) flood += raw_frame(0, 1, "");
  EXPECT_TRUE(reader.feed(flood));
  EXPECT_FALSE(reader.feed(raw_frame(0, 1, "")));
}

TEST(Frame, OneCallTakesAShareOfWhatIsThere) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const Fd left(ends[0]);
  const Fd right(ends[1]);
  std::atomic<bool> over = false;
  std::jthread sender([&] {  // always faster than the reader
    const std::string body(60'000, 'x');
    while (!over) static_cast<void>(send_frame(left.get(), 1, body).has_value());
  });
  FrameReader reader;  // one for all calls: the share of each may end within a frame
  for (int calls = 0; calls < 20; ++calls) {
    EXPECT_TRUE(receive_frames(right.get(), reader));
    std::size_t frames = 0;
    while (reader.next()) ++frames;
    EXPECT_LE(frames, (256U + 16U) * 1024U / 60'000U + 1U) << "and the rest of the one before";
  }
  over = true;
}

TEST(Frame, DescriptorTravelsWithItsFrame) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const Fd left(ends[0]);
  const Fd right(ends[1]);
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(::pipe(pipe_ends.data()), 0);
  const Fd in(pipe_ends[0]);
  const Fd out(pipe_ends[1]);
  ASSERT_TRUE(send_frame(left.get(), 9, "take this", out.get()));
  FrameReader reader;
  auto received = receive_frames(right.get(), reader);
  ASSERT_TRUE(received);
  EXPECT_TRUE(received->any);
  EXPECT_FALSE(received->ended);
  EXPECT_EQ(reader.next()->body, "take this");
  ASSERT_TRUE(received->passed);
  ASSERT_EQ(::write(received->passed.get(), "!", 1), 1);
  char byte = 0;
  EXPECT_EQ(::read(in.get(), &byte, 1), 1);
  EXPECT_EQ(byte, '!');
}

TEST(Frame, FullSocketIsAnErrorNotAWait) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const Fd left(ends[0]);
  const Fd right(ends[1]);
  const std::string body(100'000, 'x');
  bool refused = false;
  for (int i = 0; i < 100 && !refused; ++i) refused = !send_frame(left.get(), 1, body);
  EXPECT_TRUE(refused);
}

TEST(Frame, EndOfSocketIsReported) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  Fd left(ends[0]);
  const Fd right(ends[1]);
  FrameReader reader;
  EXPECT_FALSE(receive_frames(right.get(), reader)->ended);
  left.reset();
  EXPECT_TRUE(receive_frames(right.get(), reader)->ended);
}

}  // namespace
}  // namespace muster
