// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/command_line.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/commands/registry.gen.h"

namespace muster {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStderr;
using ::testing::internal::GetCapturedStdout;

// A command that tells what it was given and ends as it is told.
class Echo : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    auto* command =
        add_command(root, "echo", {.summary = "tells", .description = {}, .examples = "muster echo a"});
    command->add_option("word", words_)->type_name("WORD");
    command->add_option("--as", ending_)->type_name("WAY");
    return command;
  }
  bool needs_workers() const override { return ending_ == "worker"; }
  Result<Exit> run(Environment& environment) override {
    print(environment.state_folder + "|" + std::to_string(environment.workers != nullptr));
    for (const auto& word : words_) print("|" + word);
    if (ending_ == "error") return fail(Errc::unreachable, "web1: refused", "start it");
    if (ending_ == "throw") throw std::runtime_error("a slip");
    return ending_ == "partly" ? Exit::partly : Exit::ok;
  }

 private:
  std::vector<std::string> words_;
  std::string ending_;
};

struct Outcome {
  int status;
  std::string out;
  std::string err;
};

Outcome run(std::vector<std::unique_ptr<Command>> commands, const std::vector<std::string>& words) {
  CaptureStdout();
  CaptureStderr();
  const int status = CommandLine(std::move(commands)).run(words, []() -> Result<ForkServer*> {
    return fail(Errc::unsupported, "no workers in this test");
  });
  return {status, GetCapturedStdout(), GetCapturedStderr()};
}

Outcome echo(std::vector<std::string> words) {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(std::make_unique<Echo>());
  words.insert(words.begin(), {"--state", "/s"});
  return run(std::move(commands), words);
}

TEST(CommandLine, options_of_every_command_may_stand_before_or_after_it) {
  EXPECT_EQ(echo({"echo", "a", "b"}).out, "/s|0|a|b");
  EXPECT_EQ(echo({"echo", "a", "--state", "/t"}).status, 2);  // given twice
  EXPECT_EQ(echo({"echo", "echo"}).out, "/s|0|echo");         // a word that is also a command
}

TEST(CommandLine, the_exit_status_is_the_commands) {
  EXPECT_EQ(echo({"echo"}).status, 0);
  EXPECT_EQ(echo({"echo", "--as", "partly"}).status, 3);
}

