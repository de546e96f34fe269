// SPDX-License-Identifier: GPL-2.0-or-later
// A datagram socket in the place of systemd's.
#include "agent/monitor/notify.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "tests/agent/temporary_folder.h"

namespace muster::agent {
namespace {

// Listens at a path, or at an abstract name when it begins with '@'.
Fd listen_at(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name.front() == '@') address.sun_path[0] = '\0';
  Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) return {};
  return socket;
}

std::string received(const Fd& socket) {
  char text[64];
  const ssize_t size = ::recv(socket.get(), text, sizeof text, 0);
  return size < 0 ? "nothing" : std::string(text, static_cast<std::size_t>(size));
}

class NotifyTest : public ::testing::Test {
 protected:
  void TearDown() override { ::unsetenv("NOTIFY_SOCKET"); }
};

TEST_F(NotifyTest, TellsWhoeverListensAtThePathOrTheAbstractName) {
  const testing::TemporaryFolder folder;
  for (const std::string& name : {folder / "notify", "@muster-test-" + std::to_string(::getpid())}) {
    const Fd socket = listen_at(name);
    ASSERT_TRUE(socket) << name;
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    notify_systemd("READY=1");
    EXPECT_EQ(received(socket), "READY=1") << name;
    EXPECT_EQ(received(socket), "nothing") << name;
  }
}

TEST_F(NotifyTest, IsSilentWithoutSystemdAndWithAPathThatCannotBe) {
  const testing::TemporaryFolder folder;
  const Fd socket = listen_at(folder / "notify");
  notify_systemd("READY=1");
  for (const std::string& name : {std::string(200, 'x'), folder / "nobody-listens", std::string()}) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    notify_systemd("READY=1");
  }
  EXPECT_EQ(received(socket), "nothing");
}

}  // namespace
}  // namespace muster::agent
