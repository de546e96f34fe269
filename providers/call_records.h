// SPDX-License-Identifier: GPL-2.0-or-later
// How the calls of each provider went: kept by the process that makes them, shown by the class Muster_Provider.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace muster {

struct CallRecord {
  using Time = std::chrono::system_clock::time_point;

  std::uint64_t calls = 0;
  std::uint64_t failures = 0;
  std::chrono::nanoseconds last_duration{0};
  std::chrono::nanoseconds longest_duration{0};
  std::optional<Time> last_success;
  std::optional<Time> last_failure;
  std::string last_error;   // stays when later calls succeed
  std::uint64_t hangs = 0;  // in a row: so often did its process have to be replaced
  std::optional<Time> not_asked_until;
};

class CallRecords {
 public:
  // So that a provider is listed before it has been called.
  void expect(std::string_view class_name) { records_.try_emplace(std::string(class_name)); }
  void add(std::string_view class_name, const Result<void>& outcome, std::chrono::nanoseconds duration,
           CallRecord::Time ended) {
    auto& record = records_.try_emplace(std::string(class_name)).first->second;
    ++record.calls;
    record.last_duration = duration;
    record.longest_duration = std::max(record.longest_duration, duration);
    record.hangs = 0;
    record.not_asked_until.reset();
    if (outcome) {
      record.last_success = ended;
      return;
    }
    ++record.failures;
    record.last_failure = ended;
    record.last_error = outcome.error().what;
  }

  // A class that is not listed stays so.
  void hung(std::string_view class_name, std::uint32_t times,
            std::optional<CallRecord::Time> not_asked_until) {
    const auto found = records_.find(class_name);
    if (found == records_.end()) return;
    found->second.hangs = times;
    found->second.not_asked_until = not_asked_until;
  }

  const std::map<std::string, CallRecord, std::less<>>& all() const { return records_; }

 private:
  std::map<std::string, CallRecord, std::less<>> records_;
};

}  // namespace muster
