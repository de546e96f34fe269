// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/bus/units.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/fakes/bus_answer.h"

namespace muster::bus {
namespace {

TEST(BusUnits, AreReadFromTheWholeConversation) {
  const auto conversation =
      testing::units_conversation({{"ssh.service", "OpenSSH", "loaded", "active", "running"},
                                   {"x.mount", "", "not-found", "inactive", "dead"}});
  EXPECT_TRUE(has_units(conversation).value());
  const auto units = parse_units(conversation).value();
  ASSERT_EQ(units.size(), 2U);
  EXPECT_EQ(units[0].name, "ssh.service");
  EXPECT_EQ(units[0].description, "OpenSSH");
  EXPECT_EQ(units[0].load_state, "loaded");
  EXPECT_EQ(units[0].active_state, "active");
  EXPECT_EQ(units[0].sub_state, "running");
  EXPECT_EQ(units[1].name, "x.mount");
  EXPECT_EQ(units[1].sub_state, "dead");
}

TEST(BusUnits, AreNotThereBeforeTheLastByte) {
  const auto conversation = testing::units_conversation({{"ssh.service", "OpenSSH"}});
  for (std::size_t size = 0; size < conversation.size(); ++size) {
    EXPECT_FALSE(has_units(std::string_view(conversation).substr(0, size)).value()) << size;
  }
}

TEST(BusUnits, OfABusThatRefusesAreAnErrorWithItsName) {
  const auto conversation = testing::bus_login() + testing::bus_hello() +
                            testing::bus_message(3, 2, 4, "org.freedesktop.DBus.Error.AccessDenied", "");
  const auto answer = has_units(conversation);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, Errc::denied);
  EXPECT_NE(answer.error().what.find("AccessDenied"), std::string::npos);
}

TEST(BusUnits, MustBeAListOfUnits) {
  const auto begin = testing::bus_login() + testing::bus_hello();
  const auto body = testing::units_body({{"a.service", "A"}});
  const auto cut = body.substr(0, body.size() - 1);
  for (const auto& answer :
       {testing::bus_message(2, 2, 8, "as", body), testing::bus_message(2, 2, 8, "a(ssssssouso)", cut),
        testing::bus_message(2, 2, 8, "a(ssssssouso)", "")}) {
    const auto units = parse_units(begin + answer);
    ASSERT_FALSE(units.has_value());
    EXPECT_EQ(units.error().code, Errc::malformed);
  }
}

}  // namespace
}  // namespace muster::bus
