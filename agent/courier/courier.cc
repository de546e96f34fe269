// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/courier.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <malloc.h>

#include "agent/courier/deliveries.h"
#include "agent/courier/frames.h"
#include "agent/ipc/channel.h"
#include "agent/sandbox/breach.h"
#include "agent/sandbox/code_pages.h"
#include "agent/sandbox/confine.h"
#include "core/base/log.h"
#include "core/http/resolver.h"
#include "core/wsman/ids.h"

namespace muster::agent {
namespace {

using namespace std::chrono_literals;
using courier::Deliveries;

constexpr auto kTick = 200ms;
constexpr auto kTidy = 5s;  // how often memory that is not in use is given back

// A sink that verifies clients refuses a certificate that is for servers alone; one that lets clients in without a
// certificate would take us then. So such a one is not shown.
Result<std::shared_ptr<tls::Context>> context_of(const Identity& identity) {
  const auto usages = identity.chain.front().extended_key_usages();
  const bool for_clients = std::find(usages.begin(), usages.end(), "clientAuth") != usages.end();
  if (!for_clients) log::info("courier", "the agent's certificate is not for clients: no sink is shown it");
  const tls::Context::Identity own{identity.chain, identity.key};
  return tls::Context::client(identity.roots, for_clients ? &own : nullptr);
}

std::uint64_t random_number() {
  std::uint64_t number = 0;
  wsman::system_random({reinterpret_cast<unsigned char*>(&number), sizeof number});
  return number;
}

class Process {
 public:
  Process(Fd front, courier::Store store, courier::Destinations destinations,
          std::shared_ptr<tls::Context> context, const ipc::Activity& activity)
      : activity_(activity),
        channel_(std::move(front), ipc::Party::courier, ipc::Party::front, ipc::State::serving),
        deliveries_(loop_, std::move(store), std::move(destinations), std::move(context),
                    wsman::system_random,
                    {[this](const std::string& id) {
                       send({ipc::Tag::ended, 0, {id}});
                     },
                     [this](const std::string& id, const wsman::KeptEvent& event) {
                       return tell({ipc::Tag::arrived, 0, {id, event.item, event.bookmark}});
                     },
                     [this](const std::string& id, std::uint64_t events) {
                       return tell(courier::dropped_frame(id, events));
                     }}) {}

  void run() {
    for (const wsman::Order& order : deliveries_.resume()) {
      send(courier::order_frame(ipc::Tag::resumed, 0, order));
    }
    send({ipc::Tag::resumed, 0, {}});
    loop_.resolver().limit(1);
    readable_ = loop_.when_readable(channel_.fd(), [this] { arrived(); });
    tick_ = loop_.every(kTick, [this] {
      deliveries_.tick();
      activity_.courier_work(words_ + deliveries_.answers());
    });
    tidy_ = loop_.every(kTidy, [] {
      ::malloc_trim(0);
      sandbox::release_code_pages();
      sandbox::log_refused_calls("courier");
    });
    loop_.run();
  }

 private:
  void arrived() {
    for (;;) {
      auto arrival = channel_.receive();
      if (!arrival) return loop_.stop();
      const auto& next = *arrival;
      if (!next) break;
      take(next->frame);
    }
    deliveries_.tick();
  }

  void take(const ipc::Frame& frame) {
    ++words_;
    const auto& fields = frame.fields;
    Deliveries::Problem problem = wsman::Fault{wsman::FaultCode::invalid_message};
    if (frame.tag == ipc::Tag::order) {
      if (const auto order = courier::parse_order(frame)) problem = deliveries_.open(*order);
    } else if (const auto lost = courier::parse_lost(frame)) {
      deliveries_.lost(fields[0], *lost);
      problem.reset();
    } else if (frame.tag == ipc::Tag::put && (fields.size() == 2 || fields.size() == 3)) {
      problem = deliveries_.put(fields[0], fields[1],
                                fields.size() == 3 ? Deliveries::Loss::none : Deliveries::Loss::counted);
    } else if (frame.tag == ipc::Tag::renew && fields.size() == 2) {
      if (const auto time = courier::parse_milliseconds(fields[1])) {
        problem = deliveries_.renew(fields[0], *time);
      }
    } else if (frame.tag == ipc::Tag::close && fields.size() == 1) {
      deliveries_.close(fields[0]);
      problem.reset();
    } else if (frame.tag == ipc::Tag::close && fields.size() == 2) {
      deliveries_.end_for_source(fields[0], fields[1]);
      problem.reset();
    }
    send(courier::settled_frame(frame.id, problem));
  }

  bool tell(const ipc::Frame& frame) {
    return !channel_.queued() && send(frame);  // the front reads them when it can
  }

  bool send(const ipc::Frame& frame) {
    const auto sent = channel_.send(frame);
    if (!sent && sent.error().code == Errc::timeout) {
      log::error("courier", sent.error());  // else the front is gone
    }
    if (!channel_.queued() || writable_) return sent.has_value();
    writable_ = loop_.when_writable(channel_.fd(), [this] {
      static_cast<void>(channel_.flush().has_value());  // a dead front shows on the reading side
      if (!channel_.queued()) writable_.reset();
    });
    return sent.has_value();
  }

  const ipc::Activity& activity_;
  std::uint64_t words_ = 0;  // of the front
  http::Loop loop_;
  ipc::Channel channel_;
  Deliveries deliveries_;
  std::unique_ptr<http::Subscription> readable_;
  std::unique_ptr<http::Subscription> writable_;
  std::unique_ptr<http::Subscription> tick_;
  std::unique_ptr<http::Subscription> tidy_;
};

}  // namespace

Result<void> run_courier(CourierSetup setup) {
  tls::initialise();
  const auto identity = parse_identity(setup.identity);
  if (!identity) return fail(identity.error());
  auto context = context_of(*identity);
  if (!context) return fail(context.error());
  setup.identity = {};
  const std::string folder = setup.config.state_folder + kEventFolder;
  auto store = courier::Store::open(folder, random_number);
  if (!store) return fail(store.error());
  Process process(std::move(setup.front), std::move(*store),
                  courier::Destinations(setup.config.event_destinations), std::move(*context),
                  setup.activity);
  const auto confinement = sandbox::confine(sandbox::Process::courier, folder);
  if (!confinement) return fail(confinement.error());
  log::info("courier", "serving; confined by " + std::string(sandbox::to_string(*confinement)));
  process.run();
  return {};
}

}  // namespace muster::agent
