// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace muster::tls {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(DnsName, AcceptsWhatHostsAreCalled) {
  const std::string label(63, 'a');
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
  ASSERT_EQ(longest.size(), 253U);
  for (const std::string& name : {std::string("db1"), std::string("db1.example"), std::string("DB1.Example"),
                                  std::string("a_b.example"), std::string("xn--bcher-kva.example"),
                                  std::string("4711"), std::string("1.2.example"), longest}) {
    EXPECT_TRUE(is_dns_name(name)) << name;
  }
}

TEST(DnsName, RefusesEverythingElse) {
  using namespace std::string_literals;
  const std::string names[] = {""s,
                               "."s,
                               ".a"s,
                               "a."s,
                               "a..b"s,
                               "-a"s,
                               "a-"s,
                               "a.-b"s,
                               "*.example"s,
                               "a b"s,
                               "a\0b"s,
                               "a\n"s,
                               "b\xc3\xbc"s,
                               "(none)"s,
                               "a/b"s,
                               "DNS:a"s,
                               "a,b"s,
                               "1.2.3.300"s,
                               "[::1]"s,
                               std::string(64, 'a'),
                               std::string(300, 'a')};
  for (const std::string& name : names) EXPECT_FALSE(is_dns_name(name)) << name;
}

TEST(Address, IsALiteralWithoutDecoration) {
  for (const char* text : {"10.0.0.1", "::1", "2001:db8::1", "::ffff:10.0.0.1"}) {
    EXPECT_TRUE(is_address(text)) << text;
  }
  for (const char* text : {"", "10.0.0", "10.0.0.256", "010.0.0.1", "fe80::1%eth0", "[::1]", "10.0.0.1:80"}) {
    EXPECT_FALSE(is_address(text)) << text;
  }
  EXPECT_FALSE(is_address(std::string_view("10.0.0.1\0.evil", 14)));
}

TEST(UsableNames, KeepsOrderDropsOddOnesAndRepetitions) {
  EXPECT_THAT(usable_names({"b", "(none)", "a", "B", "::1", "", "a"}), ElementsAre("b", "a", "::1"));
}

TEST(AlternativeNames, NamesTheInvalidOne) {
  const auto list = alternative_names({"good", "bad name\n"});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().code, Errc::malformed);
  EXPECT_THAT(list.error().what, HasSubstr("'bad name\\x0a'"));
}

TEST(CommonName, IsCutToSixtyFourCharactersNotBytes) {
  std::string name;
  for (int i = 0; i < 70; ++i) name += "\xc3\xbc";
  EXPECT_EQ(common_name_text(name), name.substr(0, 128));
  EXPECT_EQ(common_name_text(std::string(65, 'a')), std::string(64, 'a'));
}

TEST(CommonName, ReplacesWhatIsNoText) {
  using namespace std::string_literals;
  EXPECT_EQ(common_name_text(""), "localhost");
  EXPECT_EQ(common_name_text("a\0b\n\x7f"s), "a?b??");
  EXPECT_EQ(common_name_text("x\xff\xc3"), "x??");
  EXPECT_EQ(common_name_text("\xc2\x9bz"), "??z");
}

}  // namespace
}  // namespace muster::tls
