// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/credentials.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster {
namespace {

constexpr std::chrono::seconds kPatience{20};

bool echoes(int terminal) {
  termios state{};
  return ::tcgetattr(terminal, &state) == 0 && (state.c_lflag & ECHO) != 0;
}

// A process that asks for a password on a terminal of its own, whose other end is here.
class Asking : public testing::Test {
 protected:
  void SetUp() override {
    master_ = Fd(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_TRUE(master_);
    ASSERT_EQ(::grantpt(master_.get()), 0);
    ASSERT_EQ(::unlockpt(master_.get()), 0);
    std::array<char, 64> name{};
    ASSERT_EQ(::ptsname_r(master_.get(), name.data(), name.size()), 0);
    slave_ =
        Fd(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));  // stays open: the state outlives the child
    ASSERT_TRUE(slave_);
    child_ = ::fork();
    if (child_ == 0) ask();
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (echoes(slave_.get()) && std::chrono::steady_clock::now() < until) ::sched_yield();
    ASSERT_FALSE(echoes(slave_.get()));
  }
  void TearDown() override {
    if (child_ > 0) ::kill(child_, SIGKILL);
  }

  [[noreturn]] void ask() const {
    ::setsid();
    ::ioctl(slave_.get(), TIOCSCTTY, 0);
    const auto secret = secret_from_terminal("password: ");
    ::_exit(secret && secret->reveal() == "open sesame" ? 42 : 43);
  }

  void type(std::string_view keys) const { EXPECT_TRUE(write_all(master_.get(), "terminal", keys)); }

  int end_of_child() {
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
    return status;
  }

  Fd master_;
  Fd slave_;
  pid_t child_ = -1;
};

TEST_F(Asking, FirstLineIsThePasswordAndEchoComesBack) {
  type("open sesame\n");
  const int status = end_of_child();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 42);
  EXPECT_TRUE(echoes(slave_.get()));
}

TEST_F(Asking, InterruptedQuestionEndsTheProgramAndLeavesTheEchoOn) {
  type("\x03");
  const int status = end_of_child();
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGINT);
  EXPECT_TRUE(echoes(slave_.get()));
}

TEST(Keys, EncryptedOnesAreKnownByTheirText) {
  const struct {
    const char* pem;
    bool encrypted;
  } rows[] = {
      {"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ", false},
      {"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0", true},
      {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII", true},
      {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n", true},
      {"-----BEGIN PRIVATE KEY-----\nMII", false},
      {"", false},
  };
  for (const auto& row : rows) EXPECT_EQ(is_encrypted_key(row.pem), row.encrypted) << row.pem;
}

// The reading end of a pipe that holds a text and nothing more.
Fd holding(std::string_view text) {
  std::array<int, 2> ends{-1, -1};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  Fd reading(ends[0]);
  const Fd writing(ends[1]);
  EXPECT_TRUE(write_all(writing.get(), "pipe", text));
  return reading;
}

TEST(SecretFromADescriptor, IsItsFirstLine) {
  for (const auto* text : {"open sesame", "open sesame\n", "open sesame\r\n", "open sesame\nand more\n"}) {
    const auto descriptor = holding(text);
    const auto secret = secret_from_descriptor(descriptor.get());
    ASSERT_TRUE(secret) << text;
    EXPECT_EQ(secret->reveal(), "open sesame") << text;
  }
}

TEST(SecretFromADescriptor, IsRefusedWhenItIsEmpty) {
  for (const auto* text : {"", "\n", "\r\n", "\nsecond line\n"}) {
    const auto descriptor = holding(text);
    const auto secret = secret_from_descriptor(descriptor.get());
    ASSERT_FALSE(secret) << text;
    EXPECT_EQ(secret.error().code, Errc::malformed);
    EXPECT_EQ(secret.error().what,
              "descriptor " + std::to_string(descriptor.get()) + ": its first line is empty");
  }
}

TEST(SecretFromADescriptor, IsRefusedWhenItIsTooLong) {
  const auto longest = holding(std::string(4096, 'x'));
  EXPECT_TRUE(secret_from_descriptor(longest.get()));
  const auto longer = holding(std::string(4097, 'x'));
  const auto secret = secret_from_descriptor(longer.get());
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().code, Errc::malformed);
  EXPECT_EQ(secret.error().what.find("xxx"), std::string::npos) << secret.error().what;
}

TEST(SecretFromADescriptor, NamesOneThatIsClosed) {
  auto descriptor = holding("open sesame");
  const int number = descriptor.get();
  descriptor.reset();
  const auto secret = secret_from_descriptor(number);
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().what, "descriptor " + std::to_string(number) + ": Bad file descriptor");
}

TEST(LoginKeys, OneThatOthersMayReadIsRefused) {
  const std::string path = ::testing::TempDir() + "/muster-login-key";
  std::ofstream(path) << "key";
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  const auto open = login_key_from_file(path);
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().hint, "chmod 600 " + path);
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_TRUE(login_key_from_file(path));
  std::remove(path.c_str());
}

}  // namespace
}  // namespace muster
