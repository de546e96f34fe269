// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/ipc/watch_order.h"

#include <gtest/gtest.h>

namespace muster::ipc {
namespace {

const std::string kName(64, 'a');

WatchOrder order() {
  return {kName, "/var/log/a b", {"x", " y "}, std::chrono::seconds(3), Begin::where_it_was, Place::kept};
}

TEST(WatchOrder, ComesBackAsItWas) {
  const auto parsed = parse_watch(watch_call(order()));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->name, kName);
  EXPECT_EQ(parsed->file, "/var/log/a b");
  EXPECT_EQ(parsed->expressions, (std::vector<std::string>{"x", " y "}));
  EXPECT_EQ(parsed->interval, std::chrono::seconds(3));
  EXPECT_EQ(parsed->begin, Begin::where_it_was);
  EXPECT_EQ(parsed->place, Place::kept);
  const auto plain = parse_watch(watch_call({kName, "/x", {"x"}}));
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->begin, Begin::now);
  EXPECT_EQ(plain->place, Place::forgotten);
}

TEST(WatchOrder, OfAFrontThatWasTakenOverIsRefused) {
  const auto with = [](std::string_view name, const std::vector<std::string>& values) {
    cim::Invocation call = watch_call(order());
    for (auto& each : call.arguments) {
      if (each.name == name) each.values = values;
    }
    return call;
  };
  cim::Invocation other = watch_call(order());
  other.method = "GetMatchedRows";
  for (const auto& call :
       {with("watch", {"../../etc/x"}), with("watch", {std::string(63, 'a')}), with("watch", {}),
        with("filename", {"x"}), with("filename", {std::string("/x\0y", 4)}), with("filename", {}),
        with("filename", {"/" + std::string(4096, 'x')}), with("regexps", {}),
        with("regexps", std::vector<std::string>(65, "x")), with("EvaluationInterval", {"0"}),
        with("EvaluationInterval", {"3601"}), with("EvaluationInterval", {"x"}), other}) {
    const auto parsed = parse_watch(call);
    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().code, Errc::malformed);
  }
}

}  // namespace
}  // namespace muster::ipc
