// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/ipc/frame.h"

#include <gtest/gtest.h>

namespace muster::ipc {
namespace {

constexpr std::size_t kCountAt = 4;  // offset of the field count
constexpr std::size_t kHeaderBytes = 16;

void expect_same(const Frame& a, const Frame& b) {
  EXPECT_EQ(a.tag, b.tag);
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.fields, b.fields);
}

TEST(Frame, ComesBackAsItWent) {
  const Frame frames[] = {
      {Tag::ready, 0, {}},
      {Tag::done, 0xffff'ffff'ffff'ffffU, {"ok", ""}},
      {Tag::rows, 7, {std::string("\0\xff\n", 3), std::string(40'000, 'x')}},
      {Tag::fetch, 1, std::vector<std::string>(kMaxFields, "f")},
  };
  for (const auto& frame : frames) {
    const auto bytes = encode(frame);
    EXPECT_EQ(bytes.size(), encoded_size(frame));
    const auto back = decode(bytes);
    ASSERT_TRUE(back.has_value()) << back.error().what;
    expect_same(frame, *back);
  }
}

TEST(Frame, OfTheLargestSizeIsTakenAndOneByteMoreIsNot) {
  Frame frame{Tag::rows, 1, {""}};
  frame.fields[0].assign(kMaxFrameBytes - encoded_size(frame), 'r');
  EXPECT_TRUE(decode(encode(frame)).has_value());
  frame.fields[0].push_back('r');
  EXPECT_FALSE(decode(encode(frame)).has_value());
}

TEST(Frame, CutAnywhereIsMalformed) {
  const auto bytes = encode({Tag::authenticate, 3, {"user", "password", "192.0.2.1"}});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = decode(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(cut.has_value()) << size;
    EXPECT_EQ(cut.error().code, Errc::malformed) << size;
  }
}

TEST(Frame, BytesAfterTheLastFieldAreMalformed) {
  EXPECT_FALSE(decode(encode({Tag::ready, 0, {}}) + "x").has_value());
  EXPECT_FALSE(decode(encode({Tag::done, 0, {"ok", ""}}) + std::string(4, '\0')).has_value());
}

TEST(Frame, OfAnotherVersionIsMalformed) {
  auto bytes = encode({Tag::ready, 0, {}});
  bytes[2] = static_cast<char>(kVersion + 1);
  EXPECT_FALSE(decode(bytes).has_value());
}

TEST(Frame, WithMoreFieldsThanAllowedIsMalformed) {
  EXPECT_FALSE(decode(encode({Tag::rows, 0, std::vector<std::string>(kMaxFields + 1)})).has_value());
}

// A count or length that lies must not make room for what never comes.
TEST(Frame, LyingCountsAndLengthsAreMalformed) {
  auto count = encode({Tag::done, 0, {"ok", ""}});
  for (std::size_t i = 0; i < 4; ++i) count[kCountAt + i] = '\xff';
  EXPECT_FALSE(decode(count).has_value());
  auto length = encode({Tag::done, 0, {"ok", ""}});
  for (std::size_t i = 0; i < 4; ++i) length[kHeaderBytes + i] = '\xff';
  EXPECT_FALSE(decode(length).has_value());
}

}  // namespace
}  // namespace muster::ipc
