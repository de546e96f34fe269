// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/front/quarantine.h"

#include <gtest/gtest.h>

namespace muster::agent {
namespace {

using std::chrono::seconds;

TEST(Quarantine, LastsTwiceAsLongEachTimeInARowUpToTenMinutes) {
  Quarantine quarantine;
  const Quarantine::Time now{};
  EXPECT_EQ(quarantine.left("SCX_Thing", now), seconds(0));
  for (const int expected : {30, 60, 120, 240, 480, 600, 600, 600, 600, 600, 600}) {
    EXPECT_EQ(quarantine.add("SCX_Thing", now), seconds(expected));
    EXPECT_EQ(quarantine.left("SCX_Thing", now), seconds(expected));
  }
  EXPECT_EQ(quarantine.left("SCX_Other", now), seconds(0));
}

TEST(Quarantine, EndsByItselfAndIsForgottenAfterAnAnswer) {
  Quarantine quarantine;
  Quarantine::Time now{};
  quarantine.add("SCX_Thing", now);
  now += Quarantine::kFirst - seconds(1);
  EXPECT_EQ(quarantine.left("SCX_Thing", now), seconds(1));
  now += seconds(1);
  EXPECT_EQ(quarantine.left("SCX_Thing", now), seconds(0));
  EXPECT_EQ(quarantine.add("SCX_Thing", now), 2 * Quarantine::kFirst) << "it did not answer in between";
  quarantine.answered("SCX_Thing");
  EXPECT_EQ(quarantine.left("SCX_Thing", now), seconds(0));
  EXPECT_EQ(quarantine.add("SCX_Thing", now), Quarantine::kFirst);
}

TEST(Quarantine, NotesNameWhoHungHowOftenAndForHowLongItIsLeftAlone) {
  Quarantine quarantine;
  Quarantine::Time now{};
  EXPECT_TRUE(quarantine.notes(now).empty());
  quarantine.add("SCX_Thing", now);
  quarantine.add("SCX_Thing", now);
  quarantine.add("SCX_Other", now);
  now += seconds(40);
  const auto notes = quarantine.notes(now);
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_EQ(notes[0].class_name, "SCX_Other");
  EXPECT_EQ(notes[0].left, seconds(0));
  EXPECT_EQ(notes[1].class_name, "SCX_Thing");
  EXPECT_EQ(notes[1].hangs, 2U);
  EXPECT_EQ(notes[1].left, seconds(20));
}

}  // namespace
}  // namespace muster::agent
