// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/address.h"

#include <cstring>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

namespace muster::http {
namespace {

sockaddr_storage parse(const char* text) {
  sockaddr_storage storage{};
  sockaddr_in four{};
  four.sin_family = AF_INET;
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
    std::memcpy(&storage, &four, sizeof four);
  } else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1) {
    std::memcpy(&storage, &six, sizeof six);
  }
  return storage;
}

TEST(Address, TextIsShortAndMappedAddressesAreIpv4) {
  EXPECT_EQ(address_text(parse("192.0.2.7")), "192.0.2.7");
  EXPECT_EQ(address_text(parse("2001:db8:0:0::1")), "2001:db8::1");
  EXPECT_EQ(address_text(parse("::ffff:192.0.2.7")), "192.0.2.7");
  EXPECT_EQ(address_text(sockaddr_storage{}), "unknown");
}

TEST(Address, ASourceIsAnIpv4AddressOrASlash64) {
  const auto same = [](const char* a, const char* b) { return source_key(parse(a)) == source_key(parse(b)); };
  EXPECT_TRUE(same("192.0.2.7", "::ffff:192.0.2.7"));
  EXPECT_FALSE(same("192.0.2.7", "192.0.2.8"));
  EXPECT_TRUE(same("2001:db8::1", "2001:db8::ffff:1"));
  EXPECT_FALSE(same("2001:db8::1", "2001:db8:0:1::1"));
}

TEST(SourceCount, LimitsEachSourceAndForgetsThoseThatLeft) {
  SourceCount count(2);
  EXPECT_FALSE(count.full("a"));
  count.enter("a");
  EXPECT_FALSE(count.full("a"));
  count.enter("a");
  EXPECT_TRUE(count.full("a"));
  EXPECT_FALSE(count.full("b"));
  count.enter("a");  // whoever may go beyond is counted all the same
  count.leave("a");
  EXPECT_TRUE(count.full("a"));
  count.leave("a");
  EXPECT_FALSE(count.full("a"));
  EXPECT_EQ(count.sources(), 1U);
  count.leave("a");
  count.leave("a");
  EXPECT_EQ(count.sources(), 0U);
}

TEST(SourceCount, FollowsANewLimit) {
  SourceCount count(1);
  count.enter("a");
  EXPECT_TRUE(count.full("a"));
  count.limit(2);
  EXPECT_FALSE(count.full("a"));
}

TEST(Address, TheTextOfAnAddressHasTheKeyOfTheAddress) {
  for (const char* text : {"192.0.2.7", "2001:db8::7", "::1"}) {
    EXPECT_EQ(source_key(std::string(text)), source_key(parse(text))) << text;
    EXPECT_FALSE(source_key(std::string(text)).empty()) << text;
  }
  EXPECT_EQ(source_key(std::string("2001:db8::7")), source_key(std::string("2001:db8::ffff:1")));
  EXPECT_EQ(source_key(std::string("::ffff:192.0.2.7")), source_key(std::string("192.0.2.7")));
  for (const char* other : {"", "unknown", "192.0.2", "192.0.2.7 "}) {
    EXPECT_EQ(source_key(std::string(other)), "");
  }
}

}  // namespace
}  // namespace muster::http
