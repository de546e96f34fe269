// SPDX-License-Identifier: GPL-2.0-or-later
// Every action, with every way of not being authenticated, on a new connection, behind an authenticated request on
// the same connection, and in one write with such a request: refused, and no provider was asked. The agent is whole
// and real, PAM and its modules too. Needs root, for a PAM configuration and users of the test's own.
#include <cstdio>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "core/wsman/client.h"
#include "tests/agent/auth/pam_fixture.h"
#include "tests/agent/running_agent.h"
#include "tests/base64.h"

namespace muster::agent {
namespace {

using auth::testing::kPassword;
using http::testing::body_of;
using http::testing::RawClient;
using http::testing::status_of;
using muster::testing::base64;
using testing::RunningAgent;
using tls::testing::value_of;

std::string basic(const std::string& user, const std::string& password) {
  return "Basic " + base64(user + ":" + password);
}

const std::string kGood = basic("alice", kPassword);
constexpr char kHead[] =
    "POST /wsman HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n";

std::string with_length(const std::string& fields, const std::string& body) {
  return kHead + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string chunked(const std::string& body, const std::string& trailer) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", body.size());
  return std::string(kHead) + "Transfer-Encoding: chunked\r\n\r\n" +
         (body.empty() ? "" : size + body + "\r\n") + "0\r\n" + trailer + "\r\n";
}

// One way of asking without the right to.
struct Shape {
  const char* name;
  std::string fields;
  int status = 401;
  enum class Place { head, behind_the_body, trailer, target } place = Place::head;
};

std::string request(const Shape& shape, const std::string& body) {
  switch (shape.place) {
    case Shape::Place::head: return with_length(shape.fields, body);
    case Shape::Place::behind_the_body: return with_length("", body) + shape.fields + "\r\n";
    case Shape::Place::trailer: return chunked(body, shape.fields);
    case Shape::Place::target: {
      auto text = with_length("", body);
      return text.replace(text.find("/wsman"), 6, shape.fields);
    }
  }
  return {};
}

std::vector<Shape> malformed_shapes() {
  const std::string at = "Authorization: ";
  const std::string end = "\r\n";
  auto unpadded = kGood;
  unpadded.erase(unpadded.find('='));
  return {
      {"no header", ""},
      {"an empty header", at + end},
      {"a scheme alone", at + "Basic" + end},
      {"a scheme and a space", at + "Basic " + end},
      {"no base64", at + "Basic !!!!" + end},
      {"base64 without its padding", at + unpadded + end},
      {"base64 in two words", at + kGood.substr(0, 14) + " " + kGood.substr(14) + end},
      {"no colon", at + "Basic " + base64("alice") + end},
      {"a user alone", at + basic("alice", "") + end},
      {"a password alone", at + basic("", kPassword) + end},
      {"a user of 4 KiB", at + basic(std::string(4096, 'a'), kPassword) + end},
      {"8 KiB and more", at + "Basic " + std::string(9000, 'A') + end},
      {"a NUL in the user", at + basic(std::string("alice\0", 6), kPassword) + end},
      {"a NUL behind the password", at + basic("alice", kPassword + std::string(1, '\0')) + end},
      {"a line end in the user", at + basic("alice\n", kPassword) + end},
      {"two headers", at + kGood + end + at + kGood + end, 400},
      {"two headers, one of them empty", at + end + at + kGood + end, 400},
      {"two headers in two cases", at + kGood + end + "AUTHORIZATION: " + kGood + end, 400},
      {"a blank in front of the colon", "Authorization : " + kGood + end, 400},
      {"a folded header", "Authorization:\r\n " + kGood + end, 400},
      {"a head of 16 KiB", at + kGood + end + "X-Long: " + std::string(17000, 'x') + end, 431},
  };
}

std::vector<Shape> misplaced_shapes() {
  const std::string at = "Authorization: ";
  const std::string end = "\r\n";
  const std::string bare = kGood.substr(6);
  using Place = Shape::Place;
  return {
      {"the header behind the body", at + kGood + end, 401, Place::behind_the_body},
      {"the header in the trailer", at + kGood + end, 401, Place::trailer},
      {"credentials in the query", "/wsman?Authorization=" + bare, 401, Place::target},
      {"credentials in the target", "https://alice:x@localhost/wsman", 401, Place::target},
      {"a header for proxies", "Proxy-" + at + kGood + end},
      {"a cookie", "Cookie: " + at + kGood + end},
      {"a user that somebody in front has verified", "X-Forwarded-User: alice\r\nRemote-User: alice" + end},
      {"the right words under another scheme", at + "Bearer " + bare + end},
      {"Negotiate", at + "Negotiate TlRMTVNTUAABAAAA" + end},
      {"Digest", at + R"(Digest username="alice", realm="WSMAN", response="0")" + end},
      {"a wish for anonymous Identify", "WSMANIDENTIFY: unauthenticated" + end},
      {"that wish and bad credentials", "WSMANIDENTIFY: unauthenticated" + end + at + "Basic !!!!" + end},
  };
}

// These reach PAM.
std::vector<Shape> refused_logins() {
  const std::string at = "Authorization: ";
  const auto login = [&](const char* name, const std::string& user, const std::string& password) {
    return Shape{name, at + basic(user, password) + "\r\n"};
  };
  return {
      login("a wrong password", "alice", "correct horsE"),
      login("a password and a blank", "alice", std::string(kPassword) + " "),
      login("nobody's name", "mallory", kPassword),
      login("a name in other letters", "ALICE", kPassword),
      login("a locked user", "locked", kPassword),
      login("an expired account", "expired", kPassword),
      login("a password that must be changed", "stale", kPassword),
      login("a user without a password", "empty", "x"),
      login("root", "root", kPassword),
      login("root by another name", "toor", kPassword),
  };
}

struct Action {
  const char* name;
  std::string body;
};

wsman::Target target_of(const std::string& class_name) {
  return {.url = "https://localhost:1270/wsman",
          .resource_uri = wsman::class_uri(class_name),
          .cim_namespace = "root/scx",
          .selectors = {{"Name", "scx"}}};
}

// A Get that says it is something else.
std::string as_action(const std::string& action) {
  auto text = wsman::get_request(target_of("SCX_Agent"));
  const std::string get = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
  return text.replace(text.find(get), get.size(), action);
}

std::vector<Action> all_actions(const std::string& context) {
  const std::string microsoft = "http://schemas.microsoft.com/wbem/wscim/1/cim-schema/2/";
  const std::string eventing = "http://schemas.xmlsoap.org/ws/2004/08/eventing/";
  auto listing = target_of("SCX_OperatingSystem");
  listing.selectors.clear();
  return {
      {"Identify", wsman::identify_request()},
      {"Get", wsman::get_request(target_of("SCX_Agent"))},
      {"Enumerate", wsman::enumerate_request(listing, 10)},
      {"Pull", wsman::pull_request(listing, context, 1)},
      {"Release", wsman::release_request(listing, context)},
      {"Put", as_action("http://schemas.xmlsoap.org/ws/2004/09/transfer/Put")},
      {"Delete", as_action("http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete")},
      {"ExecuteCommand", as_action(microsoft + "SCX_OperatingSystem/ExecuteCommand")},
      {"Subscribe", as_action(eventing + "Subscribe")},
      {"an action that nobody knows", as_action("urn:unknown")},
      {"no XML", "<<<"},
  };
}

enum class Transport { new_connection, kept_connection, one_write };
constexpr Transport kTransports[] = {Transport::new_connection, Transport::kept_connection,
                                     Transport::one_write};
constexpr const char* kTransportWords[] = {"on a new connection", "as the second request",
                                           "in the same write"};

std::string without_date(std::string answer) {
  const auto from = answer.find("\r\nDate: ");
  if (from != std::string::npos) answer.erase(from, answer.find("\r\n", from + 2) - from);
  return answer;
}

// A part of the matrix: it is cut in nine, so that no test takes long.
using Part = std::tuple<Transport, std::vector<Shape> (*)()>;

class AuthorisationMatrix : public auth::testing::PamTest, public ::testing::WithParamInterface<Part> {
 protected:
  void SetUp() override {
    PamTest::SetUp();
    if (IsSkipped()) return;
    service("matrix", auth::testing::kUnix);
    agent_ = std::make_unique<RunningAgent>(testing::AgentOptions{.pam_service = "matrix"});
  }
  void TearDown() override {
    if (!agent_) return;
    EXPECT_EQ(agent_->stop(), 0) << agent_->log();
    EXPECT_EQ(agent_->log().find("Sanitizer"), std::string::npos) << agent_->log();
    EXPECT_EQ(agent_->log().find("runtime error"), std::string::npos) << agent_->log();
  }

