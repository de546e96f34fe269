// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/host/provider_host.h"

#include <algorithm>
#include <utility>

#include <malloc.h>

#include "agent/host/fetch.h"
#include "agent/host/rows_writer.h"
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

// When each provider that reports rates wants its next reading.
class Sampler {
 public:
  Sampler(const ProviderList& providers, const Host& host) : host_(host) {
    for (const auto& provider : providers) {
      if (provider->sampling_interval() > std::chrono::seconds(0))
        due_.push_back({provider.get(), host.now()});
    }
  }

  void sample_what_is_due() {
    const auto now = host_.now();
    for (auto& entry : due_) {
      if (entry.at > now) continue;
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
    Clock::time_point at;
  };
  const Host& host_;
  std::vector<Due> due_;
};

Provider* provider_of(const ProviderList& providers, std::string_view class_name) {
  const auto found = std::find_if(providers.begin(), providers.end(),
                                  [&](const auto& p) { return p->cim_class().name() == class_name; });
  return found == providers.end() ? nullptr : found->get();
}

struct Service {
  const ProviderList& providers;
  const Host& host;
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
  const auto outcome = answer(fetch, service.providers, [&](const std::string& row) { rows.add(row); });
  record(service, fetch, outcome, begun);
  if (!outcome)
    log::warning("providers", (fetch.fields.size() > 1 ? fetch.fields[1] : "") + ": " + outcome.error().what);
  return rows.finish(outcome);
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

}  // namespace

Result<void> answer(const ipc::Frame& fetch, const ProviderList& providers,
                    const std::function<void(std::string)>& row) {
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
                               ProviderSetting setting) {
  Service service{providers, host, {}};
  settle(service, std::move(setting));
  Sampler sampler(providers, host);
  for (;;) {
    sampler.sample_what_is_due();
    auto arrival = channel.receive_within(sampler.left());
    if (!arrival) return fail(arrival.error());
    if (!*arrival) {
      tidy();
      continue;
    }
    const auto served = serve(channel, (*arrival)->frame, service);
    sandbox::log_refused_calls("providers");
    if (!served) return served;
  }
}

}  // namespace muster::agent
