// SPDX-License-Identifier: GPL-2.0-or-later
// A call on its way to a provider, and what the provider host makes of it.
#include "agent/host/call.h"

#include <gtest/gtest.h>

#include "agent/host/provider_host.h"
#include "agent/ipc/arguments.h"

namespace muster::agent {
namespace {

constexpr cim::Property kProperties[] = {{.name = "Name", .role = cim::Role::key}};
constexpr cim::ClassDecl kThing{"SCX_Thing", nullptr, "1.0", "a thing", kProperties};

class Thing final : public Provider {
 public:
  const cim::Class& cim_class() const override { return class_; }
  Result<void> enumerate(const Emit& /*emit*/) override { return {}; }
  Result<cim::Arguments> invoke(const cim::Invocation& call) override {
    if (call.method != "Turn") return Provider::invoke(call);
    return cim::Arguments{{"ReturnValue", {cim::text_of(call.arguments, "way")}}, {"rows", {"a", "b"}}};
  }

 private:
  cim::Class class_{kThing};
};

cim::Invocation turn() {
  return {"SCX_Thing", "Turn", {{"Name", "one"}}, {{"way", {"left"}}}};
}

TEST(Call, ComesBackAsItWas) {
  const auto parsed = parse_call(call_frame(7, turn()));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->class_name, "SCX_Thing");
  EXPECT_EQ(parsed->method, "Turn");
  ASSERT_EQ(parsed->keys.size(), 1U);
  EXPECT_EQ(parsed->keys[0].value, "one");
  EXPECT_EQ(cim::text_of(parsed->arguments, "way"), "left");
}

TEST(Call, OfAFrontThatWasTakenOverIsRefused) {
  auto frame = call_frame(7, turn());
  for (const char* count : {"", "x", "-1", "2", "18446744073709551615"}) {
    frame.fields[3] = count;
    EXPECT_FALSE(parse_call(frame).has_value()) << count;
  }
  EXPECT_FALSE(parse_call({ipc::Tag::fetch, 1, {"invoke", "SCX_Thing"}}).has_value());
  EXPECT_FALSE(parse_call({ipc::Tag::rows, 1, turn().arguments[0].values}).has_value());
}

TEST(Call, IsAnsweredByTheProviderOfItsClass) {
  ProviderList providers;
  providers.push_back(std::make_unique<Thing>());
  std::vector<std::string> rows;
  const auto collect = [&](std::string row) { rows.push_back(std::move(row)); };
  ASSERT_TRUE(answer(call_frame(1, turn()), providers, collect).has_value());
  const auto arguments = ipc::parse_arguments(rows);
  ASSERT_TRUE(arguments.has_value());
  EXPECT_EQ(cim::text_of(*arguments, "ReturnValue"), "left");
  EXPECT_EQ(cim::find_argument(*arguments, "rows")->values.size(), 2U);

  auto other = turn();
  other.method = "Melt";
  EXPECT_EQ(answer(call_frame(1, other), providers, collect).error().code, Errc::unsupported);
  other.class_name = "SCX_None";
  EXPECT_EQ(answer(call_frame(1, other), providers, collect).error().code, Errc::not_found);
}

}  // namespace
}  // namespace muster::agent
