// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>

#include <gtest/gtest.h>

#include "core/base/version.gen.h"
#include "providers/registry.gen.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/rows.h"

namespace muster {
namespace {

using testing::FakeHost;
using testing::number;
using testing::rows;
using testing::text;

FakeHost two_processors() {
  FakeHost host;
  host.with_file("/proc/cpuinfo",
                 "processor\t: 0\nphysical id\t: 0\nflags\t\t: fpu hypervisor\n\n"
                 "processor\t: 1\nphysical id\t: 0\nflags\t\t: fpu hypervisor\n\n");
  return host;
}

TEST(AgentProvider, StatesItsVersion) {
  const auto host = two_processors();
  const auto provider = make_agent(host);
  const auto seen = rows(*provider);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(text(seen[0], "VersionString"), std::string(kVersion) + "-0");
  EXPECT_EQ(number(seen[0], "MajorVersion"), kVersionMajor);
  EXPECT_EQ(number(seen[0], "MinorVersion"), kVersionMinor);
  EXPECT_EQ(number(seen[0], "RevisionNumber"), kVersionPatch);
  EXPECT_EQ(testing::is_null(seen[0], "BuildDate"), std::string(kBuildDate).empty());
}

TEST(AgentProvider, CountsProcessorsAndNamesTheMachine) {
  auto host = two_processors();
  host.with_name({"Linux", "db1", "6.1.0", "#1", "x86_64"});
  const auto provider = make_agent(host);
  const auto seen = rows(*provider);
  EXPECT_EQ(number(seen.at(0), "LogicalProcessors"), 2U);
  EXPECT_EQ(number(seen.at(0), "PhysicalProcessors"), 1U);
  EXPECT_EQ(text(seen.at(0), "MachineType"), "Virtual");
  EXPECT_EQ(text(seen.at(0), "Hostname"), "db1");
}

TEST(AgentProvider, MapsArchitectures) {
  const std::pair<const char*, const char*> cases[] = {
      {"x86_64", "x64"}, {"i686", "x86"}, {"i386", "x86"}, {"aarch64", "aarch64"}, {"ppc64le", "ppc64le"}};
  for (const auto& [machine, expected] : cases) {
    auto host = two_processors();
    host.with_name({"Linux", "db1", "6.1.0", "#1", machine});
    const auto provider = make_agent(host);
    EXPECT_EQ(text(rows(*provider).at(0), "Architecture"), expected);
  }
}

TEST(AgentProvider, TellsPackageFamiliesApart) {
  struct Case {
    const char* release;
    const char* name;
    const char* version;
    const char* alias;
  };
  const Case cases[] = {
      {"NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n", "Debian GNU/Linux", "12", "UniversalD"},
      {"NAME=Ubuntu\nVERSION_ID=\"24.04\"\nID=ubuntu\nID_LIKE=debian\n", "Ubuntu", "24.04", "UniversalD"},
      {"NAME=\"Rocky Linux\"\nVERSION_ID='9.4'\nID=rocky\nID_LIKE=\"rhel centos fedora\"\n", "Rocky Linux",
       "9.4", "UniversalR"},
      {"NAME=SLES\nVERSION_ID=15.6\nID=sles\nID_LIKE=suse", "SLES", "15.6", "UniversalR"},
      {"# comment\nNAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=\n", "Alpine Linux", "", "Universal"},
      {"NAME=\"A \\\"B\\\" \\$C\"\nID=x\n", "A \"B\" $C", "", "Universal"},
  };
  for (const auto& each : cases) {
    auto host = two_processors();
    host.with_file("/etc/os-release", each.release);
    const auto provider = make_agent(host);
    const auto seen = rows(*provider);
    EXPECT_EQ(text(seen.at(0), "OSName"), each.name);
    EXPECT_EQ(text(seen.at(0), "OSVersion"), each.version) << each.name;
    EXPECT_EQ(text(seen.at(0), "OSAlias"), each.alias) << each.name;
  }
}

TEST(AgentProvider, FallsBackToTheVendorsOsRelease) {
  auto host = two_processors();
  host.with_file("/usr/lib/os-release", "NAME=Fedora\nID=fedora\n");
  const auto provider = make_agent(host);
  EXPECT_EQ(text(rows(*provider).at(0), "OSName"), "Fedora");
}

}  // namespace
}  // namespace muster
