// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/ranges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace muster {
namespace {

using Names = std::vector<std::string>;

struct Good {
  const char* pattern;
  Names names;
  int port;  // 0: none
};

class HostPatterns : public testing::TestWithParam<Good> {};

TEST_P(HostPatterns, StandForTheseHosts) {
  const auto hosts = expand_host_pattern(GetParam().pattern, 100);
  ASSERT_TRUE(hosts) << hosts.error().what;
  EXPECT_EQ(hosts->names, GetParam().names);
  EXPECT_EQ(hosts->port.value_or(0), GetParam().port);
}

INSTANTIATE_TEST_SUITE_P(
    Table, HostPatterns,
    testing::Values(Good{"a", {"a"}, 0}, Good{"a:22", {"a"}, 22}, Good{"w[1:3]", {"w1", "w2", "w3"}, 0},
                    Good{"w[08:10]", {"w08", "w09", "w10"}, 0}, Good{"w[8:10]", {"w8", "w9", "w10"}, 0},
                    Good{"w[:2]", {"w0", "w1", "w2"}, 0}, Good{"w[0:1]", {"w0", "w1"}, 0},
                    Good{"w[1:9:4].x", {"w1.x", "w5.x", "w9.x"}, 0}, Good{"w[1:2:9]", {"w1"}, 0},
                    Good{"d-[a:c]", {"d-a", "d-b", "d-c"}, 0}, Good{"[y:B]", {"y", "z", "A", "B"}, 0},
                    Good{"[a:e:2]", {"a", "c", "e"}, 0}, Good{"w[5:5]:2222", {"w5"}, 2222},
                    Good{"r[1:2]n[a:b]", {"r1na", "r1nb", "r2na", "r2nb"}, 0}, Good{"::1", {"::1"}, 0},
                    Good{"[::1]:22", {"::1"}, 22}, Good{"[web1]:22", {"web1"}, 22},
                    Good{"fe80::[1:2]", {"fe80::1", "fe80::2"}, 0},
                    Good{"10.0.0.[9:10]", {"10.0.0.9", "10.0.0.10"}, 0},
                    Good{"[1:100]x",
                         [] {
                           Names names;
                           for (int i = 1; i <= 100; ++i) names.push_back(std::to_string(i) + "x");
                           return names;
                         }(),
                         0}));

class BadHostPatterns : public testing::TestWithParam<const char*> {};

TEST_P(BadHostPatterns, AreRefusedWithAHint) {
  const auto hosts = expand_host_pattern(GetParam(), 100);
  ASSERT_FALSE(hosts);
  EXPECT_EQ(hosts.error().code, Errc::malformed);
  EXPECT_FALSE(hosts.error().hint.empty());
}

TEST(HostPatternFaults, OfAWrongFileOnlyTheBeginningOfALineIsShown) {
  const auto hosts = expand_host_pattern("root:$y$j9T$salt$hash:20228:0:99999:7:::", 100);
  ASSERT_FALSE(hosts);
  EXPECT_EQ(hosts.error().what, "\"root:\" is not a host name");
}

INSTANTIATE_TEST_SUITE_P(Table, BadHostPatterns,
                         testing::Values("", ":", ":22", "a:", "a:x", "a:0", "a:022", "a:65536", "a:+1",
                                         "a:-1", "a:22:", "w[", "w]", "w[]", "w[1]", "w[1:]", "w[:]", "w[1:2",
                                         "w1:2]", "w[1:2:]", "w[1:2:0]", "w[1:2:-1]", "w[1:2:3:4]", "w[2:1]",
                                         "w[b:a]", "w[a:3]", "w[3:a]", "w[ab:cd]", "w[01:100]", "w[-1:2]",
                                         "w[ 1:2]", "w[[1:2]]", "w[1:101]", "w[1:11][1:11]",
                                         "w[1:99999999999999999999]", "w[0:4294967296]", "[a:b", "[::1]",
                                         "fe80::[a:c]x", "[1:3]-[!:2]"));

}  // namespace
}  // namespace muster
