// SPDX-License-Identifier: GPL-2.0-or-later
// How the agent's own providers are doing: what each class was asked, how long that took and what went wrong. One
// instance for each class.
//
// Limits  counted since the process that runs the providers was started; nothing to report outside of it.
#include <chrono>
#include <memory>
#include <string>

#include "core/cim/schema.h"
#include "providers/call_records.h"
#include "providers/proc/wire_time.h"
#include "providers/provider.h"
#include "providers/registry.gen.h"

namespace muster {
namespace {

using cim::Role;
using cim::Type;
using cim::Unit;

constexpr cim::Property kProperties[] = {
    {"Name", Type::string, Role::key, Unit::none, "the class that the provider answers for"},
    {"Calls", Type::uint64, Role::value, Unit::none, "requests; one for several classes is one for each"},
    {"Failures", Type::uint64, Role::value, Unit::none, "requests that ended with an error"},
    {"LastDuration", Type::real64, Role::value, Unit::milliseconds, "of the last request"},
    {"LongestDuration", Type::real64, Role::value, Unit::milliseconds, "of the longest request"},
    {"LastSuccess", Type::datetime, Role::value, Unit::none, "end of the last request that succeeded"},
    {"LastFailure", Type::datetime, Role::value, Unit::none, "end of the last request that failed"},
    {"LastError", Type::string, Role::value, Unit::none, "what went wrong then; stays until it is replaced"},
    {"Hangs", Type::uint32, Role::value, Unit::none,
     "times in a row that it hung and its process was replaced; 0 once it has answered"},
    {"NotAskedUntil", Type::datetime, Role::value, Unit::none,
     "because it hung; null when it is asked as usual"},
};

constexpr cim::ClassDecl kDecl{"Muster_Provider", &cim::kCimStatisticalInformation, "1.0.0",
                               "How a provider of the agent is doing.", kProperties};

double milliseconds(std::chrono::duration<double, std::milli> time) {
  return time.count();
}

class ProviderCalls final : public Provider {
 public:
  const cim::Class& cim_class() const override { return class_; }
  void settle(const ProviderSetting& setting) override { calls_ = setting.calls; }

  Result<void> enumerate(const Emit& emit) override {
    if (calls_ == nullptr) return {};
    for (const auto& [name, record] : calls_->all()) emit(instance(name, record));
    return {};
  }

 private:
  cim::Instance instance(const std::string& name, const CallRecord& record) const {
    cim::Instance row(class_);
    row.set("Name", name).set("Calls", record.calls).set("Failures", record.failures);
    row.set("Hangs", record.hangs);
    if (record.not_asked_until) row.set("NotAskedUntil", proc::wire_time(*record.not_asked_until));
    if (record.calls == 0) return row;
    row.set("LastDuration", milliseconds(record.last_duration));
    row.set("LongestDuration", milliseconds(record.longest_duration));
    if (record.last_success) row.set("LastSuccess", proc::wire_time(*record.last_success));
    if (!record.last_failure) return row;
    row.set("LastFailure", proc::wire_time(*record.last_failure)).set("LastError", record.last_error);
    return row;
  }

  const CallRecords* calls_ = nullptr;
  const cim::Class class_{kDecl};
};

}  // namespace

std::unique_ptr<Provider> make_provider_calls(const Host& /*host*/) {
  return std::make_unique<ProviderCalls>();
}

}  // namespace muster