TEST(CommandLine, an_error_is_two_lines_on_standard_error) {
  const auto outcome = echo({"echo", "--as", "error"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "muster: web1: refused\n  hint: start it\n");
}

TEST(CommandLine, an_error_is_a_document_with_json) {
  const auto outcome = echo({"echo", "--as", "error", "--json"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, HasSubstr("\"what\": \"web1: refused\""));
  EXPECT_THAT(outcome.out, HasSubstr("\"code\": \"unreachable\""));
}

TEST(CommandLine, an_exception_is_a_bug_and_no_crash) {
  const auto outcome = echo({"echo", "--as", "throw"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("a slip"));
}

TEST(CommandLine, a_command_that_needs_workers_does_not_run_without) {
  const auto outcome = echo({"echo", "--as", "worker"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out, "");
}

TEST(CommandLine, wrong_usage_is_two_and_says_what_to_do) {
  struct Case {
    std::vector<std::string> words;
    const char* message;
  };
  const Case cases[] = {
      {{"ecko"}, "did you mean \"echo\"?"},
      {{"zzzzzz"}, "muster --help lists them"},
      {{}, "which command?"},
      {{"echo", "--bogus"}, "--bogus"},
      {{"echo", "--as"}, "--as"},
  };
  for (const auto& one : cases) {
    const auto outcome = echo(one.words);
    EXPECT_EQ(outcome.status, 2) << one.message;
    EXPECT_THAT(outcome.err, HasSubstr(one.message));
    EXPECT_EQ(outcome.out, "");
  }
}

TEST(CommandLine, what_is_wrong_is_named_at_every_level_with_its_own_help) {
  struct Case {
    std::vector<std::string> words;
    const char* what;
    const char* hint;
  };
  const Case cases[] = {
      {{"ca", "shwo"}, "\"shwo\" is not a command of muster ca", "did you mean \"show\"?"},
      {{"inventory", "chekc", "x"},
       "\"chekc\" is not a command of muster inventory",
       "did you mean \"check\"?"},
      {{"wsman", "invoke"}, "\"invoke\" is not a command of muster wsman", "muster wsman --help"},
      {{"wsman"}, "which command of muster wsman?", "muster wsman --help"},
      {{"help", "pol"}, "\"pol\" is not a command", "did you mean \"poll\"?"},
      {{"runs", "list", "--jsn"}, "--jsn: no such option of muster runs list", "did you mean \"--json\"?"},
      {{"runs", "list", "-Z"}, "-Z: no such option", "muster runs list --help"},
      {{"--limit", "web", "poll"}, "--limit: no such option of muster", "behind its name"},
      {{"runs", "show", "abc"}, "RUN: \"abc\" is no number of a run", "muster runs show --help"},
      {{"runs", "show", "1", "2"}, "\"2\": a word too many", "muster runs show --help"},
      {{"runs", "list", "--newest", "0"},
       "--newest: Value 0 not in range 1 to 100000",
       "muster runs list --help"},
      {{"inventory", "check"}, "INVENTORY is missing", "muster inventory check --help"},
      {{"provision"}, "--inventory FILE is missing", "muster provision --help"},
      {{"poll", "--limit", "a", "--limit=b"}, "--limit: given twice", "muster poll --help"},
      {{"poll", "--limit"}, "--limit: its PATTERN is missing", "muster poll --help"},
  };
  for (const auto& one : cases) {
    const auto outcome = run(all_commands(), one.words);
    EXPECT_EQ(outcome.status, 2) << one.what;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr(one.what), HasSubstr(one.hint)));
    EXPECT_LT(outcome.err.size(), 200U) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
}

TEST(CommandLine, help_of_a_command_is_its_help_option) {
  const auto asked = run(all_commands(), {"help", "wsman", "get"});
  EXPECT_EQ(asked.status, 0);
  EXPECT_EQ(asked.out, run(all_commands(), {"wsman", "get", "--help"}).out);
  EXPECT_EQ(run(all_commands(), {"help"}).out, run(all_commands(), {"--help"}).out);
}

TEST(CommandLine, a_configuration_that_is_named_must_exist) {
  const auto outcome = echo({"--config", "/nonexistent.toml", "echo"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("/nonexistent.toml"));
}

TEST(CommandLine, the_version_needs_no_command) {
  EXPECT_THAT(echo({"--version"}).out, ::testing::StartsWith("muster "));
}

// --- golden: the help of every command ---------------------------------------------------------

struct Page {
  const char* name;
  std::vector<std::string> words;
};

std::ostream& operator<<(std::ostream& out, const Page& page) {
  return out << page.name;
}

class Help : public ::testing::TestWithParam<Page> {};

TEST_P(Help, is_as_agreed) {
  auto words = GetParam().words;
  words.emplace_back("--help");
  const auto outcome = run(all_commands(), words);
  EXPECT_EQ(outcome.status, 0);
  const std::string path =
      std::string(MUSTER_SOURCE_DIR) + "/tests/golden/cli/help_" + GetParam().name + ".txt";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    std::ofstream(path) << outcome.out;           // NOLINT(concurrency-mt-unsafe)
  }
  std::ifstream file(path);
  std::ostringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(outcome.out, golden.str()) << "UPDATE_GOLDEN=1 rewrites " << path;
}

TEST_P(Help, has_every_section_and_fits_a_terminal) {
  auto words = GetParam().words;
  words.emplace_back("--help");
  const auto text = run(all_commands(), words).out;
  for (const auto* section : {"NAME\n", "\nSYNOPSIS\n", "\nOPTIONS\n", "\nEXAMPLES\n", "\nEXIT STATUS\n"}) {
    EXPECT_THAT(text, HasSubstr(section));
  }
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

INSTANTIATE_TEST_SUITE_P(
    Commands, Help,
    ::testing::Values(Page{"init", {"init"}}, Page{"inventory", {"inventory"}},
                      Page{"inventory_check", {"inventory", "check"}},
                      Page{"inventory_list", {"inventory", "list"}}, Page{"help", {"help"}},
                      Page{"hosts", {"hosts"}}, Page{"hosts_forget", {"hosts", "forget"}},
                      Page{"poll", {"poll"}}, Page{"serve", {"serve"}}, Page{"runs", {"runs"}},
                      Page{"runs_list", {"runs", "list"}}, Page{"runs_show", {"runs", "show"}},
                      Page{"wsman", {"wsman"}}, Page{"wsman_identify", {"wsman", "identify"}},
                      Page{"wsman_enumerate", {"wsman", "enumerate"}}, Page{"wsman_get", {"wsman", "get"}},
                      Page{"ca", {"ca"}}, Page{"ca_show", {"ca", "show"}},
                      Page{"ca_export", {"ca", "export"}}, Page{"completion", {"completion"}},
                      Page{"errors", {"errors"}}, Page{"version", {"version"}}),
    ::testing::PrintToStringParamName());

TEST(Completion, the_script_is_good_bash_and_knows_every_command) {
  const auto script = run(all_commands(), {"completion", "bash"}).out;
  const std::string path = ::testing::TempDir() + "/muster-completion.bash";
  std::ofstream(path) << script;
  const auto question = "bash -c '. " + path +
                        "; COMP_WORDS=(muster ho); COMP_CWORD=1; _muster; test \"${COMPREPLY[*]}\" = hosts'";
  EXPECT_EQ(std::system(question.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
  const auto nested = "bash -c '. " + path +
                      "; COMP_WORDS=(muster wsman enumerate --pass); COMP_CWORD=3; _muster; "
                      "test \"${COMPREPLY[*]}\" = \"--password-file --password-fd\"'";
  EXPECT_EQ(std::system(nested.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
  std::remove(path.c_str());
}

}  // namespace
}  // namespace muster
