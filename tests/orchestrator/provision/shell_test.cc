// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/shell.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/orchestrator/provision/shell_run.h"

namespace muster {
namespace {

using test::run_program;
constexpr std::string_view kMark = "mtest0123";

std::string run_loader(std::string_view input) {
  return run_program({"sh", "-c", loader_command(kMark, Root::as_is)}, input).output;
}

TEST(Shell, QuotedTextComesThroughUnchanged) {
  for (const std::string text : {"", "plain", "it's", "''", "$HOME `id` $(id)", "a\"b", "back\\slash", "-n",
                                 "tab\there", "*", "!x", "é"}) {
    EXPECT_EQ(run_program({"sh", "-c", "printf %s " + shell_quoted(text)}, "").output, text);
  }
}

TEST(Shell, LoaderRunsTheScriptAndLeavesTheRestOnStandardInput) {
  const auto output = run_loader(loader_script(kMark, "echo one\nhead -c 5") + "12345678");
  EXPECT_EQ(output.substr(output.find('\n') + 1), "one\n12345");
}

TEST(Shell, PasswordThatSudoDidNotNeedIsDropped) {
  const auto output = run_loader("secret\n" + loader_script(kMark, "cat"));
  EXPECT_EQ(output.find("secret"), std::string::npos);
  EXPECT_EQ(output.find('\n'), output.size() - 1);
}

TEST(Shell, CutScriptIsNotRun) {
  const std::string whole = loader_script(kMark, "echo ran\necho twice");
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    EXPECT_EQ(run_loader(std::string_view(whole).substr(0, size)).find("ran"), std::string::npos) << size;
  }
  EXPECT_NE(run_loader(whole).find("ran\ntwice"), std::string::npos);
}

TEST(Shell, ScriptKeepsItsBackslashesBlanksAndEmptyLines) {
  const auto output = run_loader(loader_script(kMark, "cat <<'X'\n  a\\nb\\\n\n\tc \nX"));
  EXPECT_EQ(output.substr(output.find('\n') + 1), "  a\\nb\\\n\n\tc \n");
}

TEST(Shell, CommandsAreOneLineWithoutWhatOtherShellsExpand) {
  for (const auto root : {Root::as_is, Root::sudo_without_password, Root::sudo_with_password}) {
    EXPECT_EQ(loader_command(kMark, root).find_first_of("!\n\r"), std::string::npos);
    EXPECT_EQ(loader_command_on_terminal(kMark, root).find_first_of("!\n\r"), std::string::npos);
  }
}

TEST(Shell, MarksAreWordsAndDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto mark = random_mark();
    EXPECT_EQ(mark.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"), std::string::npos);
    EXPECT_EQ(mark.size(), 20U);
    EXPECT_TRUE(seen.insert(mark).second);
  }
}

}  // namespace
}  // namespace muster
