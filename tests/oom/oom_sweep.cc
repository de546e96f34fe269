// SPDX-License-Identifier: GPL-2.0-or-later
// Every allocation on the way of a request fails once: the first, the second, and so on until none is left to fail.
// Each time the outcome is the right one, a refusal, or std::bad_alloc, which ends the front; never more than the
// caller has a right to.
#include <functional>
#include <iterator>
#include <new>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "agent/auth/basic.h"
#include "agent/auth/principal.h"
#include "agent/front/gate.h"
#include "agent/host/fetch.h"
#include "agent/host/rows_writer.h"
#include "core/tls/context.h"
#include "core/wsman/prescan.h"
#include "core/wsman/request.h"
#include "tests/agent/ipc/raw_socket.h"
#include "tests/core/tls/authority.h"
#include "tests/core/tls/handshake.h"
#include "tests/core/wsman/fixture.h"
#include "tests/oom/failing_allocations.h"

namespace muster {
namespace {

using muster::testing::FailingAllocation;

constexpr std::size_t kMost = 20'000;  // allocations of one operation

// Runs the operation again and again, each time with a later allocation failing; returns how many it has.
std::size_t sweep(const std::function<void()>& operation, std::size_t step = 1) {
  for (std::size_t number = 1; number < kMost; number += step) {
    FailingAllocation failing(number);
    try {
      operation();
    } catch (const std::bad_alloc&) {
      EXPECT_TRUE(failing.failed());
    }
    if (!failing.failed()) return number - 1;
  }
  ADD_FAILURE() << "more than " << kMost << " allocations";
  return kMost;
}

TEST(OomSweep, CredentialsAreThoseOfTheHeaderOrNone) {
  const std::string header = "Basic YSBsb25nIGVub3VnaCB1c2VyIG5hbWU6YSBsb25nIGVub3VnaCBwYXNzd29yZA==";
  EXPECT_GT(sweep([&] {
              const auto credentials = auth::parse_basic(header);
              if (!credentials) return;
              EXPECT_EQ(credentials->user, "a long enough user name");
              EXPECT_EQ(credentials->password.reveal(), "a long enough password");
            }),
            1U);
}

TEST(OomSweep, NoPrincipalComesOfARefusal) {
  const auto refused =
      ipc::encode(auth::authentication_answer(1, false, "somebody with a name that takes memory"));
  EXPECT_GT(sweep([&] {
              const auto frame = ipc::decode(refused);
              EXPECT_FALSE(frame && auth::Principal::from_monitor(*frame));
            }),
            1U);
}

// Whatever fails in the gate: it admits nobody whom the monitor has not named.
TEST(OomSweep, TheGateAdmitsNobodyWithoutAVerdict) {
  const std::vector<std::vector<http::Field>> heads = {
      {},
      {{"Authorization", "Basic !!!!"}},
      {{"Authorization", "Basic bW9uaXRvcjpzZWNyZXQ="}, {"Authorization", "Basic bW9uaXRvcjpzZWNyZXQ="}},
      {{"Authorization", "Basic bW9uaXRvcjpzZWNyZXQ="}},
      {{"Authorization", "Negotiate TlRMTVNTUAABAAAAAAAAAAAAAAAAAAAA"}},
  };
  for (const auto& fields : heads) {
    const http::Head head{"POST", "/wsman", fields};
    sweep([&] {
      wsman::testing::MemorySource source;
      wsman::Service service(source, {"Muster", "0.1.0", {}});
      http::Loop loop;
      auto [ours, theirs] = ipc::testing::new_pair();
      agent::MonitorClient monitor(loop, std::move(ours), {[](Fd) {}, [](auto, auto) {}, [] {}});
      monitor.say_ready();
      agent::Gate gate(service, monitor, agent::Gate::Basic::offered);
      gate.authorise(head, {"192.0.2.1", {}}, [](const http::Verdict& verdict) {
        EXPECT_TRUE(std::holds_alternative<http::Response>(verdict));
      });
    });
  }
}

TEST(OomSweep, AHostileMessageIsNeverTaken) {
  using namespace wsman::testing;
  const std::string class_name = "SCX_Agent";
  const std::string messages[] = {
      "<!DOCTYPE a><a/>",
      get(class_name, "<a:To>https://somebody.else.example/wsman</a:To>"),
      get(class_name, R"(<q:Security xmlns:q="urn:security" s:mustUnderstand="true"/>)"),
      get(class_name,
          "<w:SelectorSet><w:Selector Name=\"Name\">a</w:Selector><w:Selector "
          "Name=\"name\">b</w:Selector></w:SelectorSet>"),
      get(class_name, "<a:FaultTo><a:Address>http://192.0.2.1/a/long/enough/path</a:Address></a:FaultTo>"),
      pull(class_name, "uuid:1", "<n:MaxElements>0</n:MaxElements>"),
  };
  for (const auto& message : messages) {
    sweep([&] {
      wsman::Request request;
      EXPECT_TRUE(wsman::parse_request(message, "", request).has_value()) << message;
    });
  }
}

TEST(OomSweep, ASoundMessageIsReadAsItIsOrNotAtAll) {
  const auto message = wsman::testing::get(
      "SCX_Agent", wsman::testing::selectors({{"Name", "a value that is long enough to take memory"},
                                              {"A name that is long enough as well", "b"}}));
  EXPECT_GT(sweep([&] {
              wsman::Request request;
              if (wsman::parse_request(message, "", request)) return;
              EXPECT_EQ(request.class_name, "SCX_Agent");
              EXPECT_EQ(request.selectors.size(), 2U);
            }),
            5U);
}

TEST(OomSweep, AnEnumerationStaysItsCallers) {
  wsman::testing::Lab lab;
  lab.source.instances.push_back(wsman::testing::disk("sda", 1));
  const auto begun = lab.ask(wsman::testing::enumerate("TEST_Disk", ""), "alice");
  const auto context =
      wsman::testing::between(begun.body, "<wsen:EnumerationContext>", "</wsen:EnumerationContext>");
  ASSERT_FALSE(context.empty());
  const auto theft = wsman::testing::pull("TEST_Disk", context);
  EXPECT_GT(sweep([&] { EXPECT_NE(lab.ask(theft, "mallory, whose name takes memory too").status, 200); }),
            5U);
  EXPECT_EQ(lab.ask(theft, "alice").status, 200);
}

TEST(OomSweep, FramesAreTakenWholeOrNotAtAll) {
  const auto bytes = ipc::encode(agent::fetch_frame(
      1,
      {wsman::Query::Kind::get, "SCX_OperatingSystem", {{"Name", "a value that takes memory as well"}}, {}}));
  EXPECT_GT(sweep([&] {
              const auto frame = ipc::decode(bytes);
              const auto query =
                  frame ? agent::parse_fetch(*frame) : Result<wsman::Query>(fail(Errc::internal, ""));
              EXPECT_TRUE(!query || query->keys.size() == 1);
            }),
            3U);
}

// A client whose certificate another authority signed, and every allocation of the handshake, OpenSSL's too.
TEST(OomSweep, NoHandshakeVerifiesAStrangersCertificate) {
  using namespace tls;
  const tls::testing::Authority stranger("Stranger");
  const auto& ours = tls::testing::our_authority();
  const auto key = tls::testing::new_key();
  const std::vector<Certificate> servers{ours.leaf(key, {"db1.example"}, Purpose::agent), ours.issuing};
  const std::vector<Certificate> clients{stranger.leaf(key, {"ms1"}, Purpose::client), stranger.issuing};
  const auto server =
      tls::testing::value_of(Context::server({servers, key}, {ours.root}, ClientCertificates::requested));
  const Context::Identity identity{clients, key};
  const auto client = tls::testing::value_of(Context::client({ours.root}, &identity));
  constexpr std::size_t kStep = 11;  // some thousand allocations, some milliseconds each
  std::size_t number = 1;
  for (bool failed = true; failed; number += kStep) {
    auto ends = tls::testing::join(client->get(), server->get());
    const FailingAllocation failing(number);
    tls::testing::shake(ends);
    failed = failing.failed();
    EXPECT_FALSE(ends.server_done && SSL_get0_peer_certificate(ends.server.get()) != nullptr) << number;
    ASSERT_LT(number, kMost);
  }
  EXPECT_GT(number, 100U);
}

}  // namespace
}  // namespace muster

int main(int count, char** words) {
  muster::testing::take_over_allocation();
  ::testing::InitGoogleTest(&count, words);
  muster::tls::initialise();
  return RUN_ALL_TESTS();
}