  static Transport transport() { return std::get<0>(GetParam()); }

  std::string ask_with_certificate(const std::string& body) const {
    RawClient client(agent_->port(), RunningAgent::certificate_client());
    client.send(with_length("", body));
    return client.read_response();
  }

  wsman::Page enumerate(const std::string& class_name, unsigned at_most) const {
    auto target = target_of(class_name);
    target.selectors.clear();
    auto question = wsman::enumerate_request(target, at_most);
    const std::string begin = "<wsen:Enumerate>";
    question.insert(question.find(begin) + begin.size(), "<wsen:Expires>PT10M</wsen:Expires>");
    const auto answer = ask_with_certificate(question);
    return value_of(wsman::parse_page(status_of(answer), body_of(answer)));
  }

  // As the provider host counts them, without those that ask for the count.
  std::uint64_t provider_calls() const {
    const auto counted = enumerate("Muster_Provider", 1000).items;
    EXPECT_GT(counted.size(), 10U);
    return std::accumulate(counted.begin(), counted.end(), std::uint64_t{0}, [](auto sum, const auto& item) {
      const bool own = item.find("Name")->text == "Muster_Provider";
      return sum + (own ? 0 : std::stoull(item.find("Calls")->text));
    });
  }

  // Each cell comes from an address of its own: none has to pay for the refusals of another.
  static in_addr_t next_address() {
    static in_addr_t last = INADDR_LOOPBACK + 0x100;
    if ((++last & 0xffU) == 0xffU) last += 2;
    return last;
  }

