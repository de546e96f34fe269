// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/sudo.h"

#include <gtest/gtest.h>

namespace muster {
namespace {

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
    EXPECT_EQ(failure_class(diagnose_sudo(said.words, said.status).code).word, failure_class(said.code).word)
        << said.words;
  }
}

TEST(Sudo, RefusedPasswordIsSeenInTheFirstWords) {
  EXPECT_TRUE(sudo_refused_password("Sorry, try again.\n"));
  EXPECT_FALSE(sudo_refused_password("We trust you have received the usual lecture\n"));
  EXPECT_FALSE(sudo_refused_password(""));
}

TEST(Sudo, ShownTextIsOneHarmlessLine) {
  const auto failure = diagnose_sudo("a\nsudo: \x1b[31mno\x07\n", 1);
  EXPECT_EQ(failure.text, "sudo: \\x1b[31mno\\x07");
}

}  // namespace
}  // namespace muster
