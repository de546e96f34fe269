// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/date.h"

#include <gtest/gtest.h>

namespace muster::http {
namespace {

TEST(Date, IsWrittenAsHttpWantsIt) {
  const struct {
    std::time_t seconds;
    const char* text;
  } cases[] = {
      {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
      {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
      {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
      {4102444799, "Thu, 31 Dec 2099 23:59:59 GMT"},
  };
  for (const auto& one : cases) EXPECT_EQ(format_date(one.seconds), one.text);
}

TEST(Date, IsThatOfTheMoment) {
  const std::time_t before = std::time(nullptr);
  const std::string date(current_date());
  const std::time_t after = std::time(nullptr);
  bool found = false;
  for (std::time_t each = before; each <= after; ++each) found = found || date == format_date(each);
  EXPECT_TRUE(found) << date;
}

}  // namespace
}  // namespace muster::http
