// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/ipc/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace muster::ipc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> text_of(const cim::Arguments& arguments) {
  std::vector<std::string> out;
  append_arguments(out, arguments);
  return out;
}

TEST(IpcArguments, TravelAsNameCountAndValues) {
  const cim::Arguments arguments{
      {"filename", {"/var/log/syslog"}}, {"regexps", {"a", "", "7"}}, {"none", {}}};
  const auto text = text_of(arguments);
  EXPECT_THAT(text,
              ElementsAre("filename", "1", "/var/log/syslog", "regexps", "3", "a", "", "7", "none", "0"));
  const auto back = parse_arguments(text);
  ASSERT_TRUE(back.has_value());
  ASSERT_EQ(back->size(), 3U);
  EXPECT_EQ((*back)[0].name, "filename");
  EXPECT_THAT((*back)[1].values, ElementsAre("a", "", "7"));
  EXPECT_THAT((*back)[2].values, IsEmpty());
  EXPECT_EQ(text_of(*back), text);
}

TEST(IpcArguments, NoneAreNone) {
  const auto none = parse_arguments({});
  ASSERT_TRUE(none.has_value());
  EXPECT_THAT(*none, IsEmpty());
}

// Whoever sends them may have been taken over.
class BadArguments : public ::testing::TestWithParam<std::vector<std::string>> {};

TEST_P(BadArguments, AreMalformed) {
  const auto read = parse_arguments(GetParam());
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, Errc::malformed);
}

INSTANTIATE_TEST_SUITE_P(Ipc, BadArguments,
                         ::testing::Values(std::vector<std::string>{"name"},
                                           std::vector<std::string>{"name", ""},
                                           std::vector<std::string>{"name", "1"},
                                           std::vector<std::string>{"name", "2", "a"},
                                           std::vector<std::string>{"name", "-1", "a"},
                                           std::vector<std::string>{"name", "+1", "a"},
                                           std::vector<std::string>{"name", "1 ", "a"},
                                           std::vector<std::string>{"name", "1x", "a"},
                                           std::vector<std::string>{"name", "18446744073709551615", "a"},
                                           std::vector<std::string>{"name", "99999999999999999999", "a"},
                                           std::vector<std::string>{"a", "1", "b", "c"}));

}  // namespace
}  // namespace muster::ipc
