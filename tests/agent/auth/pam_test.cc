// SPDX-License-Identifier: GPL-2.0-or-later
// The real libpam with its real modules, on users that only this process sees.
#include "agent/auth/pam.h"

#include <cstdlib>

#include <gmock/gmock.h>

#include "tests/agent/auth/pam_fixture.h"

// libpam 1.5 forgets an allocation of its own when a service cannot be started. Attempts are processes, so that it
// goes with them; in a test it would be ours.
// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): its name is the sanitizer's
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libpam.so";
}
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

namespace muster::auth {
namespace {

using ::testing::HasSubstr;
using testing::kPassword;
using testing::kUnix;

class CheckWithPam : public testing::PamTest {
 protected:
  static Result<void> check(const std::string& service, const std::string& user, const std::string& password,
                            RootLogin root = RootLogin::refused) {
    return check_with_pam(service, {user, Secret(password), "192.0.2.7"}, root);
  }
};

TEST_F(CheckWithPam, LetsInWhoPamUnixLetsIn) {
  service("test-unix", kUnix);
  const struct {
    const char* user;
    const char* password;
    RootLogin root;
    bool accepted;
  } cases[] = {
      {"alice", kPassword, RootLogin::refused, true},
      {"alice", "wrong", RootLogin::refused, false},
      {"alice", "", RootLogin::refused, false},
      {"alice", "correct horse ", RootLogin::refused, false},
      {"nosuchuser", kPassword, RootLogin::refused, false},
      {"locked", kPassword, RootLogin::refused, false},
      {"expired", kPassword, RootLogin::refused, false},
      {"stale", kPassword, RootLogin::refused, false},
      {"empty", "", RootLogin::refused, false},
      {"empty", "anything", RootLogin::refused, false},
      {"root", kPassword, RootLogin::refused, false},
      {"toor", kPassword, RootLogin::refused, false},
      {"root", kPassword, RootLogin::allowed, true},
      {"toor", kPassword, RootLogin::allowed, true},
      {"root", "wrong", RootLogin::allowed, false},
      {"", kPassword, RootLogin::refused, false},
  };
  for (const auto& one : cases) {
    const auto done = check("test-unix", one.user, one.password, one.root);
    EXPECT_EQ(done.has_value(), one.accepted)
        << one.user << " '" << one.password << "' " << (done ? "" : done.error().what);
    if (!done) {
      EXPECT_EQ(done.error().code, Errc::denied) << one.user;
    }
  }
}

TEST_F(CheckWithPam, AsksForTheAccountAfterThePassword) {
  service("test-account", "auth required pam_permit.so\naccount required pam_deny.so\n");
  EXPECT_FALSE(check("test-account", "alice", kPassword).has_value());
  service("test-auth", "auth required pam_deny.so\naccount required pam_permit.so\n");
  EXPECT_FALSE(check("test-auth", "alice", kPassword).has_value());
  service("test-both", "auth required pam_permit.so\naccount required pam_permit.so\n");
  EXPECT_TRUE(check("test-both", "alice", kPassword).has_value());
}

TEST_F(CheckWithPam, AServiceWithoutAFileLetsNobodyIn) {
  EXPECT_FALSE(check("test-no-such-service", "alice", kPassword).has_value());
  service("test-no-such-module", "auth required pam_nowhere.so\naccount required pam_permit.so\n");
  const auto done = check("test-no-such-module", "alice", kPassword);
  ASSERT_FALSE(done.has_value());
  EXPECT_THAT(done.error().hint, HasSubstr("/etc/pam.d/test-no-such-module"));
}

TEST_F(CheckWithPam, TellsTheModulesWhereTheLoginComesFrom) {
  const muster::testing::TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "say",
                                    "#!/bin/sh\necho \"$PAM_USER $PAM_RHOST\" >" + (folder / "said") + "\n",
                                    0755)
                  .has_value());
  service("test-rhost",
          "auth required pam_exec.so " + (folder / "say") + "\naccount required pam_permit.so\n");
  ASSERT_TRUE(check("test-rhost", "alice", kPassword).has_value());
  EXPECT_EQ(read_file(folder / "said", 100).value_or(""), "alice 192.0.2.7\n");
}

// pam_exec hands the password on, so it shows what the conversation answered.
TEST_F(CheckWithPam, AnswersThePromptWithThePasswordByteForByte) {
  const muster::testing::TemporaryFolder folder;
  ASSERT_TRUE(
      write_file_atomically(folder / "say", "#!/bin/sh\ntr -d '\\0' >" + (folder / "said") + "\n", 0755)
          .has_value());
  service("test-prompt", "auth required pam_exec.so expose_authtok " + (folder / "say") +
                             "\naccount required pam_permit.so\n");
  const std::string password = "p\xc3\xa4ss  w\"or'd\\ ";
  ASSERT_TRUE(check("test-prompt", "alice", password).has_value());
  EXPECT_EQ(read_file(folder / "said", 100).value_or(""), password);
}

}  // namespace
}  // namespace muster::auth
