// SPDX-License-Identifier: GPL-2.0-or-later
// The front as a real process with real connections. The test speaks to it as the monitor does.
#include "agent/front/front.h"

#include <csignal>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/wsman/client.h"
#include "tests/agent/ipc/raw_socket.h"
#include "tests/core/http/https_fixture.h"

namespace muster::agent {
namespace {

using namespace std::chrono_literals;
using http::testing::Authority;
using http::testing::client_context;
using http::testing::Identity;
using http::testing::RawClient;
using http::testing::value_of;
using tls::testing::our_authority;
using Clock = std::chrono::steady_clock;

constexpr auto kPatience = 15s;  // less than that of a RawClient

const Authority& another_authority() {
  static const Authority kAuthority("Another");
  return kAuthority;
}

struct AgentIdentity {
  explicit AgentIdentity(const Authority& authority)
      : own(authority, http::testing::kLoopbackNames, tls::Purpose::agent),
        key(value_of(own.key.pem(Secret()))),
        bundle(own.chain[0].pem() + own.chain[1].pem() + authority.root.pem()) {}

  std::string sha256() const { return own.chain[0].sha256(); }

  Identity own;
  Secret key;
  std::string bundle;
};

class FrontTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log::threshold(log::Level::error);
    Fd listening = value_of(http::listen_on("127.0.0.1", 0));
    port_ = value_of(http::local_port(listening.get()));
    const AgentIdentity first(our_authority());
    auto monitor = ipc::testing::new_pair();
    auto providers = ipc::testing::new_pair();
    child_ = ::fork();
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      monitor.first.reset();
      providers.first.reset();
      FrontSetup setup{config_,
                       {Secret(first.key.reveal()), first.bundle},
                       {},
                       std::move(monitor.second),
                       std::move(providers.second),
                       {},
                       activity_};
      setup.listening.push_back(std::move(listening));
      ::_exit(run_front(std::move(setup)) ? 0 : 1);
    }
    providers_ = std::move(providers.first);
    monitor_.emplace(std::move(monitor.first), ipc::Party::monitor, ipc::Party::front, ipc::State::starting);
    pollfd wait{monitor_->fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&wait, 1, 20'000), 1);
    ASSERT_TRUE(monitor_->receive());
    monitor_->enter(ipc::State::serving);
  }
  void TearDown() override {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

  void change_to(const AgentIdentity& identity) {
    ASSERT_TRUE(
        monitor_->send({ipc::Tag::identity, 0, {std::string(identity.key.reveal()), identity.bundle}}));
  }
  // A connection of `client` that is new sees it.
  bool is_shown(const AgentIdentity& identity, const Identity& client) const {
    const auto limit = Clock::now() + kPatience;
    while (Clock::now() < limit) {
      if (client_of(client).server_certificate_sha256() == identity.sha256()) return true;
    }
    return false;
  }
  RawClient client_of(const Identity& identity, const Authority& authority = our_authority()) const {
    return RawClient(port_, client_context(authority, &identity));
  }
  // Whether the client is who it says for the agent.
  static bool is_served(RawClient& client) {
    client.send(http::testing::post_request(wsman::identify_request(),
                                            "Content-Type: application/soap+xml;charset=UTF-8\r\n"));
    return http::testing::status_of(client.read_response()) == 200;
  }
  static bool is_ended(RawClient& client) {
    const auto limit = Clock::now() + kPatience;
    return client.read_to_end().empty() && Clock::now() < limit;
  }

  Config config_;
  ipc::Activity activity_ = value_of(ipc::Activity::shared());
  std::uint16_t port_ = 0;
  pid_t child_ = -1;
  Fd providers_;
  std::optional<ipc::Channel> monitor_;
};

TEST_F(FrontTest, ARenewedCertificateEndsNoConnection) {
  const Identity server(our_authority(), {"server"}, tls::Purpose::client);
  RawClient client = client_of(server);
  ASSERT_TRUE(is_served(client));
  const AgentIdentity renewed(our_authority());
  change_to(renewed);
  ASSERT_TRUE(is_shown(renewed, server));
  EXPECT_TRUE(is_served(client));
}

TEST_F(FrontTest, ConnectionsOfAnAuthorityThatCountsNoMoreEndWithTheIdentity) {
  const Identity before(our_authority(), {"server"}, tls::Purpose::client);
  const Identity after(another_authority(), {"server"}, tls::Purpose::client);
  RawClient idle = client_of(before);
  RawClient busy = client_of(before);
  ASSERT_TRUE(is_served(busy));
  change_to(AgentIdentity(another_authority()));
  EXPECT_TRUE(is_ended(idle));
  EXPECT_TRUE(is_ended(busy));
  RawClient fresh = client_of(after, another_authority());
  EXPECT_TRUE(is_served(fresh));
}

}  // namespace
}  // namespace muster::agent
