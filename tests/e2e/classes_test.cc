// SPDX-License-Identifier: GPL-2.0-or-later
// What the agent says of a real host, held against what the host's own tools say.
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/lab.h"

namespace muster::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSubsetOf;
using Json = nlohmann::json;

class ClassesTest : public LabTest {
 protected:
  static void SetUpTestSuite() {
    start({"1"});
    if (lab().up()) provisioned = run(lab().provision(), {}, std::chrono::seconds(300));
  }
  void SetUp() override {
    LabTest::SetUp();
    ASSERT_EQ(provisioned.status, 0) << provisioned.out << provisioned.err;
  }

  static Json items(const std::string& class_name) {
    const auto ran = run(lab().muster({"--json", "wsman", "enumerate", "h1", class_name}));
    EXPECT_EQ(ran.status, 0) << class_name << ": " << ran.err;
    const auto answer = Json::parse(ran.out, nullptr, false);
    return answer.is_object() ? answer.value("items", Json::array()) : Json::array();
  }
  static Json json_of(const std::string& command) {
    return Json::parse(lab().on("h1", command).out, nullptr, false);
  }
  static std::string text(const Json& item, const char* property) {
    return item.contains(property) && item[property].is_string() ? item[property].get<std::string>() : "";
  }
  static std::uint64_t number(const Json& item, const char* property) {
    const auto value = text(item, property);
    return value.empty() ? 0 : std::stoull(value);
  }
  // The words of each line.
  static std::vector<std::vector<std::string>> lines(const std::string& command) {
    std::istringstream output(lab().on("h1", command).out);
    std::vector<std::vector<std::string>> all;
    for (std::string line; std::getline(output, line);) {
      std::istringstream words(line);
      auto& list = all.emplace_back();
      for (std::string word; words >> word;) list.push_back(word);
    }
    return all;
  }

  static inline Ran provisioned;
};

TEST_F(ClassesTest, AddressesAreThoseOfIp) {
  const auto listed = json_of("ip -j addr");
  ASSERT_TRUE(listed.is_array());
  std::map<std::string, Json> endpoints;
  for (const auto& item : items("SCX_IPProtocolEndpoint")) endpoints[text(item, "Name")] = item;
  std::size_t compared = 0;
  for (const auto& interface : listed) {
    const auto name = interface.at("ifname").get<std::string>();
    if (name == "lo") continue;
    for (const auto& address : interface.at("addr_info")) {
      if (address.value("family", "") != "inet") continue;
      ASSERT_TRUE(endpoints.contains(name)) << name;
      EXPECT_EQ(text(endpoints[name], "IPv4Address"), address.at("local").get<std::string>());
      ++compared;
    }
  }
  EXPECT_GT(compared, 0U);
}

TEST_F(ClassesTest, TrafficLiesBetweenTwoReadingsOfTheKernel) {
  const auto received = [] {
    std::map<std::string, std::uint64_t> bytes;
    for (const auto& words : lines("tail -n +3 /proc/net/dev | tr ':' ' '")) {
      if (words.size() > 9) bytes[words[0]] = std::stoull(words[1]);
    }
    return bytes;
  };
  const auto before = received();
  const auto seen = items("SCX_EthernetPortStatistics");
  auto after = received();
  ASSERT_FALSE(seen.empty());
  for (const auto& item : seen) {
    const auto name = text(item, "InstanceID");
    ASSERT_TRUE(before.contains(name)) << name;
    EXPECT_GE(number(item, "BytesReceived"), before.at(name)) << name;
    EXPECT_LE(number(item, "BytesReceived"), after[name]) << name;
    EXPECT_EQ(number(item, "BytesTotal"), number(item, "BytesReceived") + number(item, "BytesTransmitted"));
  }
}

TEST_F(ClassesTest, DisksAreThoseOfLsblk) {
  std::map<std::string, std::uint64_t> expected;
  for (const auto& words :
       lines("lsblk --nodeps --noheadings --bytes --output NAME,TYPE,SIZE,RM | grep -w disk")) {
    const bool has_device = words.size() == 4 && words[0].find("zram") != 0 && words[2] != "0";
    if (has_device) expected[words[0]] = std::stoull(words[2]);
  }
  std::map<std::string, std::uint64_t> seen;
  for (const auto& item : items("SCX_DiskDrive")) seen[text(item, "Name")] = number(item, "MaxMediaSize");
  EXPECT_EQ(seen, expected);
  std::set<std::string> names;
  for (const auto& item : items("SCX_DiskDriveStatisticalInformation")) names.insert(text(item, "Name"));
  EXPECT_EQ(names.erase("_Total"), seen.empty() ? 0U : 1U);
  for (const auto& [name, size] : seen) EXPECT_TRUE(names.contains(name)) << name;
}

TEST_F(ClassesTest, UnitsAreThoseOfSystemctl) {
  const auto listed = [] {
    std::set<std::string> units;
    for (const auto& words : lines("systemctl list-units --all --plain --no-legend --no-pager "
                                   "--type=service,socket,timer,target")) {
      if (words.size() >= 4) units.insert(words[0] + " " + words[1] + " " + words[2] + " " + words[3]);
    }
    return units;
  };
  std::set<std::string> seen;
  for (const auto& item : items("Muster_SystemdUnit")) {
    seen.insert(text(item, "Name") + " " + text(item, "LoadState") + " " + text(item, "ActiveState") + " " +
                text(item, "SubState"));
  }
  const auto expected = listed();
  ASSERT_GT(expected.size(), 10U);
  EXPECT_THAT(expected, IsSubsetOf(seen));
  EXPECT_TRUE(seen.contains("muster-agent.service loaded active running"));
}

