// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/invocation.h"

#include <gtest/gtest.h>

namespace muster::cim {
namespace {

TEST(Invocation, TakesTextInItsCanonicalFormAndNothingElse) {
  struct Case {
    Type type;
    Misfit misfit;
    const char* text;
    const char* out;
  };
  const Case table[] = {
      {Type::boolean, Misfit::none, "true", "TRUE"},
      {Type::boolean, Misfit::none, " 0\n", "FALSE"},
      {Type::boolean, Misfit::none, "TRUE", "TRUE"},
      {Type::boolean, Misfit::type, "yes", ""},
      {Type::boolean, Misfit::type, "", ""},
      {Type::uint16, Misfit::none, "65535", "65535"},
      {Type::uint16, Misfit::none, "+07", "7"},
      {Type::uint16, Misfit::range, "65536", ""},
      {Type::uint16, Misfit::range, "-1", ""},
      {Type::uint16, Misfit::type, "-x", ""},
      {Type::uint16, Misfit::type, "+-1", ""},
      {Type::uint32, Misfit::type, "long", ""},
      {Type::uint32, Misfit::type, "1.5", ""},
      {Type::uint32, Misfit::type, "0x10", ""},
      {Type::uint64, Misfit::none, "18446744073709551615", "18446744073709551615"},
      {Type::uint64, Misfit::range, "18446744073709551616", ""},
      {Type::sint32, Misfit::none, "-2147483648", "-2147483648"},
      {Type::sint32, Misfit::range, "2147483648", ""},
      {Type::sint64, Misfit::range, "-9223372036854775809", ""},
      {Type::real64, Misfit::none, "1.5e3", "1500"},
      {Type::real64, Misfit::type, "1,5", ""},
      {Type::string, Misfit::none, " as it is \n", " as it is \n"},
      {Type::string, Misfit::none, "", ""},
      {Type::datetime, Misfit::none, " 2026-11-20T09:14:56Z ", "2026-11-20T09:14:56Z"},
      {Type::datetime, Misfit::type, "tomorrow", ""},
  };
  for (const Case& each : table) {
    std::string out;
    EXPECT_EQ(canonical(each.type, each.text, out), each.misfit) << each.text;
    if (each.misfit == Misfit::none) {
      EXPECT_EQ(out, each.out) << each.text;
    }
  }
}

TEST(Invocation, AnAbsentArgumentHasTheGivenValue) {
  const Arguments arguments = {{"Command", {"id"}}, {"timeout", {"10"}}, {"b64encoded", {"TRUE"}}};
  EXPECT_EQ(text_of(arguments, "Command", "x"), "id");
  EXPECT_EQ(text_of(arguments, "Script", "x"), "x");
  EXPECT_EQ(number_of(arguments, "timeout", 5), 10U);
  EXPECT_EQ(number_of(arguments, "count", 5), 5U);
  EXPECT_TRUE(is_true(arguments, "b64encoded"));
  EXPECT_FALSE(is_true(arguments, "resetOnRead"));
  EXPECT_EQ(find_argument({{"empty", {}}}, "empty"), nullptr);
}

}  // namespace
}  // namespace muster::cim
