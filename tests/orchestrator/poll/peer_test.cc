// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/peer.h"

#include <gtest/gtest.h>

namespace muster {
namespace {

TEST(ParseUrl, reads_host_port_and_path) {
  struct Case {
    const char* text;
    const char* host;
    std::uint16_t port;
    const char* path;
  };
  constexpr Case kCases[] = {
      {"https://web1", "web1", 1270, "/wsman"},
      {"https://web1/", "web1", 1270, "/wsman"},
      {"https://10.0.0.5:1270", "10.0.0.5", 1270, "/wsman"},
      {"https://web1.example:1270/other/path", "web1.example", 1270, "/other/path"},
      {"https://[2001:db8::1]:1270/wsman", "2001:db8::1", 1270, "/wsman"},
      {"https://[::1]", "::1", 1270, "/wsman"},
  };
  for (const auto& one : kCases) {
    const auto url = parse_url(one.text);
    ASSERT_TRUE(url) << one.text << ": " << url.error().what;
    EXPECT_EQ(url->host, one.host);
    EXPECT_EQ(url->port, one.port);
    EXPECT_EQ(url->path, one.path);
  }
}

TEST(ParseUrl, refuses_what_is_not_https_or_hides_something) {
  for (const auto* text :
       {"http://web1", "web1", "ftp://web1", "https://", "https:///wsman", "https://:1270",
        "https://web1:", "https://web1:0", "https://web1:65536", "https://web1:12x", "https://u@web1",
        "https://we b1", "https://[::1", "https://[::1]x", "https://web1\r\nX: y", "https://[]"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(Base64, is_that_of_rfc_4648) {
  constexpr std::pair<const char*, const char*> kVectors[] = {
      {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
      {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfd", "//79"}};
  for (const auto& [plain, encoded] : kVectors) EXPECT_EQ(base64(plain), encoded);
}

}  // namespace
}  // namespace muster
