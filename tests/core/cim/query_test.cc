// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/query.h"

#include <gtest/gtest.h>

namespace muster::cim {
namespace {

std::string literal_text(const Literal& literal) {
  if (const auto* truth = std::get_if<bool>(&literal)) return *truth ? "true" : "false";
  if (const auto* number = std::get_if<std::uint64_t>(&literal)) return std::to_string(*number) + "u";
  if (const auto* number = std::get_if<std::int64_t>(&literal)) return std::to_string(*number) + "i";
  if (const auto* number = std::get_if<double>(&literal)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&literal)) return "'" + *text + "'";
  return "null";
}

// The query in postfix order, "X|a,b|Name = 'x' ; Size > 5u ; and".
std::string shown(const Query& query) {
  static constexpr const char* kSigns[] = {"=", "<>", "<", "<=", ">", ">=", "like", "is", "isa"};
  std::string out = query.class_name + "|";
  for (const auto& [name, column] : query.selected) out += (out.back() == '|' ? "" : ",") + name;
  std::string separator = "|";
  auto term = query.terms.begin();
  for (const Step step : query.steps) {
    out += std::exchange(separator, " ; ");
    if (step == Step::term) {
      out += term->property + " " + kSigns[static_cast<int>(term->comparison)] + " " +
             literal_text(term->literal);
      ++term;
    } else {
      out += step == Step::negate ? "not" : step == Step::both ? "and" : "or";
    }
  }
  return out;
}

TEST(Query, IsReadIntoPostfixOrder) {
  struct Case {
    std::string_view text;
    std::string_view expected;
  };
  const Case cases[] = {
      {"SELECT * FROM X", "X|"},
      {"select a , X.b,c from X", "X|a,b,c"},
      {"SELECT y.a FROM X AS y WHERE Y.b = 1", "X|a|b = 1u"},
      {"SELECT * FROM X WHERE a='it''s' ", "X||a = 'it's'"},
      {R"(SELECT * FROM X WHERE a="q\"\\\n'")", "X||a = 'q\"\\\n''"},
      {"SELECT * FROM X WHERE a=1 AND b=2 OR c=3", "X||a = 1u ; b = 2u ; and ; c = 3u ; or"},
      {"SELECT * FROM X WHERE a=1 OR b=2 AND c=3", "X||a = 1u ; b = 2u ; c = 3u ; and ; or"},
      {"SELECT * FROM X WHERE (a=1 OR b=2) AND NOT c=3", "X||a = 1u ; b = 2u ; or ; c = 3u ; not ; and"},
      {"SELECT * FROM X WHERE NOT NOT a<>-1", "X||a <> -1i ; not ; not"},
      {"SELECT * FROM X WHERE a!=+5 AND a<1.5e1 AND .5>=a",
       "X||a <> 5u ; a < 15.000000 ; and ; a <= 0.500000 ; and"},
      {"SELECT * FROM X WHERE 1<a AND 1<=b AND 1>c AND 1=d",
       "X||a > 1u ; b >= 1u ; and ; c < 1u ; and ; d = 1u ; and"},
      {"SELECT * FROM X WHERE a IS NULL OR a is not null", "X||a is null ; a is null ; not ; or"},
      {"SELECT * FROM X WHERE a = NULL OR NULL <> b", "X||a is null ; b is null ; not ; or"},
      {"SELECT * FROM X WHERE a LIKE 'b%' OR a NOT LIKE '_'", "X||a like 'b%' ; a like '_' ; not ; or"},
      {"SELECT * FROM X WHERE a = TRUE AND false = b", "X||a = true ; b = false ; and"},
      {"SELECT * FROM X WHERE X ISA Y OR __THIS ISA 'Z'", "X||X isa 'Y' ; __THIS isa 'Z' ; or"},
      {"SELECT * FROM X WHERE a=18446744073709551615 AND a>-9223372036854775808",
       "X||a = 18446744073709551615u ; a > -9223372036854775808i ; and"},
      {"SELECT * FROM X WHERE a = 'caf\xC3\xA9'", "X||a = 'caf\xC3\xA9'"},
  };
  for (const QueryLanguage language : {QueryLanguage::wql, QueryLanguage::cql}) {
    for (const auto& [text, expected] : cases) {
      const auto query = parse_query(text, language);
      ASSERT_TRUE(query) << text << ": " << query.error().what;
      EXPECT_EQ(shown(*query), expected);
      EXPECT_EQ(query->language, language);
    }
  }
}

TEST(Query, IsRefusedAtTheColumnWhereItGoesWrong) {
  struct Case {
    std::string_view text;
    std::string_view what;
  };
  const Case cases[] = {
      {"", "column 1: the end instead of SELECT"},
      {"SELECT", "column 7: the end instead of the name of a property"},
      {"SELECT * FROM", "column 14: the end instead of the name of a class"},
      {"SELECT a b FROM X", "column 10: \"b\" instead of FROM"},
      {"SELECT a, FROM X", "column 16: \"X\" instead of FROM"},
      {"SELECT COUNT(*) FROM X", "column 13: \"(\" instead of FROM"},
      {"SELECT Z.a FROM X", "column 8: Z is not the class of this query"},
      {"SELECT * FROM X, Y", "column 16: \",\" instead of the end of the query"},
      {"SELECT * FROM X WITHIN 5", "column 17: \"WITHIN\" instead of the end of the query"},
      {"ASSOCIATORS OF {X.a='b'}", "column 1: \"ASSOCIATORS\" instead of SELECT"},
      {"SELECT * FROM X WHERE", "column 22: the end instead of a property or a literal"},
      {"SELECT * FROM X WHERE a", "column 24: the end instead of a comparison"},
      {"SELECT * FROM X WHERE a = b", "column 27: a property is compared with a literal"},
      {"SELECT * FROM X WHERE 1 = 1", "column 27: a property is compared with a literal"},
      {"SELECT * FROM X WHERE a[0] = 1", "column 24: elements of arrays"},
      {"SELECT * FROM X WHERE (a = 1", "column 29: the end instead of \")\""},
      {"SELECT * FROM X WHERE a = 1)", "column 28: \")\" instead of the end"},
      {"SELECT * FROM X WHERE a = 'b", "column 27: a string that does not end"},
      {"SELECT * FROM X WHERE a = 'b\\x41'", "column 29: an escape that is none"},
      {"SELECT * FROM X WHERE a = 'b\\", "column 29: an escape that is none"},
      {"SELECT * FROM X WHERE a = 12ab", "column 27: not a number"},
      {"SELECT * FROM X WHERE a = 1e999", "column 27: not a number"},
      {"SELECT * FROM X WHERE a LIKE b", "column 30: \"b\" instead of a pattern"},
      {"SELECT * FROM X WHERE a > NULL", "column 23: NULL is neither"},
      {"SELECT * FROM X WHERE a ISA Y", "column 23: a is a property"},
      {"SELECT * FROM X WHERE X ISA 5", "column 29: \"5\" instead of the name of a class"},
      {"SELECT * FROM X WHERE a IS 1", "column 28: \"1\" instead of NULL"},
      {"SELECT * FROM X WHERE a # 1", "column 25: \"#\" instead of a comparison"},
      {"SELECT * FROM X WHERE a = -", "column 27: \"-\" instead of a property"},
  };
  for (const auto& [text, what] : cases) {
    const auto query = parse_query(text, QueryLanguage::wql);
    ASSERT_FALSE(query) << text;
    EXPECT_EQ(query.error().code, Errc::malformed);
    EXPECT_NE(query.error().what.find(what), std::string::npos) << text << "\n" << query.error().what;
  }
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

TEST(Query, HasLimits) {
  const std::string head = "SELECT * FROM X WHERE ";
  struct Case {
    std::string within;
    std::string beyond;
  };
  const Case cases[] = {
      {head + repeated("(", kMaxDepth) + "a=1" + repeated(")", kMaxDepth),
       head + repeated("(", kMaxDepth + 1) + "a=1" + repeated(")", kMaxDepth + 1)},
      {head + repeated("NOT ", kMaxDepth) + "a=1", head + repeated("NOT ", kMaxDepth + 1) + "a=1"},
      {head + "a=1" + repeated(" OR a=1", kMaxTerms - 1), head + "a=1" + repeated(" OR a=1", kMaxTerms)},
      {"SELECT a" + repeated(",a", kMaxSelected - 1) + " FROM X",
       "SELECT a" + repeated(",a", kMaxSelected) + " FROM X"},
      {head + "a='" + std::string(kMaxQueryBytes - head.size() - 4, 'x') + "'",
       head + "a='" + std::string(kMaxQueryBytes - head.size() - 3, 'x') + "'"},
  };
  for (const auto& [within, beyond] : cases) {
    EXPECT_TRUE(parse_query(within, QueryLanguage::cql)) << within;
    EXPECT_FALSE(parse_query(beyond, QueryLanguage::cql)) << beyond;
  }
}

}  // namespace
}  // namespace muster::cim
