// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/bus/message.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/fakes/bus_answer.h"

namespace muster::bus {
namespace {

using testing::bus_message;
using testing::BusBytes;

TEST(BusMessage, ReadsBackTheCallThatItWrites) {
  const auto bytes = call_bytes({7, "org.example.Service", "/org/example", "org.example.Thing", "Do"});
  EXPECT_EQ(bytes.size() % 8, 0U);
  std::string_view rest = bytes;
  const auto message = next_message(rest).value();
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->kind, Kind::call);
  EXPECT_EQ(message->body, "");
  EXPECT_TRUE(rest.empty());
}

TEST(BusMessage, IsNotThereBeforeItsLastByte) {
  const auto bytes = bus_message(2, 9, 8, "s", BusBytes().text("hello").bytes());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view rest = std::string_view(bytes).substr(0, size);
    EXPECT_FALSE(next_message(rest).value().has_value()) << size;
    EXPECT_EQ(rest.size(), size);
  }
  std::string_view rest = bytes;
  const auto message = next_message(rest).value();
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->kind, Kind::answer);
  EXPECT_EQ(message->answers, 9U);
  EXPECT_EQ(message->signature, "s");
  EXPECT_EQ(Reader(message->body, message->order).text(), "hello");
}

TEST(BusMessage, OfEitherByteOrderIsRead) {
  const std::string big("B\2\1\1\0\0\0\0\0\0\0\7\0\0\0\10\5\1u\0\0\0\1\2", 24);
  std::string_view rest = big;
  const auto message = next_message(rest).value();
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->answers, 0x102U);
}

TEST(BusMessage, RefusesWhatIsNone) {
  const auto sound = bus_message(2, 9, 8, "s", "");
  const auto with = [&](std::size_t at, char byte) {
    auto bytes = sound;
    bytes[at] = byte;
    return bytes;
  };
  const std::string bad[] = {
      with(0, 'x'),      // byte order
      with(1, '\0'),     // kind
      with(1, '\5'),     //
      with(3, '\2'),     // version
      with(7, '\x7f'),   // length of the body
      with(15, '\x7f'),  // length of the fields
      with(18, 'v'),     // a field of another type
      with(17, '\x7f'),  // a signature beyond the end
  };
  for (const auto& bytes : bad) {
    std::string_view rest = bytes;
    const auto message = next_message(rest);
    ASSERT_FALSE(message.has_value());
    EXPECT_EQ(message.error().code, Errc::malformed);
  }
}

TEST(BusLogin, EndsWithOk) {
  std::string_view rest = "DATA\r\nOK 0123\r\nrest";
  EXPECT_TRUE(take_login(rest).value());
  EXPECT_EQ(rest, "rest");
  for (const std::string_view part : {"", "DA", "DATA\r\n", "DATA\r\nOK 01", "DATA\r\nOK 01\r"}) {
    auto incomplete = part;
    EXPECT_FALSE(take_login(incomplete).value()) << part;
  }
  std::string_view refused = "REJECTED EXTERNAL\r\n";
  EXPECT_EQ(take_login(refused).error().code, Errc::denied);
  const std::string endless(20000, 'x');
  std::string_view never = endless;
  EXPECT_EQ(take_login(never).error().code, Errc::malformed);
}

TEST(BusReader, SaysNothingBehindTheEnd) {
  const auto bytes = BusBytes().text("ab").bytes();
  Reader reader(std::string_view(bytes).substr(0, bytes.size() - 1), Order::little);
  EXPECT_EQ(reader.text(), "");
  EXPECT_FALSE(reader.sound());
  EXPECT_EQ(reader.byte(), 0U);
  EXPECT_EQ(reader.number(), 0U);
  Reader huge(std::string_view("\xff\xff\xff\xff", 4), Order::little);
  EXPECT_EQ(huge.text(), "");
  EXPECT_FALSE(huge.sound());
}

}  // namespace
}  // namespace muster::bus
