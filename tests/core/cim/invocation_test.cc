// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/invocation.h"

#include <gtest/gtest.h>

namespace muster::cim {
namespace {

TEST(Invocation, TakesTextInItsCanonicalFormAndNothingElse) {
  struct Case {
    Type type;
    const char* text;
    Misfit misfit;
    const char* out;
  };
  const Case table[] = {
      {Type::boolean, "true", Misfit::none, "TRUE"},
      {Type::boolean, " 0\n", Misfit::none, "FALSE"},
      {Type::boolean, "TRUE", Misfit::none, "TRUE"},
      {Type::boolean, "yes", Misfit::type, ""},
      {Type::boolean, "", Misfit::type, ""},
      {Type::uint16, "65535", Misfit::none, "65535"},
      {Type::uint16, "+07", Misfit::none, "7"},
      {Type::uint16, "65536", Misfit::range, ""},
      {Type::uint16, "-1", Misfit::range, ""},
      {Type::uint16, "-x", Misfit::type, ""},
      {Type::uint16, "+-1", Misfit::type, ""},
      {Type::uint32, "long", Misfit::type, ""},
      {Type::uint32, "1.5", Misfit::type, ""},
      {Type::uint32, "0x10", Misfit::type, ""},
      {Type::uint64, "18446744073709551615", Misfit::none, "18446744073709551615"},
      {Type::uint64, "18446744073709551616", Misfit::range, ""},
      {Type::sint32, "-2147483648", Misfit::none, "-2147483648"},
      {Type::sint32, "2147483648", Misfit::range, ""},
      {Type::sint64, "-9223372036854775809", Misfit::range, ""},
      {Type::real64, "1.5e3", Misfit::none, "1500"},
      {Type::real64, "1,5", Misfit::type, ""},
      {Type::string, " as it is \n", Misfit::none, " as it is \n"},
      {Type::string, "", Misfit::none, ""},
      {Type::datetime, " 2026-11-20T09:14:56Z ", Misfit::none, "2026-11-20T09:14:56Z"},
      {Type::datetime, "tomorrow", Misfit::type, ""},
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
