// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/host/provider_host.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include <malloc.h>

#include "agent/host/call.h"
#include "agent/host/fetch.h"
#include "agent/host/rows_writer.h"
#include "agent/ipc/arguments.h"
#include "agent/sandbox/breach.h"
#include "agent/sandbox/code_pages.h"
#include "core/base/log.h"
#include "core/wsman/item_shape.h"
#include "core/wsman/render.h"
#include "providers/call_records.h"

namespace muster::agent {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kLongestWait{60'000};

// Shows which provider is at work for as long as it is.
class AtWork {
 public:
  AtWork(const ipc::Activity& activity, std::size_t number) : activity_(activity) {
    activity_.host_begins(static_cast<std::uint32_t>(number));
  }
  ~AtWork() { activity_.host_ends(); }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;
  AtWork(AtWork&&) = delete;
  AtWork& operator=(AtWork&&) = delete;

 private:
  const ipc::Activity& activity_;
};

// When each provider that reports rates wants its next reading.
class Sampler {
 public:
  Sampler(const ProviderList& providers, const Host& host, const ipc::Activity& activity)
      : host_(host), activity_(activity) {
    for (std::size_t i = 0; i < providers.size(); ++i) {
      if (providers[i]->sampling_interval() > std::chrono::seconds(0)) {
        due_.push_back({providers[i].get(), i, host.now()});
      }
    }
  }

  // One that hung is not asked for readings either.
  void leave_alone(const Provider* provider, std::chrono::seconds pause) {
    for (auto& entry : due_) {
      if (entry.provider == provider) entry.at = std::max(entry.at, host_.now() + pause);
    }
  }

  void sample_what_is_due() {
    const auto now = host_.now();
    for (auto& entry : due_) {
      if (entry.at > now) continue;
      const AtWork at_work(activity_, entry.number);
      entry.provider->sample();
      entry.at = std::max(entry.at + entry.provider->sampling_interval(), now);
    }
  }

  // Until the next reading; 0 without any.
  milliseconds left() const {
    if (due_.empty()) return milliseconds(0);
    const auto next =
        std::min_element(due_.begin(), due_.end(), [](const Due& a, const Due& b) { return a.at < b.at; });
    return std::clamp(std::chrono::ceil<milliseconds>(next->at - host_.now()), milliseconds(1), kLongestWait);
  }

