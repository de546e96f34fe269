// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace muster {
namespace {

wsman::Item item(const std::string& class_name,
                 const std::vector<std::pair<std::string, std::string>>& properties) {
  wsman::Item result{class_name, {}};
  for (const auto& [name, text] : properties) result.properties.push_back({name, false, text});
  result.properties.push_back({"Nothing", true, ""});
  return result;
}

Reading sample_reading() {
  Reading reading;
  reading.host = "web1";
  reading.at = WallTime(std::chrono::seconds(1'000));
  const std::string processor = "SCX_ProcessorStatisticalInformation";
  const std::string file_system = "SCX_FileSystemStatisticalInformation";
  const std::string memory = "SCX_MemoryStatisticalInformation";
  reading.classes = {
      {"SCX_Agent", {item("SCX_Agent", {{"Name", "scx"}, {"MajorVersion", "1"}})}, {}},
      {"SCX_OperatingSystem",
       {item("SCX_OperatingSystem",
             {{"NumberOfProcesses", "259"}, {"SystemUpTime", "1812"}, {"OSType", "36"}})},
       {}},
      {processor,
       {item(processor, {{"Name", "0"}, {"IsAggregate", "FALSE"}, {"PercentProcessorTime", "99"}}),
        item(processor, {{"Name", "_Total"}, {"IsAggregate", "TRUE"}, {"PercentProcessorTime", "41"}})},
       {}},
      {memory, {item(memory, {{"Name", "Memory"}, {"PercentUsedMemory", "63"}})}, {}},
      {file_system,
       {item(file_system, {{"Name", "/"}, {"PercentUsedSpace", "29"}}),
        item(file_system, {{"Name", "/var"}, {"PercentUsedSpace", "91"}}),
        item(file_system, {{"Name", "_Total"}, {"PercentUsedSpace", "95"}})},
       {}}};
  return reading;
}

TEST(Samples, are_the_numbers_of_the_statistics_classes_with_their_instance) {
  std::vector<std::string> found;
  for (const auto& sample : samples_of(sample_reading())) {
    EXPECT_EQ(sample.host, "web1");
    found.push_back(sample.instance + " " + sample.property + " " +
                    std::to_string(static_cast<int>(sample.value)));
  }
  EXPECT_THAT(found, ::testing::ElementsAre(" NumberOfProcesses 259", " SystemUpTime 1812",
                                            "0 PercentProcessorTime 99", "_Total PercentProcessorTime 41",
                                            "Memory PercentUsedMemory 63", "/ PercentUsedSpace 29",
                                            "/var PercentUsedSpace 91", "_Total PercentUsedSpace 95"));
}

TEST(Vitals, come_from_the_right_instances) {
  const auto vitals = vitals_of(sample_reading());
  EXPECT_EQ(vitals.up_time, std::chrono::seconds(1812));
  EXPECT_EQ(vitals.cpu_percent, 41);
  EXPECT_EQ(vitals.memory_percent, 63);
  EXPECT_EQ(vitals.processes, 259);
  EXPECT_EQ(vitals.fullest_file_system, "/var");
  EXPECT_EQ(vitals.fullest_percent, 91);
}

TEST(Vitals, are_absent_when_nothing_was_read) {
  const auto vitals = vitals_of({});
  EXPECT_FALSE(vitals.up_time || vitals.cpu_percent || vitals.memory_percent || vitals.processes);
  EXPECT_EQ(vitals.fullest_file_system, "");
}

TEST(Vitals, absurd_numbers_of_a_host_are_left_out) {
  Reading reading;
  reading.classes = {{"SCX_OperatingSystem", {item("SCX_OperatingSystem", {{"SystemUpTime", "1e300"}})}, {}}};
  EXPECT_FALSE(vitals_of(reading).up_time);
}

TEST(NumberOf, takes_finite_decimal_numbers_alone) {
  for (const auto* text : {"0", "-3", "12.5", "18446744073709551615", "1e3"}) {
    EXPECT_TRUE(number_of(text)) << text;
  }
  for (const auto* text : {"", " 1", "1 ", "x", "0x10", "inf", "nan", "1e999", "TRUE", "1,5", "+1"}) {
    EXPECT_FALSE(number_of(text)) << text;
  }
}

}  // namespace
}  // namespace muster
