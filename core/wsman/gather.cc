// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/gather.h"

#include <chrono>
#include <iterator>
#include <memory>
#include <utility>

namespace muster::wsman {
namespace {

using std::chrono::milliseconds;

struct Gathering {
  ExchangePtr exchange;
  std::vector<Query> queries;
  std::function<void(Gathered)> done;
  std::chrono::steady_clock::time_point deadline;
  std::size_t next = 0;
  Rows rows = {};
  bool abandoned = false;
};
using GatheringPtr = std::shared_ptr<Gathering>;

void go_on(const GatheringPtr& gathering) {
  if (gathering->abandoned) return gathering->done(Fault{FaultCode::timed_out, "the client has left"});
  if (gathering->next == gathering->queries.size()) return gathering->done(std::move(gathering->rows));
  ServiceState& state = gathering->exchange->state;
  const auto left = std::chrono::duration_cast<milliseconds>(gathering->deadline - state.environment.now());
  if (left.count() <= 0) return gathering->done(Fault{FaultCode::timed_out});
  state.source.fetch(gathering->queries[gathering->next++], left, [gathering](Result<Rows> rows) {
    // What lists nothing by itself does not spoil the list of its relatives.
    if (!rows && rows.error().code == Errc::unsupported && gathering->queries.size() > 1) {
      return go_on(gathering);
    }
    if (!rows) return gathering->done(to_fault(rows.error()));
    std::move(rows->begin(), rows->end(), std::back_inserter(gathering->rows));
    go_on(gathering);
  });
}

}  // namespace

void gather(ExchangePtr exchange, std::vector<Query> queries, std::function<void(Gathered)> done) {
  const auto deadline = exchange->state.environment.now() + exchange->request.timeout;
  const auto gathering = std::make_shared<Gathering>(
      Gathering{std::move(exchange), std::move(queries), std::move(done), deadline});
  if (const auto& when_gone = gathering->exchange->when_gone) {
    when_gone([weak = std::weak_ptr(gathering)] {
      if (const auto abandoned = weak.lock()) abandoned->abandoned = true;
    });
  }
  go_on(gathering);
}

}  // namespace muster::wsman
