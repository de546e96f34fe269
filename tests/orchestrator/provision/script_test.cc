// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/provision/host_line.h"
#include "orchestrator/steps/registry.gen.h"
#include "tests/orchestrator/provision/shell_run.h"

namespace muster {
namespace {

using test::run_program;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;

const ScriptValues kValues{
    {"package_bytes", "5"},
    {"package_sha256", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"},
    {"lock_seconds", "1"},
    {"lock_tries", "1"},
    {"certificate_names", "it's,10.0.0.1"},
    {"issuer_sha256", "ab"},
    {"renew_seconds", "10"},
    {"server_clock", "1"},
    {"restart_always", "no"}};

std::vector<std::string> names(Journey journey) {
  std::vector<std::string> list;
  for (const auto& step : plan_steps(all_steps(), journey)) list.emplace_back(step->name());
  return list;
}

std::string script(Journey journey, Place place) {
  return compose_script(plan_steps(all_steps(), journey), place, "mtest", kValues);
}

TEST(Plan, EachJourneyHasItsOrder) {
  EXPECT_THAT(names(Journey::provision),
              ElementsAre("probe", "upload", "install_package", "request_certificate", "install_certificate",
                          "restart_agent", "verify", "register"));
  EXPECT_THAT(names(Journey::restart), ElementsAre("probe", "restart_agent", "verify"));
  EXPECT_THAT(names(Journey::uninstall), ElementsAre("probe", "remove_agent", "forget"));
}

TEST(Plan, EveryStepIsAWordThatWorkersMaySay) {
  for (const auto& step : all_steps()) {
    EXPECT_TRUE(parse_host_line("m ok " + std::string(step->name()), "m")) << step->name();
  }
}

TEST(Script, EveryScriptIsCleanShellWithLinesThatATerminalTakes) {
  for (const auto journey : {Journey::provision, Journey::restart, Journey::uninstall}) {
    for (const auto place : {Place::login_user, Place::upload, Place::root}) {
      const auto text = "upload_forced=no\n" + script(journey, place);
      EXPECT_EQ(run_program({"dash", "-n"}, text).output, "");
      std::size_t start = 0;
      for (auto end = text.find('\n'); end != std::string::npos;
           start = end + 1, end = text.find('\n', start)) {
        EXPECT_LT(end - start, 4000U);
      }
      for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= ' ' && c < 0x7f));
    }
  }
}

TEST(Script, JourneyWithoutAStepInAPlaceHasNoScriptThere) {
  EXPECT_EQ(script(Journey::restart, Place::upload), "");
}

TEST(Script, ProbeSpeaksTheProtocolHere) {
  const auto result = run_program({"dash"}, script(Journey::provision, Place::login_user));
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.output, HasSubstr("mtest begin probe\n"));
  EXPECT_THAT(result.output, HasSubstr("mtest fact system=Linux\n"));
  EXPECT_THAT(result.output, ContainsRegex("mtest fact machine=[a-z0-9_]+\n"));
  EXPECT_THAT(result.output, ContainsRegex("mtest fact os=[a-z]+\n"));
  EXPECT_THAT(result.output, ContainsRegex("mtest fact os_name=[A-Za-z].*\n"));
  EXPECT_THAT(result.output, ContainsRegex("mtest fact var_free_kb=[0-9]+\n"));
  EXPECT_THAT(result.output, ContainsRegex("mtest fact tmp_free_kb=[0-9]+\n"));
  EXPECT_THAT(result.output, HasSubstr("mtest fact clock="));
  EXPECT_THAT(result.output, HasSubstr("mtest ok probe\nmtest end\n"));
}

std::string upload_with(std::string_view sent) {
  const auto loaded = "upload_forced=yes\n" + script(Journey::provision, Place::upload);
  return run_program({"dash", "-c", loaded}, sent).output;
}

std::string folder_in(const std::string& output) {
  const auto start = output.find("want ") + 5;
  return output.substr(start, output.find('\n', start) - start);
}

TEST(Script, WholeUploadIsConfirmedAndRemovedAtTheEnd) {
  const auto output = upload_with("hello");
  EXPECT_THAT(output, HasSubstr("mtest got\nmtest ok upload\n"));
  EXPECT_TRUE(is_upload_folder(folder_in(output)));
  EXPECT_EQ(run_program({"ls", folder_in(output)}, "").status, 2);
}

TEST(Script, CutUploadLeavesNothing) {
  for (const auto* sent : {"", "hell"}) {
    const auto output = upload_with(sent);
    EXPECT_THAT(output, HasSubstr("mtest failed upload E-UPLOAD")) << sent;
    EXPECT_EQ(run_program({"ls", folder_in(output)}, "").status, 2) << sent;
  }
}

}  // namespace
}  // namespace muster