 private:
  struct Due {
    Provider* provider;
    std::size_t number;  // in the list
    Clock::time_point at;
  };
  const Host& host_;
  const ipc::Activity& activity_;
  std::vector<Due> due_;
};

// Its number in the list, the list's size when there is none.
std::size_t number_of(const ProviderList& providers, std::string_view class_name) {
  const auto found = std::find_if(providers.begin(), providers.end(),
                                  [&](const auto& p) { return p->cim_class().name() == class_name; });
  return static_cast<std::size_t>(found - providers.begin());
}

Provider* provider_of(const ProviderList& providers, std::string_view class_name) {
  const std::size_t number = number_of(providers, class_name);
  return number < providers.size() ? providers[number].get() : nullptr;
}

struct Service {
  const ProviderList& providers;
  const Host& host;
  const ipc::Activity& activity;
  Sampler sampler;
  CallRecords records;
};

void settle(Service& service, ProviderSetting setting) {
  setting.calls = &service.records;
  for (const auto& provider : service.providers) {
    service.records.expect(provider->cim_class().name());
    provider->settle(setting);
  }
}

void record(Service& service, const ipc::Frame& fetch, const Result<void>& outcome, Clock::time_point begun) {
  if (fetch.fields.size() < 2 || provider_of(service.providers, fetch.fields[1]) == nullptr) return;
  service.records.add(fetch.fields[1], outcome, service.host.now() - begun, service.host.wall_clock());
}

Result<void> serve(ipc::Channel& channel, const ipc::Frame& fetch, Service& service) {
  RowsWriter rows(fetch.id, [&](const ipc::Frame& frame) {
    auto sent = channel.send(frame);
    return sent ? channel.flush_and_wait() : sent;  // the front reads at its own pace: wait for it
  });
  const auto begun = service.host.now();
  const auto outcome = [&] {
    const std::string_view class_name = fetch.fields.size() > 1 ? fetch.fields[1] : std::string_view();
    const AtWork at_work(service.activity, number_of(service.providers, class_name));
    return answer(fetch, service.providers, [&](const std::string& row) { rows.add(row); });
  }();
  record(service, fetch, outcome, begun);
  if (!outcome) {
    log::warning("providers", (fetch.fields.size() > 1 ? fetch.fields[1] : "") + ": " + outcome.error().what);
  }
  return rows.finish(outcome);
}

// What the front knows of a class from the process before this one.
void note(const ipc::Frame& unwell, Service& service) {
  if (unwell.fields.size() != 3) return;
  const auto number = [&](std::size_t field) {
    return static_cast<std::uint32_t>(std::strtoul(unwell.fields[field].c_str(), nullptr, 10));
  };
  const std::chrono::seconds left(number(2));
  std::optional<CallRecord::Time> until;
  if (left.count() > 0) until = service.host.wall_clock() + left;
  service.records.hung(unwell.fields[0], number(1), until);
  service.sampler.leave_alone(provider_of(service.providers, unwell.fields[0]), left);
}

Result<void> take(ipc::Channel& channel, const ipc::Frame& frame, Service& service) {
  if (frame.tag != ipc::Tag::unwell) return serve(channel, frame, service);
  note(frame, service);
  return {};
}

// Gives back what the last large answer took.
void tidy() {
  ::malloc_trim(0);
  sandbox::release_code_pages();
}

Result<void> run(const wsman::Query& query, Provider& provider, const Emit& emit) {
  if (query.kind == wsman::Query::Kind::get) return provider.find(query.keys, emit);
  if (query.keys.empty()) return provider.enumerate(emit);
  return provider.enumerate([&](cim::Instance instance) {
    if (cim::selects(query.keys, instance)) emit(std::move(instance));
  });
}

Result<void> run_call(const ipc::Frame& frame, const ProviderList& providers,
                      const std::function<void(std::string)>& row) {
  const auto call = parse_call(frame);
  if (!call) return fail(call.error());
  Provider* provider = provider_of(providers, call->class_name);
  if (provider == nullptr) return fail(Errc::not_found, call->class_name + ": no provider of this class");
  const auto outcome = provider->invoke(*call);
  if (!outcome) return fail(outcome.error());
  std::vector<std::string> rows;
  ipc::append_arguments(rows, *outcome);
  for (auto& each : rows) row(std::move(each));
  return {};
}

}  // namespace

Result<void> answer(const ipc::Frame& fetch, const ProviderList& providers,
                    const std::function<void(std::string)>& row) {
  if (is_call(fetch)) return run_call(fetch, providers, row);
  const auto query = parse_fetch(fetch);
  if (!query) return fail(query.error());
  Provider* provider = provider_of(providers, query->class_name);
  if (provider == nullptr) return fail(Errc::not_found, query->class_name + ": no provider of this class");
  if (query->shape == wsman::ItemShape{}) {
    return run(*query, *provider, [&](const cim::Instance& each) { row(wsman::render_instance(each)); });
  }
  const auto writer = wsman::ItemWriter::make(query->shape, provider->cim_class());
  if (!writer) return fail(writer.error());
  return run(*query, *provider, [&](const cim::Instance& each) {
    if (auto text = writer->write(each)) row(std::move(*text));
  });
}

Result<void> run_provider_host(ipc::Channel channel, const ProviderList& providers, const Host& host,
                               const ipc::Activity& activity, ProviderSetting setting) {
  activity.host_ends();  // the one before may have been ended in the middle
  Service service{providers, host, activity, Sampler(providers, host, activity), {}};
  settle(service, std::move(setting));
  for (;;) {
    service.sampler.sample_what_is_due();
    auto arrival = channel.receive_within(service.sampler.left());
    if (!arrival) return fail(arrival.error());
    auto& next = *arrival;
    if (!next) {
      tidy();
      continue;
    }
    auto served = take(channel, next->frame, service);
    sandbox::log_refused_calls("providers");
    if (!served) return served;
  }
}

}  // namespace muster::agent
