// SPDX-License-Identifier: GPL-2.0-or-later
// A whole agent, and a client that leaves while its command runs: the command ends, and the audit log says why. Needs
// root.
#include <chrono>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wsman/client.h"
#include "tests/agent/running_agent.h"

namespace muster::agent {
namespace {

using http::testing::body_of;
using http::testing::RawClient;
using ::testing::HasSubstr;
using testing::RunningAgent;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr char kGrants[] = "[[grant]]\nrole = \"admin\"\ncertificates = [\"CN=ms1\"]\nrun_as = \"nobody\"\n";

std::string request(const std::string& body) {
  return "POST /wsman HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string command(const std::string& words) {
  const std::string uri = wsman::class_uri("SCX_OperatingSystem");
  return request(R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope")"
                 R"( xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing")"
                 R"( xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header><a:To>/wsman</a:To>)"
                 "<w:ResourceURI>" +
                 uri + "</w:ResourceURI><a:Action>" + uri +
                 "/ExecuteCommand</a:Action><a:MessageID>uuid:1</a:MessageID></s:Header><s:Body>"
                 "<c:ExecuteCommand_INPUT xmlns:c=\"" +
                 uri + "\"><c:Command>" + words +
                 "</c:Command></c:ExecuteCommand_INPUT></s:Body></s:Envelope>");
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <class Condition>
bool within(std::chrono::milliseconds time, Condition holds) {
  const auto end = Clock::now() + time;
  while (!holds()) {
    if (Clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

class AbandonedCall : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    agent_ = std::make_unique<RunningAgent>(testing::AgentOptions{.grants = kGrants});
  }
  void TearDown() override {
    if (!agent_) return;
    EXPECT_EQ(agent_->stop(), 0) << agent_->log();
  }

  std::unique_ptr<RawClient> client() const {
    return std::make_unique<RawClient>(agent_->port(), RunningAgent::certificate_client());
  }
  // That runs below the agent.
  std::optional<pid_t> sleeper() const {
    for (const pid_t pid : agent_->processes()) {
      const std::string words = text_of("/proc/" + std::to_string(pid) + "/cmdline");
      if (words.starts_with("sleep") && words.ends_with(std::string("60\0", 3))) return pid;
    }
    return std::nullopt;
  }
  // Without a parent it stays a zombie until init, or whoever stands in for it, reaps it.
  static bool is_gone(pid_t pid) {
    const std::string stat = text_of("/proc/" + std::to_string(pid) + "/stat");
    return stat.empty() || stat.find(") Z ") != std::string::npos;
  }
  std::string audit() const { return text_of(agent_->folder() + "/audit.log"); }

  void expect_the_end_of_a_command_when(void (*leave)(RawClient&)) const {
    const auto caller = client();
    caller->send(command("sleep 60"));
    ASSERT_TRUE(within(20s, [&] { return sleeper().has_value(); })) << agent_->log() << audit();
    const pid_t pid = sleeper().value_or(0);
    leave(*caller);
    EXPECT_TRUE(within(3s, [&] { return is_gone(pid); }));
    EXPECT_TRUE(within(3s, [&] { return audit().find(R"("event":"outcome")") != std::string::npos; }));
    EXPECT_THAT(audit(), HasSubstr(R"("outcome":"was ended: the client is gone")"));
  }

  std::unique_ptr<RunningAgent> agent_;
};

TEST_F(AbandonedCall, ACommandEndsWhenItsClientEndsTheConnection) {
  expect_the_end_of_a_command_when([](RawClient& client) { client.end_with_fin(); });
}

TEST_F(AbandonedCall, ACommandEndsWhenItsClientEndsTls) {
  expect_the_end_of_a_command_when([](RawClient& client) { client.end_tls(); });
}

TEST_F(AbandonedCall, ACommandEndsWhenItsClientResetsTheConnection) {
  expect_the_end_of_a_command_when([](RawClient& client) { client.end_with_reset(); });
}

TEST_F(AbandonedCall, AClientThatWaitsHasItsAnswerAndThenThatOfItsNextRequest) {
  const auto caller = client();
  caller->send(command("sleep 2") + request(wsman::identify_request()));
  EXPECT_THAT(body_of(caller->read_response()), HasSubstr("<p:ReturnCode>0</p:ReturnCode>"));
  EXPECT_THAT(body_of(caller->read_response()), HasSubstr("ProductVersion"));
  EXPECT_TRUE(within(3s, [&] { return audit().find(R"("outcome":"ended with 0")") != std::string::npos; }))
      << audit();
}

}  // namespace
}  // namespace muster::agent
