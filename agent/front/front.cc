// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/front/front.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include <malloc.h>

#include "agent/front/courier_client.h"
#include "agent/front/gate.h"
#include "agent/front/log_watches.h"
#include "agent/front/method_client.h"
#include "agent/front/monitor_client.h"
#include "agent/front/provider_client.h"
#include "agent/sandbox/breach.h"
#include "agent/sandbox/code_pages.h"
#include "agent/sandbox/confine.h"
#include "agent/settings.h"
#include "core/base/log.h"
#include "core/base/version.gen.h"
#include "core/http/server.h"
#include "core/tls/verify.h"
#include "core/wsman/service.h"

namespace muster::agent {
namespace {

using namespace std::chrono_literals;

constexpr auto kTidy = 5s;   // how often memory that is not in use is given back, at least
constexpr auto kDrain = 5s;  // how long requests in work may take to finish at the end

// Clients are those of the authority that issued our own certificate, not of everything below its root: another
// management server's issuing CA, or one that was replaced because a key was stolen, is shut out.
std::vector<tls::Certificate> anchors_of(const Identity& identity) {
  if (identity.chain.size() < 2) return identity.roots;
  return {identity.chain.begin() + 1, identity.chain.end()};
}

Result<std::shared_ptr<tls::Context>> context_of(const Identity& identity) {
  const auto anchors = anchors_of(identity);
  const auto clients =
      anchors.empty() ? tls::ClientCertificates::ignored : tls::ClientCertificates::requested;
  return tls::Context::server({identity.chain, identity.key}, anchors, clients);
}

wsman::ServiceIdentity service_identity(const Config& config) {
  wsman::ServiceIdentity identity{"Muster", kVersion, {}};
  const std::string prefix = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/";
  identity.security_profiles.push_back(prefix + "mutual");
  if (config.basic) identity.security_profiles.push_back(prefix + "basic");
  return identity;
}

http::Limits limits_of(const Config& config) {
  http::Limits limits;
  limits.connections = config.connections;
  limits.connections_per_source = config.connections_per_source;
  limits.connections_reserved = std::min(config.connections_reserved, config.connections / 2);
  limits.early_drop = config.early_drop;
  limits.penalties = penalty_rules(config);
  return limits;
}

Gate::Basic basic_of(const Config& config) {
  return config.basic ? Gate::Basic::offered : Gate::Basic::off;
}

// The parts of the front, in the order of their dependence on each other.
class Front {
 public:
  explicit Front(FrontSetup& setup)
      : config_(setup.config),
        monitor_(loop_, std::move(setup.monitor),
                 {[this](Fd fresh) { providers_.connect(std::move(fresh)); },
                  [this](std::string key, std::string bundle) {
                    change_identity(std::move(key), std::move(bundle));
                  },
                  [this] { loop_.stop(); }, [this](const ipc::Frame& settings) { change_settings(settings); },
                  [this](Fd fresh) { courier_.connect(std::move(fresh)); }}),
        activity_(setup.activity),
        providers_(loop_, setup.classes, setup.activity, setup.config.provider,
                   [this] { monitor_.say_stuck(); }),
        methods_(loop_, monitor_, providers_),
        log_watches_(loop_, monitor_),
        service_(providers_, service_identity(setup.config)),
        courier_(loop_, setup.config.event_destinations, [this] { monitor_.ask_for_courier(); }),
        gate_(service_, monitor_, basic_of(setup.config), &methods_) {
    providers_.connect(std::move(setup.providers));
    service_.deliver_by(courier_);
    service_.add_source(log_watches_);
  }

  Result<void> start(FrontSetup& setup) {
    const auto identity = parse_identity(setup.identity);
    if (!identity) return fail(identity.error());
    auto context = context_of(*identity);
    if (!context) return fail(context.error());
    auto server =
        http::Server::start(loop_, std::move(setup.listening), std::move(*context), limits_of(setup.config),
                            [this](const http::Head& head, const http::Peer& peer, http::Decide decide) {
                              gate_.authorise(head, peer, std::move(decide));
                            });
    if (!server) return fail(server.error());
    server_ = std::move(*server);
    subscriptions_.push_back(loop_.on_signal(SIGTERM, [this] { drain(); }));
    subscriptions_.push_back(loop_.every(1s, [this] {
      service_.expire();
      const auto sofar = server_->statistics();
      const auto work = sofar.accepted + sofar.requests;
      activity_.front_work(work);
      if (std::exchange(work_, work) != work) tidy();
    }));
    subscriptions_.push_back(loop_.every(kTidy, [] {
      tidy();
      sandbox::log_refused_calls("front");
    }));
    return {};
  }

  void run() {
    monitor_.say_ready();
    courier_.resume();
    loop_.run();
  }

 private:
  // What a handshake or a large answer needed.
  static void tidy() {
    ::malloc_trim(0);
    sandbox::release_code_pages();
  }

  void drain() {
    service_.let_go();
    server_->drain(kDrain, [this] { loop_.stop(); });
  }

  void change_identity(std::string key, std::string bundle) {
    IdentityText text{Secret(key), std::move(bundle)};
    wipe(key);
    const auto identity = parse_identity(text);
    if (!identity) return log::error("front", identity.error());
    auto context = context_of(*identity);
    if (!context) return log::error("front", context.error());
    server_->reload(std::move(*context));
    const auto anchors = anchors_of(*identity);
    server_->keep_only([&](const tls::Certificate& client) {
      return tls::verify_chain({client}, anchors, {.purpose = tls::Purpose::client}).has_value();
    });
    log::notice("front", "new connections get certificate " + identity->chain.front().serial());
  }

  void change_settings(const ipc::Frame& settings) {
    if (auto taken = take_settings(settings, config_); !taken) return log::error("front", taken.error());
    log::threshold(config_.log_level);
    server_->follow(limits_of(config_));
    gate_.basic(basic_of(config_));
    service_.identify_as(service_identity(config_));
    providers_.patience(config_.provider);
  }

  Config config_;
  http::Loop loop_;
  MonitorClient monitor_;
  const ipc::Activity& activity_;
  std::uint64_t work_ = 0;  // connections and requests by the last look
  ProviderClient providers_;
  MethodClient methods_;
  LogWatches log_watches_;
  wsman::Service service_;
  CourierClient courier_;
  Gate gate_;
  std::unique_ptr<http::Server> server_;
  std::vector<std::unique_ptr<http::Subscription>> subscriptions_;
};

}  // namespace

Result<void> run_front(FrontSetup setup) {
  tls::initialise();
  Front front(setup);
  if (auto started = front.start(setup); !started) return started;
  setup.identity = {};
  const auto confinement = sandbox::confine(sandbox::Process::front);
  if (!confinement) return fail(confinement.error());
  log::info("front", "serving; confined by " + std::string(sandbox::to_string(*confinement)));
  front.run();
  return {};
}

}  // namespace muster::agent
