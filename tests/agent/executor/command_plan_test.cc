// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/command_plan.h"

#include <gtest/gtest.h>

namespace muster::executor {
namespace {

using Words = std::vector<std::string>;

cim::Invocation call(const std::string& method, cim::Arguments arguments) {
  return {"SCX_OperatingSystem", method, {}, std::move(arguments)};
}

TEST(CommandPlan, SplitsWordsAsAShellWouldAndNoMore) {
  struct Case {
    const char* text;
    Words words;
  };
  const Case table[] = {
      {"", {}},
      {"  \t\n ", {}},
      {"id", {"id"}},
      {"/bin/echo a  b\tc\n", {"/bin/echo", "a", "b", "c"}},
      {"a 'b c' d", {"a", "b c", "d"}},
      {"a \"b c\" d", {"a", "b c", "d"}},
      {"a'b'\"c\"d", {"abcd"}},
      {"'' \"\"", {"", ""}},
      {R"(a\ b \'c\')", {"a b", "'c'"}},
      {R"('a\b')", {"a\\b"}},
      {R"("a\"b\\c\d")", {R"(a"b\c\d)"}},
      {"'it'\\''s'", {"it's"}},
      {"echo $HOME `id` $(id) * ; | & > x", {"echo", "$HOME", "`id`", "$(id)", "*", ";", "|", "&", ">", "x"}},
      {"a # b", {"a", "#", "b"}},
  };
  for (const Case& each : table) {
    const auto words = split_words(each.text);
    ASSERT_TRUE(words.has_value()) << each.text;
    EXPECT_EQ(*words, each.words) << each.text;
  }
  for (const char* text : {"'a", "a \"b", "a\\", "\"a\\", "'a\""}) {
    const auto words = split_words(text);
    ASSERT_FALSE(words.has_value()) << text;
    EXPECT_EQ(words.error().code, Errc::malformed);
  }
}

TEST(CommandPlan, RunsWhatItsMethodSays) {
  const auto run = [](const std::string& method, cim::Arguments arguments, bool is_root = false) {
    const auto plan = plan_of(call(method, std::move(arguments)));
    EXPECT_TRUE(plan.has_value()) << (plan ? "" : plan.error().what);
    return plan ? words_to_run(*plan, "/s", is_root) : Words{};
  };
  EXPECT_EQ(run("ExecuteCommand", {{"Command", {"id -u"}}}), (Words{"id", "-u"}));
  EXPECT_EQ(run("ExecuteCommand", {{"Command", {"id"}}, {"ElevationType", {""}}}), (Words{"id"}));
  EXPECT_EQ(run("ExecuteCommand", {{"Command", {"id"}}, {"ElevationType", {"SUDO"}}}),
            (Words{"sudo", "-n", "--", "id"}));
  EXPECT_EQ(run("ExecuteCommand", {{"Command", {"id"}}, {"ElevationType", {"sudo"}}}, true), (Words{"id"}));
  EXPECT_EQ(run("ExecuteShellCommand", {{"Command", {"id; id"}}}), (Words{"/bin/sh", "-c", "id; id"}));
  EXPECT_EQ(run("ExecuteShellCommand", {{"Command", {"aWQ7\r\n IGlk"}}, {"b64encoded", {"TRUE"}}}),
            (Words{"/bin/sh", "-c", "id; id"}));
  EXPECT_EQ(run("ExecuteScript", {{"Script", {"echo"}}, {"Arguments", {"a 'b c'"}}}),
            (Words{"/bin/sh", "/s", "a", "b c"}));
  EXPECT_EQ(run("ExecuteScript", {{"Script", {"#!/usr/bin/awk -f\n"}}, {"ElevationType", {"sudo"}}}),
            (Words{"sudo", "-n", "--", "/s"}));
  EXPECT_EQ(plan_of(call("ExecuteCommand", {{"Command", {"id"}}, {"timeout", {"7"}}}))->timeout,
            std::chrono::seconds(7));
}

TEST(CommandPlan, RefusesWithTheParametersName) {
  struct Case {
    const char* method;
    cim::Arguments arguments;
    const char* what;
  };
  const Case table[] = {
      {"ExecuteCommand", {}, "Command: is empty"},
      {"ExecuteCommand", {{"Command", {" \n"}}}, "Command: is empty"},
      {"ExecuteCommand", {{"Command", {"'id"}}}, "Command: a ' without its end"},
      {"ExecuteCommand", {{"Command", {"id"}}, {"ElevationType", {"su"}}}, "ElevationType: su is neither"},
      {"ExecuteShellCommand", {{"Command", {"id"}}, {"b64encoded", {"TRUE"}}}, "Command: not base64"},
      {"ExecuteShellCommand", {{"Command", {"aQBk"}}, {"b64encoded", {"TRUE"}}}, "Command: holds an octet 0"},
      {"ExecuteScript", {{"Script", {"id"}}, {"Arguments", {"\"a"}}}, "Arguments: a \" without"},
  };
  for (const Case& each : table) {
    const auto plan = plan_of(call(each.method, each.arguments));
    ASSERT_FALSE(plan.has_value()) << each.what;
    EXPECT_EQ(plan.error().code, Errc::malformed);
    EXPECT_TRUE(plan.error().what.starts_with(each.what)) << plan.error().what;
  }
}

}  // namespace
}  // namespace muster::executor