TEST_F(ClassesTest, AFailedUnitIsSeen) {
  lab().on("h1", "systemd-run --unit=breaks /bin/false");
  EXPECT_TRUE(eventually([] {
    for (const auto& item : items("Muster_SystemdUnit")) {
      if (text(item, "Name") == "breaks.service") return text(item, "IsFailed") == "TRUE";
    }
    return false;
  }));
  lab().on("h1", "systemctl reset-failed breaks");
}

TEST_F(ClassesTest, ServicesHaveTheirControlGroups) {
  std::set<std::string> seen;
  for (const auto& item : items("Muster_ControlGroup")) {
    seen.insert(text(item, "Name"));
    EXPECT_NE(text(item, "ProcessorTime"), "") << text(item, "Name");
  }
  EXPECT_TRUE(seen.contains("/system.slice/muster-agent.service"));
  EXPECT_TRUE(seen.contains("/system.slice/ssh.service"));
}

TEST_F(ClassesTest, PressureIsThatOfTheKernel) {
  const auto total = [] {
    return lab().on("h1", R"(awk '/^some/{sub("total=","",$5); print $5}' /proc/pressure/cpu)").out;
  };
  const auto before = std::stoull(total()) / 1000;
  const auto seen = items("Muster_Pressure");
  const auto after = std::stoull(total()) / 1000;
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(text(seen[0], "Name"), "cpu");
  EXPECT_GE(number(seen[0], "SomeTime"), before);
  EXPECT_LE(number(seen[0], "SomeTime"), after);
}

TEST_F(ClassesTest, SynchronisationIsNeverClaimedAgainstTimedatectl) {
  const auto clock = items("Muster_TimeSynchronisation");
  ASSERT_EQ(clock.size(), 1U);
  const auto says = lab().on("h1", "timedatectl show --property=NTPSynchronized --value").out;
  const auto ours = text(clock[0], "IsSynchronised");
  EXPECT_TRUE(!says.starts_with("no") || ours != "TRUE") << ours;
  EXPECT_TRUE(!says.starts_with("yes") || ours != "FALSE") << ours;
  EXPECT_THAT(says, ::testing::AnyOf(HasSubstr("yes"), HasSubstr("no")));
}

TEST_F(ClassesTest, ProcessesAreThoseOfPs) {
  std::map<std::string, std::string> seen;
  for (const auto& item : items("SCX_UnixProcessStatisticalInformation")) {
    seen[text(item, "Handle")] = text(item, "Name");
  }
  std::size_t compared = 0;
  for (const auto& words : lines("ps -eo pid=,ppid=,comm=")) {
    // What the test itself started has ended by now, or was not there yet.
    if (words.size() < 3 || !seen.contains(words[0])) continue;
    EXPECT_EQ(seen[words[0]], words[2]);
    ++compared;
  }
  EXPECT_GE(compared, 4U);
  EXPECT_EQ(seen["1"], "systemd");
}

TEST_F(ClassesTest, MemoryOfAProcessIsThatOfPs) {
  const auto resident = lines("ps -o rss= -p 1");
  ASSERT_EQ(resident.size(), 1U);
  for (const auto& item : items("SCX_UnixProcessStatisticalInformation")) {
    if (text(item, "Handle") != "1") continue;
    const auto ps = std::stod(resident[0].at(0));
    EXPECT_NEAR(static_cast<double>(number(item, "UsedMemory")), ps, ps / 10);
  }
}

TEST_F(ClassesTest, TheAgentTellsHowItsProvidersAreDoing) {
  items("SCX_Agent");
  bool found = false;
  for (const auto& item : items("Muster_Provider")) {
    EXPECT_EQ(text(item, "LastError"), "") << text(item, "Name");
    if (text(item, "Name") != "SCX_Agent") continue;
    found = true;
    EXPECT_GE(number(item, "Calls"), 1U);
    EXPECT_LT(std::stod(text(item, "LastDuration")), 1000);
    EXPECT_NE(text(item, "LastSuccess"), "");
  }
  EXPECT_TRUE(found);
}

TEST_F(ClassesTest, NamedCertificatesAreWatched) {
  lab().on("h1",
           "openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -days 10 -subj /CN=shop.example "
           "-out /etc/shop.pem; chmod 644 /etc/shop.pem; mkdir -p /etc/muster; "
           "sed -i 's|^#files = .*|files = [\"/etc/shop.pem\", \"/etc/none.pem\"]|' /etc/muster/agent.toml; "
           "systemctl restart muster-agent");
  Json seen;
  ASSERT_TRUE(eventually([&] {
    seen = items("Muster_CertificateFile");
    return seen.size() == 2;
  }));
  EXPECT_THAT(text(seen[0], "Problem"), HasSubstr("/etc/none.pem"));
  if (text(seen[1], "Problem") == "/etc/shop.pem: Function not implemented") {
    GTEST_SKIP() << "this container refuses openat2(2), without which no named file is read";
  }
  EXPECT_EQ(text(seen[1], "Subject"), "CN=shop.example");
  EXPECT_EQ(text(seen[1], "DaysLeft"), "9");
  EXPECT_EQ(text(seen[1], "Problem"), "");
}

}  // namespace
}  // namespace muster::e2e
