// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/filter.h"

#include <gtest/gtest.h>

namespace muster::cim {
namespace {

constexpr Property kBaseProperties[] = {{"Name", Type::string, Role::key}};
constexpr Property kProperties[] = {
    {"Size", Type::uint64},    {"Zone", Type::sint16},
    {"Live", Type::boolean},   {"Load", Type::real64},
    {"Since", Type::datetime}, {"Tags", Type::string, Role::value, Unit::none, {}, Shape::array},
    {"Note", Type::string},    {"Port", Type::uint8},
};
constexpr ClassDecl kBaseDecl{"TEST_Base", nullptr, "1.0.0", "A base.", kBaseProperties};
constexpr ClassDecl kDecl{"TEST_Row", &kBaseDecl, "1.0.0", "A row.", kProperties};
constexpr ClassDecl kOtherDecl{"TEST_Other", &kBaseDecl, "1.0.0", "Another row.", {}};

const Class& row_class() {
  static const Class kClass(kDecl);
  return kClass;
}
const Class& other_class() {
  static const Class kClass(kOtherDecl);
  return kClass;
}

Instance row() {
  return Instance(row_class())
      .set("Name", std::string("Sda"))
      .set("Size", std::uint64_t{18446744073709551615ULL})
      .set("Zone", std::int64_t{-60})
      .set("Live", true)
      .set("Load", 0.25)
      .set("Since", std::string("2026-11-20T09:14:56.882936Z"))
      .set("Tags", std::vector<std::string>{"a"});
}

Result<Filter> bound(std::string_view condition, QueryLanguage language = QueryLanguage::wql,
                     const Class& of = row_class()) {
  const auto query = parse_query("SELECT * FROM TEST_Base WHERE " + std::string(condition), language);
  if (!query) return fail(query.error());
  return Filter::bind(*query, of);
}

TEST(Filter, JudgesByCimsRules) {
  struct Case {
    std::string_view condition;
    bool expected;
  };
  const Case cases[] = {
      {"Name = 'sda'", true},
      {"name <> 'SDB'", true},
      {"Name < 'sdb'", true},
      {"Name >= 'sda'", true},
      {"Name LIKE 's_A'", true},
      {"Name NOT LIKE '%b'", true},
      {"Size = 18446744073709551615", true},
      {"Size = 18446744073709551614", false},
      {"Size > -1", true},
      {"Size < 18446744073709551616.0", true},
      {"Size > 1.5", true},
      {"Zone = -60", true},
      {"Zone < 0", true},
      {"Zone > -60.5", true},
      {"Zone < -59.5", true},
      {"Zone < 18446744073709551615", true},
      {"Live = TRUE", true},
      {"Live <> TRUE", false},
      {"Load = 0.25", true},
      {"Load < 1", true},
      {"Load > -1", true},
      {"Since = '20261120101456.882936+060'", true},
      {"Since > '2026-11-20'", true},
      {"Since < '2026-11-21T00:00:00+02:00'", true},
      {"Since > 'P1D'", false},
      {"NOT Since > 'P1D'", false},
      {"Note IS NULL", true},
      {"Note = NULL", true},
      {"Name IS NOT NULL", true},
      {"Tags IS NULL", false},
      {"Note = 'x'", false},
      {"Note <> 'x'", false},
      {"NOT Note = 'x'", false},
      {"Note = 'x' OR Live = TRUE", true},
      {"Note = 'x' OR Live = FALSE", false},
      {"NOT (Note = 'x' AND Live = FALSE)", true},
      {"NOT (Note = 'x' OR Live = TRUE)", false},
      {"NOT (Note = 'x' AND Live = TRUE)", false},
      {"Live = FALSE OR Live = TRUE AND Name = 'sda'", true},
      {"(Live = FALSE OR Live = TRUE) AND NOT Name = 'sda'", false},
      {"TEST_Base ISA TEST_Row", true},
      {"__this ISA 'test_base'", true},
      {"__this ISA TEST_Other", false},
      {"NOT __this ISA CIM_Nothing", true},
      {"Port = 300", false},
  };
  for (const auto& [condition, expected] : cases) {
    const auto filter = bound(condition);
    ASSERT_TRUE(filter) << condition << ": " << filter.error().what;
    EXPECT_EQ(filter->accepts(row()), expected) << condition;
  }
}

TEST(Filter, CqlComparesTextWithCase) {
  EXPECT_FALSE(bound("Name = 'sda'", QueryLanguage::cql)->accepts(row()));
  EXPECT_TRUE(bound("Name = 'Sda'", QueryLanguage::cql)->accepts(row()));
  EXPECT_FALSE(bound("Name LIKE 's%'", QueryLanguage::cql)->accepts(row()));
}

TEST(Filter, RefusesWhatDoesNotFitTheClass) {
  struct Case {
    std::string_view condition;
    std::string_view what;
  };
  const Case cases[] = {
      {"Nothing = 1", "column 31: Nothing is no property of TEST_Row"},
      {"Name = 1", "Name is compared with text"},
      {"Name = TRUE", "Name is compared with text"},
      {"Size = '1'", "Size is compared with numbers"},
      {"Size = TRUE", "Size is compared with numbers"},
      {"Size LIKE '1%'", "LIKE asks of strings"},
      {"Since LIKE '2026%'", "LIKE asks of strings"},
      {"Live = 1", "Live is compared with = TRUE"},
      {"Live > FALSE", "Live is compared with = TRUE"},
      {"Since = 'yesterday'", "Since is compared with a datetime"},
      {"Since = 5", "Since is compared with a datetime"},
      {"Tags = 'a'", "Tags is an array"},
      {"Name LIKE '[z-a]'", "column 31: LIKE pattern: a range"},
      {"Live = TRUE AND Load = 'x'", "column 47: Load is compared with numbers"},
  };
  for (const auto& [condition, what] : cases) {
    const auto filter = bound(condition);
    ASSERT_FALSE(filter) << condition;
    EXPECT_EQ(filter.error().code, Errc::malformed);
    EXPECT_NE(filter.error().what.find(what), std::string::npos) << filter.error().what;
  }
}

TEST(Filter, PatternsOfOneQueryShareALimit) {
  const std::string half(kMaxPatternSize / 2, 'x');
  EXPECT_TRUE(bound("Name LIKE '" + half + "' OR Name LIKE '" + half + "'"));
  EXPECT_FALSE(bound("Name LIKE '" + half + "' OR Name LIKE '" + half + "x'"));
}

TEST(Filter, SelectsInTheOrderOfTheClass) {
  const auto query = parse_query("SELECT Zone, name, NAME, Size FROM TEST_Row", QueryLanguage::cql);
  const auto filter = Filter::bind(*query, row_class());
  ASSERT_TRUE(filter);
  EXPECT_EQ(filter->selected(), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_FALSE(Filter::bind(*parse_query("SELECT Nothing FROM TEST_Row", QueryLanguage::wql), row_class()));
}

TEST(Filter, LetsNoInstanceOfAnotherClassPass) {
  const auto query = parse_query("SELECT * FROM TEST_Row", QueryLanguage::wql);
  EXPECT_TRUE(Filter::bind(*query, row_class())->accepts(row()));
  EXPECT_FALSE(Filter::bind(*query, other_class())->accepts(Instance(other_class())));
  EXPECT_FALSE(Filter::bind(*query, row_class())->accepts(Instance(other_class())));
}

}  // namespace
}  // namespace muster::cim
