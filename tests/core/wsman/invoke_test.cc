// SPDX-License-Identifier: GPL-2.0-or-later
// Custom actions: which method is meant, what its parameters must be, and the answer's form.
#include <gtest/gtest.h>

#include "core/wsman/prescan.h"
#include "tests/core/wsman/fixture.h"
#include "tests/fakes/golden.h"

namespace muster::wsman {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using cim::Direction;
using cim::Need;
using cim::Type;

constexpr cim::Parameter kRunParameters[] = {
    {"Command", Type::string, Direction::in, Need::required, cim::Shape::scalar, ""},
    {"Code", Type::sint32, Direction::out, Need::optional, cim::Shape::scalar, ""},
    {"Lines", Type::string, Direction::out, Need::optional, cim::Shape::array, ""},
    {"count", Type::uint16, Direction::in, Need::optional, cim::Shape::scalar, ""},
    {"quick", Type::boolean, Direction::in, Need::optional, cim::Shape::scalar, ""},
    {"words", Type::string, Direction::in, Need::optional, cim::Shape::array, ""},
};
constexpr cim::Method kMethods[] = {
    {"Run", Type::boolean, kRunParameters, "runs"},
    {"Stop", Type::uint32, {}, "stops", cim::Scope::of_instance},
};
constexpr cim::ClassDecl kEngine{"TEST_Engine",           &kBase,  "1.0", "engine", {},
                                 cim::Standing::concrete, kMethods};
constexpr cim::ClassDecl kRacer{"TEST_Racer", &kEngine, "1.0", "racer", {}};

class EngineSource final : public InstanceSource {
 public:
  void fetch(const Query& /*query*/, std::chrono::milliseconds /*deadline*/, Done done) override {
    done(Rows{});
  }
  const std::vector<const cim::Class*>& classes() const override { return classes_; }

 private:
  cim::Class engine_{kEngine};
  cim::Class racer_{kRacer};
  std::vector<const cim::Class*> classes_{&engine_, &racer_};
};

class Engine final : public MethodTarget {
 public:
  void invoke(const cim::Invocation& invocation, const Bounds& bounds, Done done) override {
    calls.push_back(invocation);
    last = bounds;
    hold ? static_cast<void>(held = std::move(done)) : done(outcome);
  }
  void abandon() override { std::exchange(held, nullptr)(Fault{FaultCode::timed_out}); }
  bool hold = false;
  Done held;
  std::vector<cim::Invocation> calls;
  Bounds last{};
  MethodOutcome outcome = cim::Arguments{{"ReturnValue", {"TRUE"}}};
};

class InvokeTest : public ::testing::Test {
 protected:
  Reply ask(std::string_view body, std::shared_ptr<MethodTarget> methods) {
    std::optional<Reply> answer;
    service_.handle(
        "alice", {"application/soap+xml;charset=UTF-8", "", body},
        [&](Reply reply) { answer = std::move(reply); }, std::move(methods));
    return answer.value_or(Reply{0, "", "no answer"});
  }
  Reply ask(std::string_view body) { return ask(body, engine_); }

  static std::string uri(std::string_view name, std::string_view form = names::kMicrosoftClass) {
    return std::string(form) + std::string(name);
  }
  static std::string input(std::string_view method, std::string_view inside,
                           std::string_view space = names::kDmtfClass) {
    const std::string name = "c:" + std::string(method) + "_INPUT";
    return "<" + name + " xmlns:c=\"" + std::string(space) + "TEST_Engine\">" + std::string(inside) + "</" +
           name + ">";
  }
  static std::string run(std::string_view inside, std::string_view more = {}) {
    return envelope(headers(uri("TEST_Engine/Run"), "TEST_Engine", more), input("Run", inside));
  }
  static std::string command() { return "<c:Command>id</c:Command>"; }

