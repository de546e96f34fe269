// SPDX-License-Identifier: GPL-2.0-or-later
// Queries of any text. The first byte chooses the language. What parses must bind or be refused with a reason,
// and judge instances, the empty one too, without looking beyond its program.
// Dictionary  query
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/cim/filter.h"
#include "core/cim/query.h"

namespace {

using namespace muster::cim;

constexpr Property kProperties[] = {
    {"Name", Type::string, Role::key},
    {"Size", Type::uint64},
    {"Zone", Type::sint64},
    {"Live", Type::boolean},
    {"Load", Type::real64},
    {"Since", Type::datetime},
    {"Tags", Type::string, Role::value, Unit::none, {}, Shape::array},
};
constexpr ClassDecl kDecl{"X", nullptr, "1.0.0", "A row.", kProperties};

void judge(const Query& query, const Class& of) {
  const auto filter = Filter::bind(query, of);
  if (!filter) {
    if (filter.error().code != muster::Errc::malformed || filter.error().what.empty()) std::abort();
    return;
  }
  static_cast<void>(filter->accepts(Instance(of)));
  const auto full = Instance(of)
                        .set("Name", std::string("a/b%c[d]e"))
                        .set("Size", ~std::uint64_t{0})
                        .set("Zone", std::int64_t{-1})
                        .set("Live", true)
                        .set("Load", 0.1)
                        .set("Since", std::string("2026-11-20T09:14:56.882936Z"));
  static_cast<void>(filter->accepts(full));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Class kClass(kDecl);
  if (size == 0) return 0;
  const auto language = data[0] == 'w' ? QueryLanguage::wql : QueryLanguage::cql;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto query = parse_query(text, language);
  if (!query) return query.error().code == muster::Errc::malformed ? 0 : (std::abort(), 0);
  if (query->terms.size() > kMaxTerms || query->selected.size() > kMaxSelected) std::abort();
  judge(*query, kClass);
  return 0;
}
