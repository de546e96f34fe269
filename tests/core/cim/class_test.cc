// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/class.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace muster::cim {
namespace {

constexpr Property kThingProperties[] = {{"Caption"}, {"Name"}, {"Size", Type::uint32}};
constexpr ClassDecl kThing{"TEST_Thing", nullptr, "1.0.0", "A thing.", kThingProperties};
constexpr Property kDiskProperties[] = {{"name", Type::string, Role::key}, {"Speed", Type::uint64}};
constexpr ClassDecl kDisk{"TEST_Disk", &kThing, "1.0.0", "A disk.", kDiskProperties};

TEST(Class, KeepsInheritedPropertiesFirstAndRedefinedOnesInPlace) {
  const Class disk(kDisk);
  std::vector<std::string> names;
  for (const auto& property : disk.properties()) names.emplace_back(property.name);
  EXPECT_EQ(names, (std::vector<std::string>{"Caption", "name", "Size", "Speed"}));
  EXPECT_EQ(disk.properties()[1].role, Role::key);
}

TEST(Class, FindsEveryPropertyWithoutCase) {
  const Class disk(kDisk);
  for (std::size_t i = 0; i < disk.properties().size(); ++i) {
    EXPECT_EQ(disk.index_of(disk.properties()[i].name), i);
  }
  EXPECT_EQ(disk.index_of("CAPTION"), 0U);
  EXPECT_EQ(disk.index_of("sPEED"), 3U);
  EXPECT_FALSE(disk.index_of("Weight"));
  EXPECT_FALSE(disk.index_of(""));
}

TEST(Class, KnowsItselfAndItsAncestors) {
  const Class disk(kDisk);
  EXPECT_TRUE(disk.is_a("TEST_DISK"));
  EXPECT_TRUE(disk.is_a("test_thing"));
  EXPECT_FALSE(disk.is_a("TEST_Other"));
  EXPECT_FALSE(Class(kThing).is_a("TEST_Disk"));
}

}  // namespace
}  // namespace muster::cim
