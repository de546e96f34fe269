// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/host/fetch.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace muster::agent {
namespace {

using wsman::ItemShape;
using wsman::Query;

constexpr std::size_t kPlainFields = 2;
constexpr std::size_t kShapedFields = 7;

struct Kind {
  std::string_view word;
  Query::Kind kind;
  bool shaped;
};
constexpr Kind kKinds[] = {{"get", Query::Kind::get, false},
                           {"enumerate", Query::Kind::enumerate, false},
                           {"get shaped", Query::Kind::get, true},
                           {"enumerate shaped", Query::Kind::enumerate, true}};

// By position in the enumerations.
constexpr std::array<std::string_view, 3> kContents = {"object", "reference", "both"};
constexpr std::array<std::string_view, 2> kNulls = {"sent", "left out"};
constexpr std::array<std::string_view, 4> kDialects = {"none", "wql", "cql", "fragment"};

template <class Words, class Value>
std::string word_of(const Words& words, Value value) {
  return std::string(words.at(static_cast<std::size_t>(value)));
}

template <class Words, class Value>
bool read_word(const Words& words, std::string_view text, Value& out) {
  const auto found = std::find(words.begin(), words.end(), text);
  if (found == words.end()) return false;
  out = static_cast<Value>(found - words.begin());
  return true;
}

bool read_shape(const std::vector<std::string>& fields, ItemShape& out) {
  out.expression = fields[5];
  out.as_class = fields[6];
  return read_word(kContents, fields[2], out.content) && read_word(kNulls, fields[3], out.nulls) &&
         read_word(kDialects, fields[4], out.dialect);
}

}  // namespace

ipc::Frame fetch_frame(std::uint64_t id, const Query& query) {
  const bool shaped = query.shape != ItemShape{};
  const auto* const kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& each) {
    return each.kind == query.kind && each.shaped == shaped;
  });
  ipc::Frame frame{ipc::Tag::fetch, id, {}};
  frame.fields.reserve((shaped ? kShapedFields : kPlainFields) + 2 * query.keys.size());
  frame.fields.emplace_back(kind->word);
  frame.fields.push_back(query.class_name);
  if (shaped) {
    frame.fields.push_back(word_of(kContents, query.shape.content));
    frame.fields.push_back(word_of(kNulls, query.shape.nulls));
    frame.fields.push_back(word_of(kDialects, query.shape.dialect));
    frame.fields.push_back(query.shape.expression);
    frame.fields.push_back(query.shape.as_class);
  }
  for (const cim::Selector& key : query.keys) {
    frame.fields.push_back(key.name);
    frame.fields.push_back(key.value);
  }
  return frame;
}

Result<Query> parse_fetch(const ipc::Frame& fetch) {
  const auto bad = [] { return fail(Errc::malformed, "fetch: not a fetch frame"); };
  const auto& fields = fetch.fields;
  if (fetch.tag != ipc::Tag::fetch || fields.size() < kPlainFields) return bad();
  const auto* const kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                        [&](const Kind& each) { return each.word == fields[0]; });
  if (kind == std::end(kKinds)) return bad();
  const std::size_t fixed = kind->shaped ? kShapedFields : kPlainFields;
  if (fields.size() < fixed || (fields.size() - fixed) % 2 != 0) return bad();
  Query query{kind->kind, fields[1], {}};
  query.keys.reserve((fields.size() - fixed) / 2);
  if (kind->shaped && !read_shape(fields, query.shape)) return bad();
  for (std::size_t i = fixed; i < fields.size(); i += 2) query.keys.push_back({fields[i], fields[i + 1]});
  return query;
}

}  // namespace muster::agent
