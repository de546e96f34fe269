// SPDX-License-Identifier: GPL-2.0-or-later
// Steps that the management server does itself, or answers for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/provision/host_work.h"
#include "orchestrator/steps/registry.gen.h"
#include "tests/orchestrator/poll/local_agent.h"

namespace muster {
namespace {

using testing::State;

class ServerStepsTest : public ::testing::Test {
 protected:
  ServerStepsTest() : authority_(state_.authority()), store_(state_.store()) {
    work_.entry.name = work_.entry.address = "web1";
    work_.certificate_names = {"web1"};
    work_.facts.add("cert_not_after=1");
  }
  ServerSide server() { return {loop_, &authority_, nullptr, store_}; }
  // What request_certificate notes when the host tells of this signer.
  std::string note_for(const std::string& signer) {
    const auto key = tls::Key::generate(tls::KeyKind::p256);
    const auto request = tls::CertificateRequest::create(*key, "web1", {"web1"});
    auto side = server();
    const auto answer = make_request_certificate()->answer(signer + request->pem(), work_, side);
    EXPECT_TRUE(answer) << answer.error().what;
    return std::exchange(work_.notes, {})["request_certificate"];
  }

  State state_;
  Authority authority_;
  Store store_;
  http::Loop loop_;
  HostWork work_;
};

TEST_F(ServerStepsTest, an_agent_of_another_authority_is_noted_as_taken_over) {
  EXPECT_EQ(note_for("signer cd ef CN=old issuing, O=x\n"),
            "was signed by CN=old issuing, O=x (SHA-256 ef); taken over");
  EXPECT_EQ(note_for("signer " + authority_.root().sha256() + " ef CN=ours, before\n"), "");
  EXPECT_EQ(note_for(""), "");
}

TEST_F(ServerStepsTest, a_host_that_was_proved_is_up_from_then_on) {
  auto side = server();
  const auto provision = [&] { make_register()->apply(work_, side, [](const Step::Outcome&) {}); };
  const auto before = std::chrono::system_clock::now() - std::chrono::milliseconds(1);
  provision();
  const auto first = store_.health()->at(0);
  EXPECT_EQ(first.health, Health::up);
  EXPECT_GE(first.last_seen, before);
  provision();
  const auto second = store_.health()->at(0);
  EXPECT_EQ(second.since, first.since);
  EXPECT_GE(second.last_seen, first.last_seen);
}

}  // namespace
}  // namespace muster
