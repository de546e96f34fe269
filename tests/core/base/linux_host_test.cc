// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/linux_host.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster {
namespace {

class LinuxHostTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/linux-host-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    root_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void write(const std::string& path, const std::string& content) const {
    std::ofstream(root_ + path) << content;
  }

  std::string root_;
};

TEST_F(LinuxHostTest, ResolvesPathsBelowTheRoot) {
  write("/plain", "content");
  ASSERT_EQ(::symlink("plain", (root_ + "/link").c_str()), 0);
  const LinuxHost host(root_);
  EXPECT_EQ(host.read_file("/plain").value(), "content");
  EXPECT_EQ(host.read_link("/link").value(), "plain");
  auto names = host.list_folder("/").value();
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"link", "plain"}));
}

TEST_F(LinuxHostTest, RefusesOrCutsWhatIsTooLarge) {
  write("/long", std::string(10000, 'x'));
  const LinuxHost host(root_);
  EXPECT_EQ(host.read_file("/long", 9999).error().code, Errc::malformed);
  EXPECT_EQ(host.read_file("/long", 10000).value().size(), 10000U);
  EXPECT_EQ(host.read_start("/long", 5000).value().size(), 5000U);
  EXPECT_EQ(host.read_start("/long", 20000).value().size(), 10000U);
}

TEST_F(LinuxHostTest, NamesTheLivePathInErrors) {
  const LinuxHost host(root_);
  for (const auto& error : {host.read_file("/none").error(), host.read_start("/none", 1).error(),
                            host.list_folder("/none").error(), host.read_link("/none").error(),
                            host.file_system_usage("/none").error()}) {
    EXPECT_EQ(error.code, Errc::not_found);
    EXPECT_NE(error.what.find("/none: "), std::string::npos) << error.what;
  }
}

