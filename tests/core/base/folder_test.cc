// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/folder.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/temporary_folder.h"

namespace muster {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST(Folder, NamesWhatItHolds) {
  const testing::TemporaryFolder folder;
  EXPECT_THAT(names_in(folder.path()), IsEmpty());
  for (const char* name : {"a", ".hidden", "b c"}) std::ofstream(folder / name) << "x";
  EXPECT_THAT(names_in(folder.path()), UnorderedElementsAre("a", ".hidden", "b c"));
  EXPECT_THAT(names_in(folder.path(), 2), SizeIs(2));
}

TEST(Folder, OneThatCannotBeReadHoldsNothing) {
  const testing::TemporaryFolder folder;
  EXPECT_THAT(names_in(folder / "gone"), IsEmpty());
  std::ofstream(folder / "file") << "x";
  EXPECT_THAT(names_in(folder / "file"), IsEmpty());
}

}  // namespace
}  // namespace muster
