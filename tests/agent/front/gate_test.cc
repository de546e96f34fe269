// SPDX-License-Identifier: GPL-2.0-or-later
// The gate with a real WS-Management service behind it, and with a monitor played by the test at the other
// end of a real channel. What counts: who is admitted, what a refusal says, and how often the instances were
// asked for.
#include "agent/front/gate.h"

#include <gtest/gtest.h>

#include "core/cim/instance.h"
#include "core/wsman/client.h"
#include "core/wsman/render.h"
#include "tests/agent/ipc/raw_socket.h"
#include "tests/core/tls/authority.h"

namespace muster::agent {
namespace {

constexpr cim::Property kProperties[] = {{.name = "Name", .role = cim::Role::key}};
constexpr cim::ClassDecl kThing{"SCX_Thing", nullptr, "1.0", "a thing", kProperties};

class CountingSource final : public wsman::InstanceSource {
 public:
  void fetch(const wsman::Query& /*query*/, std::chrono::milliseconds /*deadline*/, Done done) override {
    ++fetches;
    cim::Instance row(class_);
    row.set("Name", std::string("one"));
    done(wsman::Rows{wsman::render_instance(row)});
  }
  const std::vector<const cim::Class*>& classes() const override { return classes_; }
  int fetches = 0;

 private:
  cim::Class class_{kThing};
  std::vector<const cim::Class*> classes_{&class_};
};

const std::string kBasic = "Basic bW9uaXRvcjpzZWNyZXQ=";  // monitor:secret

struct Outcome {
  http::Response response;
  bool admitted = false;
};

class GateTest : public ::testing::Test {
 protected:
  GateTest() : GateTest(ipc::testing::new_pair()) {}

  static http::Head head_of(std::vector<http::Field> fields) {
    fields.emplace_back("Content-Type", "application/soap+xml;charset=UTF-8");
    return {"POST", "/wsman", std::move(fields)};
  }

  static std::string enumerate() {
    return wsman::enumerate_request({.url = "https://agent:1270/wsman",
                                     .resource_uri = wsman::class_uri("SCX_Thing"),
                                     .cim_namespace = {},
                                     .selectors = {}},
                                    10);
  }

  // Takes one request through the gate; the monitor, if asked, gives this verdict.
  Outcome ask(const http::Head& head, const std::string& body, bool verdict = false,
              const http::Peer& peer = {}) {
    std::optional<http::Verdict> decision;
    int decisions = 0;
    bool waiting = false;
    gate_.authorise(head, peer, [&](http::Verdict decided) {
      decision = std::move(decided);
      ++decisions;
      if (waiting) loop_.stop();
    });
    if (!decision) {
      waiting = true;
      answer(verdict);
      loop_.run();
    }
    EXPECT_EQ(decisions, 1);
    Outcome outcome;
    if (auto* refused = std::get_if<http::Response>(&decision.value())) {
      outcome.response = std::move(*refused);
      return outcome;
    }
    auto* stranger = std::get_if<http::ServeStranger>(&decision.value());
    outcome.admitted = stranger == nullptr;
    const http::Serve& serve = stranger == nullptr ? std::get<http::Serve>(*decision) : stranger->serve;
    serve({head, body}, [&](http::Response r) { outcome.response = std::move(r); });
    return outcome;
  }

  void expect_refused(const Outcome& outcome, const std::string& why) const {
    EXPECT_EQ(outcome.response.status, 401) << why;
    EXPECT_EQ(outcome.response.body, "") << why;
    EXPECT_EQ(source_.fetches, 0) << why;
  }

  http::Loop loop_;
  CountingSource source_;
  wsman::Service service_{source_, {"Muster", "9.9.9", {"urn:profile"}}};
  ipc::Channel monitor_end_;
  MonitorClient monitor_;
  Gate gate_{service_, monitor_, Gate::Basic::offered};
  std::vector<ipc::Frame> asked_;

 private:
  explicit GateTest(std::pair<Fd, Fd> pair)
      : monitor_end_(std::move(pair.first), ipc::Party::monitor, ipc::Party::front, ipc::State::starting),
        monitor_(loop_, std::move(pair.second), {[](Fd) {}, [](auto, auto) {}, [this] { loop_.stop(); }}) {
    monitor_.say_ready();
    EXPECT_TRUE(monitor_end_.receive().has_value());
    monitor_end_.enter(ipc::State::serving);
  }