TEST_F(LinuxHostTest, DoesNotWaitForTheWriterOfAFifo) {
  ASSERT_EQ(::mkfifo((root_ + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(LinuxHost(root_).read_file("/fifo").value(), "");
}

TEST(LinuxHost, ReadsTheLiveMachine) {
  const LinuxHost host;
  EXPECT_NE(host.read_file("/proc/meminfo").value().find("MemTotal:"), std::string::npos);
  EXPECT_EQ(host.system_name().system, "Linux");
  EXPECT_GT(host.clock_ticks_per_second(), 0);
  EXPECT_GT(host.page_bytes(), 0);
  const auto usage = host.file_system_usage("/").value();
  EXPECT_GT(usage.block_bytes, 0U);
  EXPECT_GT(usage.size_bytes, 0U);
  EXPECT_LE(usage.available_bytes, usage.size_bytes);
}

TEST(LinuxHost, ReadsFilesOfAProcess) {
  const LinuxHost host;
  const auto self = static_cast<std::uint32_t>(::getpid());
  const auto folder = "/proc/" + std::to_string(self);
  for (const auto* file : {"status", "cmdline"}) {
    const auto start = host.read_start(folder + "/" + file, 32).value();
    EXPECT_EQ(host.read_process_file(self, file, 32).value(), start) << file;
  }
  EXPECT_EQ(host.read_process_file(self, "cmdline", 20000).value(),
            host.read_start(folder + "/cmdline", 20000).value());
  const auto none = host.read_process_file(4'194'305, "stat", 100);  // beyond the largest number there is
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, Errc::not_found);
}

TEST_F(LinuxHostTest, ReadsFilesOfARecordedProcess) {
  std::filesystem::create_directories(root_ + "/proc/42");
  write("/proc/42/stat", "42 (recorded) S");
  EXPECT_EQ(LinuxHost(root_).read_process_file(42, "stat", 100).value(), "42 (recorded) S");
}

TEST(LinuxHost, ReadsWithinAFileSystemOnly) {
  const LinuxHost host;
  EXPECT_FALSE(host.read_within("/", "/proc/version", 100).has_value());
  EXPECT_FALSE(host.read_within("/proc", "/../etc/hostname", 100).has_value());
  EXPECT_EQ(host.read_within("/proc", "/version", 5).value(), "Linux");
  // A link to an absolute path stays within, too.
  EXPECT_EQ(host.read_within("/", "/etc/os-release", 4096).value(),
            host.read_start("/etc/os-release", 4096).value());
}

TEST(LinuxHost, KnowsTheAddressesOfItsInterfaces) {
  const auto addresses = LinuxHost().interface_addresses().value();
  const auto loopback = std::find_if(addresses.begin(), addresses.end(), [](const InterfaceAddress& each) {
    return each.address == "127.0.0.1";
  });
  ASSERT_NE(loopback, addresses.end());
  EXPECT_EQ(loopback->interface, "lo");
  EXPECT_EQ(loopback->prefix_bits, 8U);
  EXPECT_TRUE(loopback->up);
  EXPECT_EQ(loopback->broadcast, "");
}

TEST(LinuxHost, KnowsHowWellTheClockIsKept) {
  const auto clock = LinuxHost().clock_state().value();
  EXPECT_GE(clock.maximum_error.count(), 0);
  EXPECT_LT(clock.frequency_ppm, 501);
  EXPECT_GT(clock.frequency_ppm, -501);
}

// A service that answers the first connection, in pieces.
class LinuxHostSocketTest : public LinuxHostTest {
 protected:
  void SetUp() override {
    LinuxHostTest::SetUp();
    listener_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (root_ + "/socket").copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(listener_.get(), 1), 0);
  }

  void answer_with(std::vector<std::string> pieces) {
    service_ = std::jthread([this, pieces = std::move(pieces)] {
      const Fd peer(::accept(listener_.get(), nullptr, nullptr));
      char request[16];
      const auto size = ::read(peer.get(), request, sizeof request);
      request_.assign(request, size > 0 ? static_cast<std::size_t>(size) : 0);
      for (const auto& piece : pieces) EXPECT_GT(::write(peer.get(), piece.data(), piece.size()), 0);
    });
  }

  static Result<bool> ends_in_newline(std::string_view answer) { return answer.ends_with("\n"); }

  Fd listener_;
  std::string request_;
  std::jthread service_;
};

TEST_F(LinuxHostSocketTest, AsksAndWaitsForTheWholeAnswer) {
  answer_with({"one ", "two\n"});
  EXPECT_EQ(LinuxHost(root_).ask_socket("/socket", "what?", ends_in_newline).value(), "one two\n");
  service_.join();
  EXPECT_EQ(request_, "what?");
}

TEST_F(LinuxHostSocketTest, SaysThatTheServiceHungUp) {
  answer_with({"half"});
  const auto answer = LinuxHost(root_).ask_socket("/socket", "what?", ends_in_newline);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, Errc::unreachable);
}

TEST_F(LinuxHostSocketTest, GivesUpOnAServiceThatDoesNotAnswer) {
  const auto answer = LinuxHost(root_).ask_socket("/socket", "what?", ends_in_newline);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, Errc::timeout);
}

TEST_F(LinuxHostSocketTest, SaysThatThereIsNoService) {
  const auto answer = LinuxHost(root_).ask_socket("/none", "what?", ends_in_newline);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, Errc::not_found);
}

TEST(LinuxHost, KnowsTheOffsetOfTheLocalTime) {
  const char* before = ::getenv("TZ");  // NOLINT(concurrency-mt-unsafe)
  const std::string saved = before != nullptr ? before : "";
  const bool was_set = before != nullptr;
  ::setenv("TZ", "XXX-05:45", 1);  // NOLINT(concurrency-mt-unsafe)
  ::tzset();
  EXPECT_EQ(LinuxHost().utc_offset(), std::chrono::minutes(345));
  was_set ? ::setenv("TZ", saved.c_str(), 1) : ::unsetenv("TZ");  // NOLINT(concurrency-mt-unsafe)
  ::tzset();
}

}  // namespace
}  // namespace muster
