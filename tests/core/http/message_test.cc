// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/message.h"

#include <gtest/gtest.h>

namespace muster::http {
namespace {

TEST(Message, TargetsOfEitherFormNameAPath) {
  const struct {
    const char* target;
    const char* path;
  } cases[] = {
      {"/wsman", "/wsman"},
      {"/wsman?PSVersion=5.1", "/wsman"},
      {"/a//b?c=/d", "/a//b"},
      {"https://h1:1270/wsman", "/wsman"},
      {"HTTP://h1/wsman?x=1", "/wsman"},
      {"https://[::1]:1270/wsman/", "/wsman/"},
      {"https://h1", "/"},
      {"https://h1?x=/wsman", "/"},
      {"https:///wsman", ""},
      {"ftp://h1/wsman", ""},
      {"h1:1270", ""},
      {"*", ""},
      {"", ""},
      {"?x", ""},
      {"https:/wsman", ""},
  };
  for (const auto& one : cases) EXPECT_EQ(path_of(one.target), one.path) << one.target;
}

}  // namespace
}  // namespace muster::http