  // The connection on which the request in question was sent.
  std::unique_ptr<RawClient> ask(Transport transport, const std::string& question) const {
    auto client = std::make_unique<RawClient>(agent_->port(), RunningAgent::plain_client(), next_address());
    const auto admitted = with_length("Authorization: " + kGood + "\r\n", wsman::identify_request());
    if (transport == Transport::new_connection) client->send(question);
    if (transport == Transport::kept_connection) client->send(admitted);
    if (transport == Transport::one_write) client->send(admitted + question);
    if (transport == Transport::new_connection) return client;
    EXPECT_EQ(status_of(client->read_response()), 200) << "the first request, which is as it should be";
    if (transport == Transport::kept_connection) client->send(question);
    return client;
  }

  void expect_refused(const Shape& shape, const Action& action, const std::string& answer) {
    const bool anonymous_identify =
        action.name == std::string("Identify") && shape.name == std::string("a wish for anonymous Identify");
    if (anonymous_identify) {
      EXPECT_EQ(status_of(answer), 200);
      EXPECT_EQ(answer.find("ProductVersion>0"), std::string::npos) << answer;
      return;
    }
    EXPECT_EQ(status_of(answer), shape.status) << answer;
    if (shape.status != 401) return;
    EXPECT_EQ(body_of(answer), "");
    refusals_.insert(without_date(answer));
  }

  std::unique_ptr<RunningAgent> agent_;
  std::set<std::string> refusals_;  // different texts of 401: one, whatever the reason
};

TEST_P(AuthorisationMatrix, RefusesEveryCellAndAsksNoProvider) {
  const auto open = enumerate("SCX_UnixProcess", 1);
  ASSERT_FALSE(open.context.empty()) << "Pull and Release want a context that somebody might steal";
  const auto actions = all_actions(open.context);
  const auto shapes = std::get<1>(GetParam())();
  const auto before = provider_calls();
  for (const auto& shape : shapes) {
    // All actions at the same time: a refused login takes two seconds, whatever its reason.
    std::vector<std::unique_ptr<RawClient>> asked;
    asked.reserve(actions.size());
    for (const auto& action : actions) asked.push_back(ask(transport(), request(shape, action.body)));
    for (std::size_t i = 0; i < actions.size(); ++i) {
      SCOPED_TRACE(std::string(actions[i].name) + " with " + shape.name + ", " +
                   kTransportWords[static_cast<int>(transport())]);
      expect_refused(shape, actions[i], asked[i]->read_response());
    }
  }
  EXPECT_EQ(refusals_.size(), 1U) << "a refusal must not tell its reason: "
                                  << ::testing::PrintToString(refusals_);
  EXPECT_EQ(provider_calls(), before);
  // Nobody has taken or ended the enumeration meanwhile.
  auto target = target_of("SCX_UnixProcess");
  target.selectors.clear();
  const auto pulled = ask_with_certificate(wsman::pull_request(target, open.context, 1));
  EXPECT_EQ(status_of(pulled), 200) << pulled;
}

std::string name_of(const ::testing::TestParamInfo<Part>& tested) {
  constexpr const char* kNames[] = {"NewConnection", "KeptConnection", "OneWrite"};
  constexpr const char* kShapes[] = {"Malformed", "Misplaced", "RefusedLogins"};
  return std::string(kNames[static_cast<int>(std::get<0>(tested.param))]) + kShapes[tested.index % 3];
}

INSTANTIATE_TEST_SUITE_P(Parts, AuthorisationMatrix,
                         ::testing::Combine(::testing::ValuesIn(kTransports),
                                            ::testing::Values(malformed_shapes, misplaced_shapes,
                                                              refused_logins)),
                         name_of);

TEST(AuthorisationMatrixSize, IsSixHundredCellsAndMore) {
  const auto shapes = malformed_shapes().size() + misplaced_shapes().size() + refused_logins().size();
  EXPECT_GE(shapes, 20U);
  EXPECT_GE(all_actions("").size(), 10U);
  EXPECT_GE(shapes * all_actions("").size() * std::size(kTransports), 600U);
}

// What the matrix relies on: the very same requests with the right password are served, and the counter counts.
class AuthorisationControl : public AuthorisationMatrix {};

TEST_P(AuthorisationControl, TheSameRequestWithTheRightPasswordIsServedAndCounted) {
  const auto before = provider_calls();
  for (const auto& action : all_actions("uuid:none")) {
    const auto answer =
        ask(transport(), with_length("Authorization: " + kGood + "\r\n", action.body))->read_response();
    EXPECT_TRUE(status_of(answer) == 200 || status_of(answer) == 500) << action.name << answer;
  }
  EXPECT_GE(provider_calls(), before + 2) << "Get and Enumerate have asked";
}

INSTANTIATE_TEST_SUITE_P(Parts, AuthorisationControl,
                         ::testing::Values(Part{Transport::kept_connection, nullptr}), name_of);

}  // namespace
}  // namespace muster::agent
