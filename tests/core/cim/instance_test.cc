// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/instance.h"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace muster::cim {
namespace {

constexpr Property kProperties[] = {
    {"Name", Type::string, Role::key},
    {"Small", Type::uint8},
    {"Zone", Type::sint16},
    {"On", Type::boolean},
    {"Load", Type::real64},
    {"Codes", Type::uint16, Role::value, Unit::none, {}, Shape::array},
    {"Words", Type::string, Role::value, Unit::none, {}, Shape::array},
};
constexpr ClassDecl kDecl{"TEST_Row", nullptr, "1.0.0", "A row.", kProperties};

TEST(Instance, HoldsWhatWasSetAndNullElsewhere) {
  const Class of(kDecl);
  const auto row = Instance(of).set("name", "a").set("Small", std::uint64_t{7}).set("On", true);
  EXPECT_EQ(std::get<std::string>(row.value("Name")), "a");
  EXPECT_EQ(std::get<std::uint64_t>(row.values()[1]), 7U);
  EXPECT_TRUE(std::get<bool>(row.value("ON")));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(row.value("Zone")));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(row.value("Nothing")));
}

TEST(Instance, ValueFitsItsDeclaration) {
  struct Case {
    std::size_t property;
    Value value;
    bool fits;
  };
  const Case cases[] = {
      {0, std::monostate{}, true},
      {0, std::string("x"), true},
      {0, std::uint64_t{1}, false},
      {1, std::uint64_t{255}, true},
      {1, std::uint64_t{256}, false},
      {1, std::int64_t{1}, false},
      {2, std::int64_t{-32768}, true},
      {2, std::int64_t{-32769}, false},
      {2, std::uint64_t{1}, false},
      {3, true, true},
      {3, std::string("TRUE"), false},
      {4, 0.5, true},
      {4, std::uint64_t{1}, false},
      {5, std::vector<std::uint64_t>{1, 65535}, true},
      {5, std::vector<std::uint64_t>{65536}, false},
      {5, std::uint64_t{1}, false},
      {6, std::vector<std::string>{"a"}, true},
      {6, std::vector<std::uint64_t>{1}, false},
      {0, std::vector<std::string>{"a"}, false},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(fits(kProperties[each.property], each.value), each.fits)
        << kProperties[each.property].name << ", case " << &each - cases;
  }
}

#ifndef NDEBUG
TEST(InstanceDeathTest, RefusesNamesAndKindsThatTheClassLacks) {
  const Class of(kDecl);
  EXPECT_DEATH(Instance(of).set("Nothing", "x"), "");
  EXPECT_DEATH(Instance(of).set("Small", std::uint64_t{300}), "");
}
#endif

TEST(Instance, ScalarTextIsTheWireForm) {
  EXPECT_EQ(scalar_text(true), "TRUE");
  EXPECT_EQ(scalar_text(false), "FALSE");
  EXPECT_EQ(scalar_text(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(scalar_text(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(scalar_text(0.0), "0");
  EXPECT_EQ(scalar_text(0.25), "0.25");
  EXPECT_EQ(scalar_text(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(scalar_text(-std::numeric_limits<double>::infinity()), "-INF");
  EXPECT_EQ(scalar_text(std::string("a b")), "a b");
  EXPECT_EQ(scalar_text(std::monostate{}), "");
  EXPECT_EQ(scalar_text(std::vector<std::string>{"a"}), "");
}

}  // namespace
}  // namespace muster::cim