  void answer(bool verdict) {
    auto arrival = monitor_end_.receive();
    ASSERT_TRUE(arrival && *arrival) << "no decision, and the monitor was not asked";
    asked_.push_back((*arrival)->frame);
    const auto& user = asked_.back().fields.at(0);
    ASSERT_TRUE(monitor_end_.send(auth::authentication_answer(asked_.back().id, verdict, user)).has_value());
  }
};

TEST_F(GateTest, AdmitsWhomTheMonitorAccepts) {
  const auto outcome = ask(head_of({{"Authorization", kBasic}}), enumerate(), true, {"192.0.2.9", {}});
  EXPECT_TRUE(outcome.admitted);
  EXPECT_EQ(outcome.response.status, 200) << outcome.response.body;
  EXPECT_EQ(source_.fetches, 1);
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(asked_[0].fields, (std::vector<std::string>{"monitor", "secret", "192.0.2.9"}));
}

TEST_F(GateTest, AdmitsAVerifiedCertificateWithoutAskingTheMonitor) {
  const auto key = tls::testing::new_key();
  const http::Peer peer{"192.0.2.9", tls::testing::our_authority().leaf(key, {"ms1"}, tls::Purpose::client)};
  const auto outcome = ask(head_of({}), enumerate(), false, peer);
  EXPECT_EQ(outcome.response.status, 200);
  EXPECT_EQ(source_.fetches, 1);
  EXPECT_TRUE(asked_.empty());
}

TEST_F(GateTest, RefusesWhomTheMonitorRefusesAndOffersAnotherTry) {
  const auto outcome = ask(head_of({{"Authorization", kBasic}}), enumerate(), false);
  expect_refused(outcome, "refused by the monitor");
  const auto* offer = http::find_field(outcome.response.fields, "WWW-Authenticate");
  ASSERT_NE(offer, nullptr);
  EXPECT_EQ(*offer, "Basic realm=\"WSMAN\"");
  EXPECT_TRUE(outcome.response.close);
}

// One accepted request on a connection earns the next one nothing.
TEST_F(GateTest, AsksAgainForEveryRequest) {
  EXPECT_EQ(ask(head_of({{"Authorization", kBasic}}), enumerate(), true).response.status, 200);
  source_.fetches = 0;
  expect_refused(ask(head_of({}), enumerate()), "the second request has no header");
  expect_refused(ask(head_of({{"Authorization", kBasic}}), enumerate(), false), "the password was changed");
}

struct Row {
  const char* name;
  std::vector<http::Field> fields;
};

std::vector<Row> headers_without_authentication() {
  const std::string at = "Authorization";
  return {
      {"none", {}},
      {"empty", {{at, ""}}},
      {"a scheme alone", {{at, "Basic"}}},
      {"a scheme and a space", {{at, "Basic "}}},
      {"no base64", {{at, "Basic !!!!"}}},
      {"no colon", {{at, "Basic bW9uaXRvcg=="}}},
      {"no password", {{at, "Basic bW9uaXRvcjo="}}},
      {"no user", {{at, "Basic OnNlY3JldA=="}}},
      {"a NUL in the user", {{at, "Basic bW9uAG9yOnNlY3JldA=="}}},
      {"two headers", {{at, kBasic}, {at, kBasic}}},
      {"two headers, the second in another case", {{at, kBasic}, {"authorization", "Negotiate x"}}},
      {"another scheme", {{at, "Negotiate TlRMTVNTUAAB"}}},
      {"a token", {{at, "Bearer bW9uaXRvcjpzZWNyZXQ="}}},
      {"8 KiB", {{at, "Basic " + std::string(8192, 'A')}}},
      {"a header for proxies", {{"Proxy-Authorization", kBasic}}},
      {"a request for anonymous Identify", {{"WSMANIDENTIFY", "unauthenticated"}}},
      {"both", {{"WSMANIDENTIFY", "unauthenticated"}, {at, "Basic !!!!"}}},
  };
}

TEST_F(GateTest, RefusesEveryActionWithoutAuthentication) {
  auto unknown = enumerate();
  const std::string action = "enumeration/Enumerate";
  unknown.replace(unknown.find(action), action.size(), "enumeration/Unknown!!");
  const std::pair<const char*, std::string> bodies[] = {
      {"Enumerate", enumerate()},
      {"Get", wsman::get_request({.url = "https://agent:1270/wsman",
                                  .resource_uri = wsman::class_uri("SCX_Thing"),
                                  .cim_namespace = {},
                                  .selectors = {{"Name", "one"}}})},
      {"Pull",
       wsman::pull_request(
           {.url = "x", .resource_uri = wsman::class_uri("SCX_Thing"), .cim_namespace = {}, .selectors = {}},
           "context", 1)},
      {"unknown", unknown},
      {"nothing", ""},
      {"no XML", "<<<"},
  };
  for (const auto& row : headers_without_authentication()) {
    for (const auto& [name, body] : bodies) {
      expect_refused(ask(head_of(row.fields), body), std::string(row.name) + ", " + name);
    }
  }
  EXPECT_TRUE(asked_.empty());
}

TEST_F(GateTest, AnonymousIdentifyGivesNoVersion) {
  const auto outcome = ask(head_of({{"WSMANIDENTIFY", "unauthenticated"}}), wsman::identify_request());
  EXPECT_FALSE(outcome.admitted) << "nobody has proved who he is";
  EXPECT_EQ(outcome.response.status, 200);
  EXPECT_NE(outcome.response.body.find("IdentifyResponse"), std::string::npos);
  EXPECT_EQ(outcome.response.body.find("9.9.9"), std::string::npos);
  EXPECT_EQ(outcome.response.body.find("urn:profile"), std::string::npos);
}

// DSP0226 R5.3-2: there, nobody is asked for credentials; what is refused is refused without a challenge.
TEST_F(GateTest, TheAnonymousPathIsForIdentifyAlone) {
  auto head = head_of({{"Authorization", kBasic}});
  for (const char* target : {"/wsman-anon/identify", "https://h1:1270/wsman-anon/identify?x"}) {
    head.target = target;
    const auto identity = ask(head, wsman::identify_request());
    EXPECT_EQ(identity.response.status, 200) << target;
    EXPECT_EQ(identity.response.body.find("9.9.9"), std::string::npos);
    const auto other = ask(head, enumerate());
    EXPECT_EQ(other.response.status, 403) << target;
    EXPECT_EQ(http::find_field(other.response.fields, "WWW-Authenticate"), nullptr);
    EXPECT_EQ(other.response.body, "");
  }
  for (const char* target : {"/wsman-anon", "/wsman-anon/", "/wsman-anon/identify/x"}) {
    head.target = target;
    EXPECT_EQ(ask(head, wsman::identify_request()).response.status, 404) << target;
  }
  EXPECT_EQ(source_.fetches, 0);
  EXPECT_TRUE(asked_.empty());
}

TEST_F(GateTest, NothingIsInflatedForAStranger) {
  const std::vector<http::Field> fields = {{"WSMANIDENTIFY", "unauthenticated"},
                                           {"Content-Encoding", "gzip"}};
  expect_refused(ask(head_of(fields), wsman::identify_request()), "compressed");
  auto head = head_of(fields);
  head.target = "/wsman-anon/identify";
  const auto outcome = ask(head, wsman::identify_request());
  EXPECT_FALSE(outcome.admitted);
  EXPECT_EQ(outcome.response.status, 415);
}

TEST_F(GateTest, TheTargetMayBeAnAbsoluteUri) {
  auto head = head_of({{"Authorization", kBasic}});
  head.target = "https://elsewhere:1/wsman?PSVersion=5.1";
  EXPECT_EQ(ask(head, enumerate(), true).response.status, 200);
  head.target = "https://elsewhere:1/other";
  EXPECT_EQ(ask(head, enumerate(), true).response.status, 404);
}

TEST_F(GateTest, IdentifyWithoutTheHeaderNeedsAuthentication) {
  expect_refused(ask(head_of({}), wsman::identify_request()), "Identify");
  expect_refused(ask(head_of({{"WSMANIDENTIFY", "please"}}), wsman::identify_request()), "Identify");
  const auto outcome = ask(head_of({{"Authorization", kBasic}}), wsman::identify_request(), true);
  EXPECT_NE(outcome.response.body.find("9.9.9"), std::string::npos);
}

TEST_F(GateTest, KnowsOnePathAndOneMethod) {
  const std::tuple<const char*, const char*, int> table[] = {
      {"GET", "/wsman", 405},      {"HEAD", "/wsman", 405},
      {"OPTIONS", "/wsman", 405},  {"post", "/wsman", 405},
      {"POST", "/", 404},          {"POST", "", 404},
      {"POST", "/wsmanx", 404},    {"POST", "/wsman/x", 404},
      {"POST", "/wsman//", 404},   {"POST", "//wsman", 404},
      {"POST", "/wsman/..", 404},  {"POST", "/x/../wsman", 404},
      {"POST", "/%77sman", 404},   {"POST", "/WSMAN", 404},
      {"POST", "wsman", 404},      {"POST", "https://a/x/wsman", 404},
      {"GET", "/etc/passwd", 404}, {"POST", "https:///wsman", 404},
  };
  for (const auto& [method, target, status] : table) {
    const auto outcome = ask({method, target, {{"Authorization", kBasic}}}, enumerate());
    EXPECT_FALSE(outcome.admitted) << method << " " << target;
    EXPECT_EQ(outcome.response.status, status) << method << " " << target;
    EXPECT_TRUE(outcome.response.close);
  }
  EXPECT_TRUE(asked_.empty());
  for (const char* target : {"/wsman", "/wsman/", "/wsman?PSVersion=5.1", "/wsman/?x=/.."}) {
    EXPECT_TRUE(ask({"POST", target, {{"Authorization", kBasic}}}, "", true).admitted) << target;
  }
}

TEST_F(GateTest, WithBasicOffTheMonitorIsNeverAsked) {
  Gate certificates_only(service_, monitor_, Gate::Basic::off);
  std::optional<http::Verdict> decision;
  certificates_only.authorise(head_of({{"Authorization", kBasic}}), {},
                              [&](http::Verdict decided) { decision = std::move(decided); });
  ASSERT_TRUE(decision.has_value());
  const auto& refused = std::get<http::Response>(*decision);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(http::find_field(refused.fields, "WWW-Authenticate"), nullptr);
  const auto nothing = monitor_end_.receive();
  ASSERT_TRUE(nothing.has_value());
  EXPECT_FALSE(nothing->has_value());
}

// Answers come in any order; each finds its own question.
TEST_F(GateTest, AnswerOfOneIsNotTheAnswerOfAnother) {
  std::vector<std::optional<http::Verdict>> decisions(2);
  for (std::size_t i = 0; i < 2; ++i) {
    gate_.authorise(head_of({{"Authorization", kBasic}}), {}, [&, i](http::Verdict decided) {
      decisions[i] = std::move(decided);
      if (decisions[0] && decisions[1]) loop_.stop();
    });
  }
  std::vector<std::uint64_t> ids;
  for (int i = 0; i < 2; ++i) {
    const auto arrival = monitor_end_.receive();
    ASSERT_TRUE(arrival && *arrival);
    ids.push_back((*arrival)->frame.id);
  }
  const auto say = [&](std::uint64_t id, bool accepted) {
    EXPECT_TRUE(monitor_end_.send(auth::authentication_answer(id, accepted, "monitor")).has_value());
  };
  say(999, true);  // an answer to nobody
  say(ids[1], true);
  say(ids[1], true);  // a second answer to somebody who has one
  say(ids[0], false);
  loop_.run();
  EXPECT_TRUE(std::holds_alternative<http::Response>(decisions[0].value()));
  EXPECT_TRUE(std::holds_alternative<http::Serve>(decisions[1].value()));
}

TEST_F(GateTest, AnswerThatIsNoVerdictIsARefusal) {
  const std::vector<std::vector<std::string>> table = {
      {},
      {"accepted"},
      {"accepted", ""},
      {"accepted", "monitor"},
      {"accepted", "", "ticket"},
      {"accepted", "monitor", "ticket", "more"},
      {"Accepted", "monitor", "ticket"},
      {"", "monitor", "ticket"},
  };
  for (const auto& fields : table) {
    std::optional<http::Verdict> decision;
    gate_.authorise(head_of({{"Authorization", kBasic}}), {}, [&](http::Verdict decided) {
      decision = std::move(decided);
      loop_.stop();
    });
    const auto arrival = monitor_end_.receive();
    ASSERT_TRUE(arrival && *arrival);
    EXPECT_TRUE(monitor_end_.send({ipc::Tag::authenticated, (*arrival)->frame.id, fields}).has_value());
    loop_.run();
    EXPECT_TRUE(std::holds_alternative<http::Response>(decision.value())) << fields.size();
  }
}

}  // namespace
}  // namespace muster::agent
