// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/key_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/inventory/reading.h"

namespace muster {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(KeyFiles, OneThatIsMissingIsAProblemOfItsFirstHost) {
  auto reading = parse_inventory_ini(
      "a ansible_ssh_private_key_file=/dev/null\nb ansible_ssh_private_key_file=/none/id\n"
      "c ansible_ssh_private_key_file=/none/id\nd\n",
      "inv");
  check_key_files(reading);
  EXPECT_THAT(places(reading), ::testing::ElementsAre("2:1 not_found"));
  EXPECT_THAT(all_text(reading),
              HasSubstr("inv:2:1: ansible_ssh_private_key_file: /none/id: No such file or directory"));
}

}  // namespace
}  // namespace muster
