// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>

#include <gtest/gtest.h>

#include "providers/registry.gen.h"
#include "tests/fakes/bus_answer.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/rows.h"

namespace muster {
namespace {

using testing::FakeHost;
using testing::rows;
using testing::text;

constexpr const char* kBus = "/run/dbus/system_bus_socket";

TEST(SystemdUnitProvider, ListsUnitsByName) {
  FakeHost host;
  host.with_file("/run/systemd/system/x", "")
      .with_file(kBus, testing::units_conversation(
                           {{"ssh.service", "OpenSSH"}, {"a.b.timer", "A", "loaded", "failed", "failed"}}));
  const auto provider = make_systemd_unit(host);
  const auto seen = rows(*provider);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(text(seen[0], "Name"), "a.b.timer");
  EXPECT_EQ(text(seen[0], "UnitType"), "timer");
  EXPECT_TRUE(std::get<bool>(seen[0].value("IsFailed")));
  EXPECT_EQ(text(seen[1], "Description"), "OpenSSH");
  EXPECT_FALSE(std::get<bool>(seen[1].value("IsFailed")));
  EXPECT_NE(host.asked().find("ListUnits"), std::string::npos);
}

TEST(SystemdUnitProvider, HasNothingToSayWithoutSystemd) {
  const FakeHost host;
  EXPECT_TRUE(rows(*make_systemd_unit(host)).empty());
}

TEST(SystemdUnitProvider, SaysWhatToDoWithoutABus) {
  FakeHost host;
  host.with_file("/run/systemd/system/x", "");
  const auto done = make_systemd_unit(host)->enumerate([](const cim::Instance&) { FAIL(); });
  ASSERT_FALSE(done.has_value());
  EXPECT_NE(done.error().hint.find("install dbus"), std::string::npos);
}

}  // namespace
}  // namespace muster
