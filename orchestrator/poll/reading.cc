// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/reading.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

namespace muster {
namespace {

// Properties that name an instance or describe it; a processor's Name is a number and still no sample.
constexpr std::string_view kDescriptive[] = {"InstanceID", "Caption", "Description", "ElementName", "Name"};

constexpr std::string_view kOperatingSystem[] = {
    "NumberOfProcesses", "NumberOfUsers",          "SystemUpTime",       "FreePhysicalMemory",
    "FreeVirtualMemory", "TotalVisibleMemorySize", "TotalSwapSpaceSize", "FreeSpaceInPagingFiles"};

template <class List>
bool contains(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

bool is_sample(std::string_view class_name, std::string_view property) {
  if (class_name == "SCX_OperatingSystem") return contains(kOperatingSystem, property);
  const bool statistics =
      class_name.ends_with("StatisticalInformation") || class_name.ends_with("Statistics");
  return statistics && !contains(kDescriptive, property);
}

std::string text_of(const wsman::Item& item, std::string_view property) {
  const auto* value = item.find(property);
  return value == nullptr || value->null ? std::string() : value->text;
}

std::string instance_of(const wsman::Item& item) {
  auto name = text_of(item, "Name");
  return name.empty() ? text_of(item, "InstanceID") : name;
}

std::optional<double> figure(const wsman::Item& item, std::string_view property) {
  return number_of(text_of(item, property));
}

void read_operating_system(const Reading& reading, Vitals& vitals) {
  const auto* items = reading.items_of("SCX_OperatingSystem");
  if (items == nullptr || items->empty()) return;
  vitals.processes = figure(items->front(), "NumberOfProcesses");
  const auto seconds = figure(items->front(), "SystemUpTime");
  if (seconds && *seconds >= 0 && *seconds < 1e10) {
    vitals.up_time = std::chrono::seconds(static_cast<std::int64_t>(*seconds));
  }
}

void read_processors(const Reading& reading, Vitals& vitals) {
  const auto* items = reading.items_of("SCX_ProcessorStatisticalInformation");
  if (items == nullptr) return;
  for (const auto& item : *items) {
    if (instance_of(item) == "_Total") vitals.cpu_percent = figure(item, "PercentProcessorTime");
  }
}

void read_memory(const Reading& reading, Vitals& vitals) {
  const auto* items = reading.items_of("SCX_MemoryStatisticalInformation");
  if (items != nullptr && !items->empty()) {
    vitals.memory_percent = figure(items->front(), "PercentUsedMemory");
  }
}

void read_file_systems(const Reading& reading, Vitals& vitals) {
  const auto* items = reading.items_of("SCX_FileSystemStatisticalInformation");
  if (items == nullptr) return;
  for (const auto& item : *items) {
    const auto name = instance_of(item);
    const auto used = figure(item, "PercentUsedSpace");
    if (name == "_Total" || !used || (vitals.fullest_percent && *used <= *vitals.fullest_percent)) continue;
    vitals.fullest_percent = used;
    vitals.fullest_file_system = name;
  }
}

}  // namespace

bool Reading::whole() const {
  return !error && std::none_of(classes.begin(), classes.end(), [](const auto& one) { return !!one.error; });
}

const std::vector<wsman::Item>* Reading::items_of(std::string_view class_name) const {
  for (const auto& one : classes) {
    if (one.class_name == class_name) return &one.items;
  }
  return nullptr;
}

const std::vector<std::string>& default_collection() {
  static const std::vector<std::string> kClasses = {
      "SCX_Agent", "SCX_OperatingSystem", "SCX_ProcessorStatisticalInformation",
      "SCX_MemoryStatisticalInformation", "SCX_FileSystemStatisticalInformation"};
  return kClasses;
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

namespace {

void append_samples(std::vector<Sample>& samples, const Reading& reading, const wsman::Item& item) {
  const auto instance = instance_of(item);
  for (const auto& property : item.properties) {
    if (property.null || !is_sample(item.class_name, property.name)) continue;
    const auto value = number_of(property.text);
    if (value) {
      samples.push_back({reading.host, reading.at, item.class_name, instance, property.name, *value});
    }
  }
}

}  // namespace

std::vector<Sample> samples_of(const Reading& reading) {
  std::vector<Sample> samples;
  for (const auto& one : reading.classes) {
    for (const auto& item : one.items) append_samples(samples, reading, item);
  }
  return samples;
}

Vitals vitals_of(const Reading& reading) {
  Vitals vitals;
  read_operating_system(reading, vitals);
  read_processors(reading, vitals);
  read_memory(reading, vitals);
  read_file_systems(reading, vitals);
  return vitals;
}

}  // namespace muster