  EngineSource source_;
  Service service_{source_,
                   {"Muster", "0.1.0", {}},
                   {[] { return std::chrono::steady_clock::time_point{}; },
                    [](std::span<unsigned char> out) { std::fill(out.begin(), out.end(), 7); }}};
  std::shared_ptr<Engine> engine_ = std::make_shared<Engine>();
};

TEST_F(InvokeTest, RefusesEachWithItsPreciseFault) {
  struct Case {
    std::string request, expected;
  };
  const auto of = [](std::string_view action, std::string_view class_name, std::string_view body) {
    return envelope(headers(action, class_name), body);
  };
  const std::string dmtf(names::kDmtfClass);
  const std::vector<Case> cases = {
      {run(command()), "200"},
      {of(uri("TEST_Engine/Run", names::kDmtfClass), "TEST_Engine", input("Run", command())), "200"},
      {of(uri("test_engine/run"), "TEST_Engine", input("run", command())), "200"},
      {of(uri("TEST_Engine?__cimnamespace=root/scx/Run"), "TEST_Engine", input("Run", command())), "200"},
      {of(uri("TEST_Engine/Run"), "TEST_Engine", input("Run", command(), names::kMicrosoftClass)), "200"},
      {of(uri("TEST_Engine/Walk"), "TEST_Engine", input("Walk", "")), "wsa:ActionNotSupported"},
      {of(uri("TEST_Engine/"), "TEST_Engine", input("Run", command())), "wsa:ActionNotSupported"},
      {of(uri("TEST_Engine/Run/Run"), "TEST_Engine", input("Run", command())), "wsa:ActionNotSupported"},
      {of(uri("TEST_Engine"), "TEST_Engine", input("Run", command())), "wsa:ActionNotSupported"},
      {of(uri("TEST_Racer/Run"), "TEST_Engine", input("Run", command())), "wsa:ActionNotSupported"},
      {of(uri("*/Run"), "*", input("Run", command())), "wsa:ActionNotSupported"},
      {of(uri("XX_None/Run"), "XX_None", "<c:Run_INPUT xmlns:c=\"" + dmtf + "XX_None\"/>"),
       "wsa:DestinationUnreachable/InvalidResourceURI"},
      {of(uri("TEST_Engine/Run"), "TEST_Engine", ""), "wsman:SchemaValidationError"},
      {of(uri("TEST_Engine/Run"), "TEST_Engine", input("Other", command())), "wsman:SchemaValidationError"},
      {of(uri("TEST_Engine/Run"), "TEST_Engine", input("Run", command(), "http://example.com/")),
       "wsman:SchemaValidationError"},
      {run(command() + "text"), "wsman:SchemaValidationError"},
      {run(""), "wsman:InvalidParameter"},
      {run("<c:Command xmlns:x=\"" + std::string(names::kXsi) + R"(" x:nil="true"/>)"),
       "wsman:InvalidParameter"},
      {run(command() + "<c:Colour>red</c:Colour>"), "wsman:InvalidParameter/InvalidName"},
      {run(command() + "<c:Code>1</c:Code>"), "wsman:InvalidParameter/InvalidName"},
      {run(command() + "<x:count xmlns:x=\"urn:x\">1</x:count>"), "wsman:InvalidParameter/InvalidName"},
      {run(command() + command()), "wsman:InvalidParameter"},
      {run(command() + "<c:count>long</c:count>"), "wsman:InvalidParameter/TypeMismatch"},
      {run(command() + "<c:count>65536</c:count>"), "wsman:InvalidParameter/InvalidValue"},
      {run(command() + "<c:count>1</c:count><c:COUNT>1</c:COUNT>"), "wsman:InvalidParameter"},
      {run(command() + "<c:quick>maybe</c:quick>"), "wsman:InvalidParameter/TypeMismatch"},
      {run("<c:Command><b/></c:Command>"), "wsman:InvalidParameter/TypeMismatch"},
  };
  for (const Case& each : cases) EXPECT_EQ(verdict(ask(each.request)), each.expected) << each.request;
}

TEST_F(InvokeTest, AMethodWhoseClientHasLeftIsAbandoned) {
  engine_->hold = true;
  std::optional<Reply> answer;
  std::function<void()> gone;
  const std::string request = run(command());
  service_.handle(
      "alice", {"application/soap+xml;charset=UTF-8", "", request},
      [&](Reply reply) { answer = std::move(reply); }, engine_,
      [&](std::function<void()> call) { gone = std::move(call); });
  ASSERT_FALSE(answer);
  ASSERT_TRUE(gone);
  gone();
  ASSERT_TRUE(answer);
  EXPECT_EQ(verdict(*answer), "wsman:TimedOut");
}

TEST_F(InvokeTest, HandsOnTheArgumentsInCanonicalFormUnderTheirDeclaredNames) {
  ask(run(
      "<c:words>a</c:words><c:QUICK> true </c:QUICK><c:words></c:words><c:command> x &amp; y </c:command>"));
  ASSERT_EQ(engine_->calls.size(), 1U);
  const cim::Invocation& call = engine_->calls[0];
  EXPECT_EQ(call.class_name, "TEST_Engine");
  EXPECT_EQ(call.method, "Run");
  ASSERT_EQ(call.arguments.size(), 3U);
  EXPECT_EQ(call.arguments[0].name, "words");
  EXPECT_EQ(call.arguments[0].values, (std::vector<std::string>{"a", ""}));
  EXPECT_EQ(cim::text_of(call.arguments, "quick"), "TRUE");
  EXPECT_EQ(cim::text_of(call.arguments, "Command"), " x & y ");
}

TEST_F(InvokeTest, AnInstanceMethodNeedsExactlyTheKeysAndAStaticOneNone) {
  const auto stop = [](std::string_view more) {
    return envelope(headers(uri("TEST_Engine/Stop"), "TEST_Engine", more), input("Stop", ""));
  };
  EXPECT_EQ(verdict(ask(stop(""))), "wsman:InvalidSelectors/InsufficientSelectors");
  EXPECT_EQ(verdict(ask(stop(selectors({{"Colour", "red"}})))), "wsman:InvalidSelectors/UnexpectedSelectors");
  EXPECT_EQ(verdict(ask(stop(selectors({{"Name", "one"}, {"__cimnamespace", "root/scx"}})))), "200");
  ASSERT_EQ(engine_->calls.size(), 1U);
  ASSERT_EQ(engine_->calls[0].keys.size(), 1U);
  EXPECT_EQ(engine_->calls[0].keys[0].value, "one");
  EXPECT_EQ(verdict(ask(run(command(), selectors({{"Name", "one"}})))), "200");
  EXPECT_TRUE(engine_->calls[1].keys.empty());
}

TEST_F(InvokeTest, AnInheritedMethodBelongsToTheDescendant) {
  const std::string body = "<c:Run_INPUT xmlns:c=\"" + std::string(names::kDmtfClass) +
                           "TEST_Racer\"><c:Command>id</c:Command></c:Run_INPUT>";
  const Reply reply = ask(envelope(headers(uri("TEST_Racer/Run"), "TEST_Racer"), body));
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.body.find("<p:TEST_Racer_OUTPUT"), std::string::npos);
}

