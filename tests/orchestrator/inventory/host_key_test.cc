// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/host_key.h"

#include <gtest/gtest.h>

namespace muster {
namespace {

constexpr const char* kPrint = "SHA256:WHbqZ/suz9lAjFHf8iWjIFy7lLCFGcS+VJ7EDO9An2Q";
constexpr const char* kLine =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA0msRHxlIv/i7tEFaRpJmTu6N34EOUXh6Ty5KP8+M/C";

TEST(HostKey, TakesFingerprintsAndPublicKeys) {
  EXPECT_EQ(*read_host_key(kPrint), kPrint);
  EXPECT_EQ(*read_host_key(std::string(kPrint) + "="), kPrint);
  EXPECT_EQ(*read_host_key(kLine), kLine);
  EXPECT_EQ(*read_host_key(std::string(kLine) + " root@h1"), kLine);
  EXPECT_EQ(*read_host_key(" " + std::string(kLine) + "\r"), kLine);
}

TEST(HostKey, RefusesAllElse) {
  const std::string line = kLine;
  const std::string print = kPrint;
  for (const std::string& text :
       {std::string(), print.substr(0, 49), print + "A", "sha256:" + print.substr(7),
        print.substr(0, 20) + "*" + print.substr(21),
        std::string("MD5:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff"), std::string("ssh-ed25519"),
        std::string("ssh-ed25519 AAAA"), "ssh-rsa" + line.substr(11), "ssh-dss" + line.substr(11),
        line.substr(12), "h1 " + line, std::string("ssh-ed25519 !!!!"),
        "ssh-ed25519 " + std::string(9000, 'A')}) {
    const auto key = read_host_key(text);
    ASSERT_FALSE(key) << text.substr(0, 60);
    EXPECT_EQ(key.error().code, Errc::malformed);
    EXPECT_FALSE(key.error().hint.empty());
  }
}

}  // namespace
}  // namespace muster
