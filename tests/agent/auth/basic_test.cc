// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/auth/basic.h"

#include <gtest/gtest.h>

namespace muster::auth {
namespace {

std::string base64(std::string_view text) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    count += 8;
    for (; count >= 6; count -= 6) out.push_back(kDigits[bits >> (count - 6) & 63U]);
  }
  if (count > 0) out.push_back(kDigits[bits << (6 - count) & 63U]);
  while (out.size() % 4 != 0) out.push_back('=');
  return out;
}

std::string header(std::string_view credentials) {
  return "Basic " + base64(credentials);
}

struct Good {
  std::string header;
  std::string user;
  std::string password;
};

TEST(Basic, TakesUserAndPasswordApart) {
  const Good table[] = {
      {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"},  // RFC 7617, section 2
      {"Basic dGVzdDoxMjPCow==", "test", "123\xc2\xa3"},                 // RFC 7617, section 2.1
      {header("u:p"), "u", "p"},
      {"basic " + base64("u:p"), "u", "p"},
      {"BASIC " + base64("u:p"), "u", "p"},
      {"Basic   " + base64("u:p") + "  ", "u", "p"},
      {header("u:p:q:"), "u", "p:q:"},
      {header("u::"), "u", ":"},
      {header("DOMAIN\\user:p"), "DOMAIN\\user", "p"},
      {header("u: \t\n"), "u", " \t\n"},
      {header(std::string(256, 'u') + ":p"), std::string(256, 'u'), "p"},
      {header("u:" + std::string(4096, 'p')), "u", std::string(4096, 'p')},
  };
  for (const auto& row : table) {
    const auto credentials = parse_basic(row.header);
    ASSERT_TRUE(credentials.has_value()) << row.header << ": " << credentials.error().what;
    EXPECT_EQ(credentials->user, row.user);
    EXPECT_EQ(credentials->password.reveal(), row.password);
  }
}

TEST(Basic, RefusesEverythingElse) {
  using std::string_literals::operator""s;
  const std::string table[] = {
      "",
      "Basic",
      "Basic ",
      "Basic     ",
      "Basic\t" + base64("u:p"),
      "Basic" + base64("u:p"),
      " Basic " + base64("u:p"),
      "Bearer " + base64("u:p"),
      "Negotiate " + base64("u:p"),
      "Digest username=\"u\"",
      base64("u:p"),
      "Basic !!!!",
      "Basic dTpw=",  // five characters
      "Basic dTp",    // a quartet cut short
      "Basic ====",
      "Basic d===",
      "Basic dT=w",  // padding in the middle
      "Basic dTpwcA==dTpw",
      "Basic dTpw,Basic dTpw",
      "Basic dTpw dTpw",
      "Basic dT\npw",
      "Basic dTpw\r\n",
      "Basic dTp-",  // the URL alphabet
      "Basic dTp\xc3\xa4"s,
      header("no colon"),
      header(":password"),
      header(":"),
      header("user:"),  // nobody logs in with an empty password
      header("us\0er:p"s),
      header("user\n:p"s),
      header("us\x7f:p"s),
      header("user:pass\0word"s),
      header(std::string(257, 'u') + ":p"),
      header("u:" + std::string(4097, 'p')),
      header(std::string(9000, 'u')),
      "Basic " + std::string(8192, ' ') + base64("u:p"),
      "Basic " + base64("u:p") + "\0"s,
  };
  for (const auto& row : table) {
    const auto credentials = parse_basic(row);
    ASSERT_FALSE(credentials.has_value()) << row;
    EXPECT_EQ(credentials.error().code, Errc::malformed) << row;
  }
}

TEST(Basic, QuotesNothingOfWhatItRefuses) {
  for (const auto& row : {header("canary\n:canary"), std::string("Basic canary"), header("canary"),
                          header("canary:" + std::string(5000, 'c'))}) {
    const auto credentials = parse_basic(row);
    ASSERT_FALSE(credentials.has_value());
    EXPECT_EQ(credentials.error().what.find("canary"), std::string::npos);
    EXPECT_EQ(credentials.error().hint.find("canary"), std::string::npos);
  }
}

// Two texts for one pair of credentials help nobody but whoever wants to slip past a filter.
TEST(Basic, RefusesBitsBehindTheLastByte) {
  EXPECT_TRUE(parse_basic("Basic dTpwcA==").has_value());
  EXPECT_FALSE(parse_basic("Basic dTpwcB==").has_value());
  EXPECT_TRUE(parse_basic("Basic dTpwcHA=").has_value());
  EXPECT_FALSE(parse_basic("Basic dTpwcHB=").has_value());
}

}  // namespace
}  // namespace muster::auth