TEST_F(InvokeTest, TheAnswerIsTheRecordedOctets) {
  engine_->outcome = cim::Arguments{{"Lines", {"a <b>", "c"}}, {"ReturnValue", {"FALSE"}}, {"Code", {"3"}}};
  const std::string got = ask(run(command())).body + "\n";
  EXPECT_TRUE(prescan(got));
  EXPECT_EQ(got, muster::testing::golden("wsman/invoke.xml", got));
}

TEST_F(InvokeTest, WhatDidNotComeBackIsNil) {
  const Reply reply = ask(run(command()));
  EXPECT_NE(reply.body.find(
                "<p:ReturnValue>TRUE</p:ReturnValue><p:Code xsi:nil=\"true\"/><p:Lines xsi:nil=\"true\"/>"),
            std::string::npos)
      << reply.body;
}

TEST_F(InvokeTest, AFaultOfTheMethodIsTheFault) {
  engine_->outcome = Fault{FaultCode::access_denied, "no grant"};
  const Reply reply = ask(run(command()));
  EXPECT_EQ(verdict(reply), "wsman:AccessDenied");
  EXPECT_NE(reply.body.find("no grant"), std::string::npos);
}

TEST_F(InvokeTest, WithoutATargetNoMethodIsOffered) {
  EXPECT_EQ(verdict(ask(run(command()), nullptr)), "wsa:ActionNotSupported");
}

TEST_F(InvokeTest, TellsTheTargetItsBounds) {
  ask(run(command(),
          "<w:OperationTimeout>PT5S</w:OperationTimeout><w:MaxEnvelopeSize>10000</w:MaxEnvelopeSize>"));
  EXPECT_EQ(engine_->last.deadline, 5000ms);
  EXPECT_GT(engine_->last.octets, 6000U);
  EXPECT_LT(engine_->last.octets, 9000U);
}

TEST_F(InvokeTest, AnAnswerThatDoesNotFitIsSaidToHaveBeenCarriedOut) {
  engine_->outcome = cim::Arguments{{"Lines", {std::string(9000, 'x')}}};
  const auto with = [&](const char* size) {
    return run(command(), "<w:MaxEnvelopeSize>" + std::string(size) + "</w:MaxEnvelopeSize>");
  };
  EXPECT_EQ(verdict(ask(with("10000"))), "wsman:EncodingLimit/UnreportableSuccess");
  EXPECT_EQ(verdict(ask(with("20000"))), "200");
  EXPECT_EQ(engine_->calls.size(), 2U);
}

}  // namespace
}  // namespace muster::wsman
