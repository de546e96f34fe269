// SPDX-License-Identifier: GPL-2.0-or-later
// An agent on loopback: the real HTTPS server and the real WS-Man service in a thread of its own, with a
// certificate of the authority under test and two classes held in memory.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/http/server.h"
#include "core/wsman/render.h"
#include "core/wsman/service.h"
#include "orchestrator/ca/authority.h"
#include "orchestrator/store/store.h"

namespace muster::testing {

// A state folder with authority and database that goes with the test.
class State {
 public:
  State() {
    std::string pattern = std::filesystem::temp_directory_path() / "muster-poll-XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    EXPECT_TRUE(Authority::create(folder_, "test"));
    EXPECT_TRUE(Store::create(folder_));
  }
  ~State() { std::filesystem::remove_all(folder_); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  State(State&&) = delete;
  State& operator=(State&&) = delete;

  const std::string& folder() const { return folder_; }
  Authority authority() const { return std::move(*Authority::open(folder_)); }
  Store store() const { return std::move(*Store::open(folder_)); }

 private:
  std::string folder_;
};

inline constexpr cim::Property kMemoryProperties[] = {
    {"Name", cim::Type::string, cim::Role::key},
    {"PercentUsedMemory", cim::Type::uint8},
};
inline constexpr cim::ClassDecl kMemory{"SCX_MemoryStatisticalInformation", nullptr, "1.0", "memory",
                                        kMemoryProperties};
inline constexpr cim::Property kProcessProperties[] = {{"Handle", cim::Type::string, cim::Role::key}};
inline constexpr cim::ClassDecl kProcess{"SCX_UnixProcess", nullptr, "1.0", "process", kProcessProperties};

class MemorySource : public wsman::InstanceSource {
 public:
  void fetch(const wsman::Query& query, std::chrono::milliseconds /*deadline*/, Done done) override {
    if (silent) {
      held_.push_back(std::move(done));
      return;
    }
    if (fails == query.class_name) {
      done(fail(Errc::timeout, fails + ": the provider has not answered in time"));
      return;
    }
    wsman::Rows rows;
    if (query.class_name == kMemory.name) {
      rows.push_back(wsman::render_instance(cim::Instance(memory_)
                                                .set("Name", std::string("Memory"))
                                                .set("PercentUsedMemory", std::uint64_t{63})));
    } else {
      for (int i = 0; i < 1'200; ++i) {
        rows.push_back(wsman::render_instance(cim::Instance(process_).set("Handle", std::to_string(i))));
      }
    }
    done(std::move(rows));
  }
  const std::vector<const cim::Class*>& classes() const override { return classes_; }

  bool silent = false;  // takes requests and never answers
  std::string fails;    // this class does

 private:
  cim::Class memory_{kMemory};
  cim::Class process_{kProcess};
  std::vector<const cim::Class*> classes_{&memory_, &process_};
  std::vector<Done> held_;
};

class LocalAgent {
 public:
  enum class Behaviour { answers, hangs, refuses };  // refuses: 401 to everybody

  LocalAgent(const Authority& authority, const std::vector<std::string>& names,
             Behaviour behaviour = Behaviour::answers, std::uint16_t port = 0)
      : key_(std::move(*tls::Key::generate(tls::KeyKind::p256))) {
    source_.silent = behaviour == Behaviour::hangs;
    refuses_ = behaviour == Behaviour::refuses;
    const auto request = tls::CertificateRequest::create(key_, names.front(), names);
    const auto chain = tls::Certificate::bundle_from_pem(*authority.sign_agent(*request, names), "chain");
    auto context =
        tls::Context::server({*chain, key_}, {authority.root()}, tls::ClientCertificates::required);
    std::vector<Fd> listening;
    listening.push_back(std::move(*http::listen_on("127.0.0.1", port)));
    port_ = *http::local_port(listening.front().get());
    auto server = http::Server::start(loop_, std::move(listening), std::move(*context), {},
                                      [this](const http::Head&, const http::Peer& peer,
                                             const http::Decide& decide) { authorise(peer, decide); });
    EXPECT_TRUE(server) << server.error().what;
    server_ = std::move(*server);
    thread_ = std::jthread([this] { loop_.run(); });
  }
  ~LocalAgent() {
    loop_.post([this] {
      server_.reset();
      loop_.stop();
    });
    thread_.join();
  }
  LocalAgent(const LocalAgent&) = delete;
  LocalAgent& operator=(const LocalAgent&) = delete;
  LocalAgent(LocalAgent&&) = delete;
  LocalAgent& operator=(LocalAgent&&) = delete;

  std::uint16_t port() const { return port_; }
  // From now on; empty: none fails any more.
  void fail_class(const std::string& name) {
    std::promise<void> taken;
    loop_.post([&] {
      source_.fails = name;
      taken.set_value();
    });
    taken.get_future().get();
  }
  std::uint64_t connections() {
    std::promise<std::uint64_t> accepted;
    loop_.post([&] { accepted.set_value(server_->statistics().accepted); });
    return accepted.get_future().get();
  }

 private:
  void authorise(const http::Peer& peer, const http::Decide& decide) {
    if (!peer.certificate || refuses_) return decide(http::Response{401, {}, {}, true});
    decide(http::Serve(
        [this, principal = peer.certificate->sha256()](const http::Request& request, http::Respond respond) {
          const auto* type = request.head.field("Content-Type");
          const wsman::Message message{type == nullptr ? "" : *type, "", request.body};
          service_.handle(principal, message, [respond = std::move(respond)](wsman::Reply reply) {
            respond({reply.status, {{"Content-Type", reply.content_type}}, std::move(reply.body), false});
          });
        }));
  }

  tls::Key key_;
  bool refuses_ = false;
  MemorySource source_;
  wsman::Service service_{source_, {"Muster", "0.1.0", {}}};
  http::Loop loop_;
  std::uint16_t port_ = 0;
  std::unique_ptr<http::Server> server_;
  std::jthread thread_;
};

inline HostRecord host_at(const std::string& name, std::uint16_t port) {
  HostRecord host;
  host.name = name;
  host.address = "127.0.0.1";
  host.agent_port = port;
  host.certificate_name = name;
  return host;
}

// A port that nobody listens on: taken and given back.
inline std::uint16_t closed_port() {
  const auto socket = http::listen_on("127.0.0.1", 0);
  return *http::local_port(socket->get());
}

}  // namespace muster::testing
