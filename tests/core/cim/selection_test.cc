// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/selection.h"

#include <gtest/gtest.h>

namespace muster::cim {
namespace {

constexpr Property kProperties[] = {
    {"Name", Type::string, Role::key},
    {"Port", Type::uint16, Role::key},
    {"Live", Type::boolean},
    {"Zone", Type::sint16},
    {"Note"},
};
constexpr ClassDecl kDecl{"TEST_Row", nullptr, "1.0.0", "A row.", kProperties};

TEST(Selection, SelectorsMustBeExactlyTheKeys) {
  using enum SelectorProblem;
  struct Case {
    std::vector<Selector> selectors;
    SelectorProblem expected;
  };
  const Case cases[] = {
      {{{"Name", "a"}, {"Port", "1"}}, none},
      {{{"port", "1"}, {"NAME", "a"}}, none},
      {{{"Name", "a"}}, insufficient},
      {{}, insufficient},
      {{{"Name", "a"}, {"Port", "1"}, {"Note", "x"}}, unknown_name},
      {{{"Name", "a"}, {"Weight", "1"}}, unknown_name},
      {{{"Name", "a"}, {"Port", "1"}, {"name", "a"}}, duplicate},
      {{{"Name", "a"}, {"name", "b"}}, duplicate},
  };
  const Class of(kDecl);
  for (const auto& each : cases) {
    EXPECT_EQ(check_selectors(of, each.selectors), each.expected) << &each - cases;
  }
}

TEST(Selection, ComparesByTheKindOfTheValue) {
  const Class of(kDecl);
  const auto row = Instance(of)
                       .set("Name", "Ab")
                       .set("Port", std::uint64_t{80})
                       .set("Live", true)
                       .set("Zone", std::int64_t{-60});
  struct Case {
    Selector selector;
    bool selected;
  };
  const Case cases[] = {
      {{"Name", "Ab"}, true},   {{"name", "Ab"}, true},   {{"Name", "ab"}, false},
      {{"Port", "80"}, true},   {{"Port", "080"}, true},  {{"Port", "80 "}, false},
      {{"Port", ""}, false},    {{"Port", "-80"}, false}, {{"Port", "18446744073709551696"}, false},
      {{"Live", "true"}, true}, {{"Live", "TRUE"}, true}, {{"Live", "false"}, false},
      {{"Zone", "-60"}, true},  {{"Zone", "60"}, false},  {{"Note", ""}, false},
  };
  for (const auto& [selector, selected] : cases) {
    EXPECT_EQ(selects({selector}, row), selected) << selector.name << "=" << selector.value;
  }
}

TEST(Selection, EverySelectorMustAgree) {
  const Class of(kDecl);
  const auto row = Instance(of).set("Name", "a").set("Port", std::uint64_t{80});
  EXPECT_TRUE(selects({{"Name", "a"}, {"Port", "80"}}, row));
  EXPECT_FALSE(selects({{"Name", "a"}, {"Port", "81"}}, row));
  EXPECT_TRUE(selects({}, row));
}

}  // namespace
}  // namespace muster::cim
