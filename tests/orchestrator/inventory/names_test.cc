// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/names.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "orchestrator/inventory/inventory.h"

namespace muster {
namespace {

// Things that have broken shells, ssh command lines, paths, terminals and log files elsewhere.
constexpr const char* kHostileNames[] = {"",
                                         "-",
                                         "-oProxyCommand=id",
                                         "--",
                                         "-l",
                                         ".",
                                         "..",
                                         "../etc",
                                         "a/../../b",
                                         "/etc/passwd",
                                         "a/",
                                         "~root",
                                         "~",
                                         "a b",
                                         " a",
                                         "a ",
                                         "$(id)",
                                         "`id`",
                                         "a;id",
                                         "a|id",
                                         "a&&id",
                                         "a\nb",
                                         "a\r\nb",
                                         "a\tb",
                                         "%h",
                                         "%n%r",
                                         "a%00",
                                         "{{ x }}",
                                         "{a,b}",
                                         "a*",
                                         "?",
                                         "[a]",
                                         "a@b",
                                         "root@a",
                                         "a@",
                                         "@file",
                                         "!a",
                                         "&a",
                                         "a,b",
                                         "a=b",
                                         "\"a\"",
                                         "'a'",
                                         "<a>",
                                         "(a)",
                                         "a\\b",
                                         "#a",
                                         "a^b",
                                         "caf\xC3\xA9",
                                         "\xE2\x80\xAE\x61",
                                         "\xFF\xFE",
                                         "::g",
                                         ":",
                                         "1::2::3",
                                         "::1%eth0",
                                         "[::1]",
                                         "1:2",
                                         "::ffff:1.2.3.999",
                                         "\x1B[2J",
                                         "a\x7F"};

std::vector<std::string> hostile_names() {
  std::vector<std::string> names(std::begin(kHostileNames), std::end(kHostileNames));
  names.emplace_back(254, 'a');
  names.emplace_back(100'000, 'a');
  names.emplace_back("a\0b", 3);
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool harmless = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '.' || c == '_' || c == '-';
    if (!harmless) names.push_back(std::string("x") + c + "y");
  }
  return names;
}

TEST(Names, RefuseEveryHostileHost) {
  const auto names = hostile_names();
  ASSERT_GE(names.size(), 200U);
  for (const std::string& name : names) EXPECT_FALSE(is_host_name(name)) << name.substr(0, 80);
}

TEST(Names, RefuseHostsThatEndWithADot) {
  for (const char* name : {".", "a.", "web1.example.com.", "10.1.2.3."}) {
    EXPECT_FALSE(is_host_name(name)) << name;
  }
}

TEST(Names, RefuseEveryHostileUserAndGroup) {
  for (const std::string& name : hostile_names()) {
    EXPECT_FALSE(is_user_name(name)) << name.substr(0, 80);
    EXPECT_FALSE(is_group_name(name)) << name.substr(0, 80);
    EXPECT_FALSE(is_variable_name(name)) << name.substr(0, 80);
  }
}

TEST(Names, RefuseEveryHostileAddressThatAnInventoryGives) {
  for (const std::string& name : hostile_names()) {
    std::string quoted;
    for (const char c : name) quoted += c == '\'' ? std::string("'\"'\"'") : std::string(1, c);
    const InventoryReading reading = parse_inventory_ini("h ansible_host='" + quoted + "'\n", "inv");
    const bool taken = reading.problems.empty() && reading.inventory.hosts.at(0).address == name;
    EXPECT_FALSE(taken) << name.substr(0, 80);
  }
}

TEST(Names, TakeHosts) {
  for (const char* name : {"a", "A9", "web01.example.com", "a_b-c", "10.1.2.3", "::", "::1", "2001:db8::1",
                           "::ffff:10.0.0.1", "fe80::1", "7", "_x", "xn--bcher-kva.example"}) {
    EXPECT_TRUE(is_host_name(name)) << name;
  }
  EXPECT_TRUE(is_host_name(std::string(63, 'a') + "." + std::string(63, 'b')));
}

// The host would be reached and its package installed before the certificate is refused.
TEST(Names, RefuseWhatNoCertificateCanCarry) {
  for (const char* name : {"db-", "a..b", "-a.b", "a.-b", "10.0.0.300"}) {
    EXPECT_FALSE(is_host_name(name)) << name;
  }
  EXPECT_FALSE(is_host_name(std::string(64, 'a')));
}

TEST(Names, TakeUsers) {
  for (const char* name : {"root", "_apt", "a.b", "a-b", "Deploy", "svc$", "u1"}) {
    EXPECT_TRUE(is_user_name(name)) << name;
  }
  for (const char* name : {"1a", "$", "$a", "a$b", "-a", ".a", "a$$"}) {
    EXPECT_FALSE(is_user_name(name)) << name;
  }
  EXPECT_TRUE(is_user_name(std::string(32, 'a')));
  EXPECT_FALSE(is_user_name(std::string(33, 'a')));
}

}  // namespace
}  // namespace muster
