// SPDX-License-Identifier: GPL-2.0-or-later
// What one poll of one host brought, and what is made of it: samples to keep, vital signs to show.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/wsman/client.h"
#include "orchestrator/store/store.h"

namespace muster {

struct ClassReading {
  std::string class_name;
  std::vector<wsman::Item> items;
  std::optional<Error> error;
};

struct Reading {
  std::string host;
  WallTime at{};
  std::chrono::milliseconds took{};
  bool reached = false;  // the agent answered something
  std::vector<ClassReading> classes;
  std::optional<Error> error;  // the poll as a whole failed

  bool whole() const;  // every class was answered
  const std::vector<wsman::Item>* items_of(std::string_view class_name) const;
};

// The classes that are polled when nobody says otherwise.
const std::vector<std::string>& default_collection();

// Numeric properties of the statistics classes, and the figures of SCX_OperatingSystem that change.
std::vector<Sample> samples_of(const Reading& reading);

struct Vitals {
  std::optional<std::chrono::seconds> up_time;
  std::optional<double> cpu_percent;
  std::optional<double> memory_percent;
  std::optional<double> processes;
  std::string fullest_file_system;
  std::optional<double> fullest_percent;
};
Vitals vitals_of(const Reading& reading);

// A finite decimal number and nothing else.
std::optional<double> number_of(std::string_view text);

}  // namespace muster
