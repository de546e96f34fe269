// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/subscribe_wish.h"

#include <gtest/gtest.h>

namespace muster::wsman {
namespace {

TEST(SinkAddress, IsReadInItsParts) {
  struct Case {
    std::string text, host;
    std::uint16_t port;
    std::string target;
  };
  const Case cases[] = {
      {"https://sink.example:5723/events", "sink.example", 5723, "/events"},
      {"https://sink.example", "sink.example", 443, "/"},
      {"https://sink.example?a=b", "sink.example", 443, "/?a=b"},
      {"https://127.0.0.1:1/", "127.0.0.1", 1, "/"},
      {"https://[::1]:65535/x?y=%20", "::1", 65535, "/x?y=%20"},
  };
  for (const Case& each : cases) {
    const auto sink = parse_sink(each.text);
    ASSERT_TRUE(sink) << each.text;
    EXPECT_EQ(sink->host, each.host);
    EXPECT_EQ(sink->port, each.port);
    EXPECT_EQ(sink->target, each.target);
  }
}

TEST(SinkAddress, WithoutTlsIsUnsupportedAndAnythingElseMalformed) {
  EXPECT_EQ(parse_sink("http://sink.example/").error().code, Errc::unsupported);
  for (const char* const text :
       {"", "pigeon:home", "https://", "https:///x", "https://:1/", "https://a:0/", "https://a:65536/",
        "https://a:1x/", "https://user@a/", "https://a b/", "https://a/ b", "https://a/#f", "https://[::1",
        "https://[::1]x/", "https://[g]/", "HTTPS://a/", "https://a\\b/", "https://a/\n"}) {
    const auto sink = parse_sink(text);
    ASSERT_FALSE(sink) << text;
    EXPECT_EQ(sink.error().code, Errc::malformed) << text;
  }
  EXPECT_FALSE(parse_sink("https://" + std::string(300, 'a') + "/"));
}

}  // namespace
}  // namespace muster::wsman
