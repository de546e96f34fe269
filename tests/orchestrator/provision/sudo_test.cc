// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/sudo.h"

#include <gtest/gtest.h>

namespace muster {
namespace {

constexpr std::string_view kMark = "mtest";

struct Said {
  const char* words;
  int status;
  FailureCode code;
};

const Said kSaid[] = {
    {"sudo: a password is required\n", 1, FailureCode::sudo_password},
    {"sudo: a terminal is required to read the password; either use the -S option\nsudo: a password is "
     "required\n",
     1, FailureCode::sudo_password},
    {"sudo: sorry, you must have a tty to run sudo\n", 1, FailureCode::sudo_tty},
    {"Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt\n", 1,
     FailureCode::sudo_wrong},
    {"sudo: 3 incorrect password attempts\n", 1, FailureCode::sudo_wrong},
    {"deploy is not in the sudoers file.\n", 1, FailureCode::sudo_denied},
    {"Sorry, user deploy is not allowed to execute '/bin/sh' as root on h1.\n", 1, FailureCode::sudo_denied},
    {"Sorry, user deploy may not run sudo on h1.\n", 1, FailureCode::sudo_denied},
    {"sudo: /etc/sudoers: syntax error near line 3\n", 1, FailureCode::sudo_denied},
    {"env: 'sudo': No such file or directory\n", 127, FailureCode::sudo_absent},
    {"env: can't execute 'sudo': No such file or directory\n", 127, FailureCode::sudo_absent},
    {"", 255, FailureCode::script},
    {"This account is currently not available.\n", 1, FailureCode::script},
};

TEST(Sudo, EachRefusalHasItsCode) {
  for (const auto& said : kSaid) {
    EXPECT_EQ(failure_class(diagnose_sudo(said.words, kMark, said.status).code).word,
              failure_class(said.code).word)
        << said.words;
  }
}

TEST(Sudo, RefusedPasswordIsSeenInTheFirstWords) {
  EXPECT_TRUE(sudo_refused_password("Sorry, try again.\n", kMark));
  EXPECT_FALSE(sudo_refused_password("We trust you have received the usual lecture\n", kMark));
  EXPECT_FALSE(sudo_refused_password("mtest? ", kMark));
  EXPECT_FALSE(sudo_refused_password("", kMark));
}

TEST(Sudo, SecondQuestionIsARefusalWhateverIsSaidBetween) {
  const std::string_view insult = "mtest? \r\nMaybe if you used more than two fingers...\r\nmtest? ";
  EXPECT_TRUE(sudo_refused_password(insult, kMark));
  const auto failure = diagnose_sudo(insult, kMark, -1);
  EXPECT_EQ(failure.code, FailureCode::sudo_wrong);
  EXPECT_EQ(failure.text, "sudo said: \"Maybe if you used more than two fingers...\"");
  EXPECT_EQ(diagnose_sudo("mtest? mtest? ", kMark, -1).text, "asked again");
}

TEST(Sudo, ItsWordsAreQuotedAndAreNoAdvice) {
  EXPECT_EQ(diagnose_sudo("Sorry, try again.\n", kMark, -1).text, "sudo said: \"Sorry, try again.\"");
}

TEST(Sudo, LineBehindAPromptIsFound) {
  EXPECT_EQ(without_sudo_prompt("mtest? mtest ready 0", kMark), "mtest ready 0");
  EXPECT_EQ(without_sudo_prompt("mtest ready 0", kMark), "mtest ready 0");
}

TEST(Sudo, ShownTextIsOneHarmlessLine) {
  const auto failure = diagnose_sudo("a\nsudo: \x1b[31mno\x07\n", kMark, 1);
  EXPECT_EQ(failure.text, "sudo said: \"\\x1b[31mno\\x07\"");
}

}  // namespace
}  // namespace muster
