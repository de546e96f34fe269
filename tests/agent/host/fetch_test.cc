// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/host/fetch.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "agent/host/provider_host.h"

namespace muster::agent {
namespace {

using wsman::ItemShape;
using wsman::Query;

ItemShape with(ItemShape::Content content, std::string as_class = {}) {
  ItemShape shape;
  shape.content = content;
  shape.as_class = std::move(as_class);
  return shape;
}
ItemShape asked(ItemShape::Dialect dialect, std::string expression) {
  ItemShape shape;
  shape.dialect = dialect;
  shape.expression = std::move(expression);
  return shape;
}
ItemShape without_nulls() {
  ItemShape shape;
  shape.nulls = ItemShape::Nulls::left_out;
  return shape;
}

const std::vector<Query>& queries() {
  static const std::vector<Query> kQueries = {
      {Query::Kind::enumerate, "A", {}},
      {Query::Kind::enumerate, "A", {{"Name", "x"}}},
      {Query::Kind::get, "A", {{"Name", "x"}, {"Port", ""}}},
      {Query::Kind::get, "A", {{"Name", "x"}}, with(ItemShape::Content::both)},
      {Query::Kind::enumerate, "A", {}, with(ItemShape::Content::reference, "Base")},
      {Query::Kind::enumerate, "A", {}, without_nulls()},
      {Query::Kind::enumerate, "A", {}, asked(ItemShape::Dialect::wql, "SELECT * FROM A")},
      {Query::Kind::enumerate, "A", {}, asked(ItemShape::Dialect::cql, "")},
      {Query::Kind::get, "A", {{"Name", "x"}}, asked(ItemShape::Dialect::fragment, "B[1]")},
  };
  return kQueries;
}

TEST(Fetch, AQueryArrivesAsItWasSent) {
  for (const Query& sent : queries()) {
    const auto frame = ipc::decode(ipc::encode(fetch_frame(7, sent)));
    ASSERT_TRUE(frame);
    const auto arrived = parse_fetch(*frame);
    ASSERT_TRUE(arrived) << frame->fields[0];
    EXPECT_EQ(arrived->kind, sent.kind);
    EXPECT_EQ(arrived->class_name, sent.class_name);
    EXPECT_EQ(arrived->shape, sent.shape);
    ASSERT_EQ(arrived->keys.size(), sent.keys.size());
    for (std::size_t i = 0; i < sent.keys.size(); ++i) {
      EXPECT_EQ(arrived->keys[i].name, sent.keys[i].name);
      EXPECT_EQ(arrived->keys[i].value, sent.keys[i].value);
    }
  }
}

TEST(Fetch, APlainQueryIsNoLongerThanItMustBe) {
  EXPECT_EQ(fetch_frame(1, queries()[0]).fields, (std::vector<std::string>{"enumerate", "A"}));
}

TEST(Fetch, AnythingElseIsRefused) {
  const std::vector<std::vector<std::string>> cases = {
      {},
      {"get"},
      {"list", "A"},
      {"get", "A", "Name"},
      {"get shaped", "A"},
      {"get shaped", "A", "object", "sent", "none", ""},
      {"get shaped", "A", "object", "sent", "none", "", "", "Name"},
      {"get shaped", "A", "objects", "sent", "none", "", ""},
      {"get shaped", "A", "object", "", "none", "", ""},
      {"get shaped", "A", "object", "sent", "sql", "", ""},
  };
  for (const auto& fields : cases) EXPECT_FALSE(parse_fetch({ipc::Tag::fetch, 1, fields}));
  EXPECT_FALSE(parse_fetch({ipc::Tag::rows, 1, {"get", "A"}}));
}

// Two numbers, for the requests that reach a provider.
constexpr cim::Property kProperties[] = {{"Name", cim::Type::string, cim::Role::key},
                                         {"Size", cim::Type::uint64}};
constexpr cim::ClassDecl kDecl{"A", nullptr, "1.0.0", "A row.", kProperties};

class TwoRows : public Provider {
 public:
  const cim::Class& cim_class() const override { return class_; }
  Result<void> enumerate(const Emit& emit) override {
    emit(cim::Instance(class_).set("Name", std::string("one")).set("Size", std::uint64_t{1}));
    emit(cim::Instance(class_).set("Name", std::string("two")).set("Size", std::uint64_t{2}));
    return {};
  }

 private:
  cim::Class class_{kDecl};
};

std::string answered(const Query& query) {
  ProviderList providers;
  providers.push_back(std::make_unique<TwoRows>());
  std::string out;
  const auto outcome = answer(fetch_frame(1, query), providers, [&](const std::string& row) { out += row; });
  return outcome ? out : std::string(to_string(outcome.error().code));
}

TEST(Fetch, TheHostFiltersBeforeItRenders) {
  const auto wql = [](std::string text) {
    return Query{Query::Kind::enumerate, "A", {}, asked(ItemShape::Dialect::wql, std::move(text))};
  };
  EXPECT_EQ(answered(wql("SELECT * FROM A WHERE Size > 1")).find("one"), std::string::npos);
  EXPECT_NE(answered(wql("SELECT * FROM A WHERE Size > 1")).find("<p:Name>two</p:Name>"), std::string::npos);
  EXPECT_EQ(answered(wql("SELECT * FROM A WHERE Size > 2")), "");
  EXPECT_EQ(answered(wql("SELECT * FROM A WHERE Size > 'x'")), "malformed");
  EXPECT_EQ(answered({Query::Kind::enumerate, "A", {{"Size", "1"}}}).find("two"), std::string::npos);
  EXPECT_EQ(answered({Query::Kind::get, "A", {{"Name", "two"}}}).find("one"), std::string::npos);
  EXPECT_EQ(answered({Query::Kind::enumerate, "B", {}}), "not_found");
}

TEST(Fetch, TheHostWritesReferences) {
  const std::string both = answered({Query::Kind::enumerate, "A", {}, with(ItemShape::Content::reference)});
  EXPECT_EQ(both.find("<p:A"), std::string::npos);
  EXPECT_NE(both.find("<wsman:Selector Name=\"Name\">one</wsman:Selector>"), std::string::npos);
  EXPECT_NE(both.find("<wsman:Selector Name=\"Name\">two</wsman:Selector>"), std::string::npos);
}

}  // namespace
}  // namespace muster::agent
