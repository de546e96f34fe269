// SPDX-License-Identifier: GPL-2.0-or-later
// Selectors of any content: each line of the input is one, "name=value". The first byte says whether they are escaped
// (what was written must be read) or stand in the message as they are (what is taken must be within the limits).
// Dictionary  wsman
#include <algorithm>
#include <string>
#include <vector>

#include "core/wsman/escape.h"
#include "core/wsman/names.h"
#include "core/wsman/request.h"
#include "core/wsman/resource_uri.h"
#include "tests/core/wsman/fixture.h"
#include "tests/fuzz/input.h"

namespace {

using namespace muster;
using namespace muster::wsman;
using fuzz::demand;

using List = std::vector<cim::Selector>;

List split(fuzz::Input& input) {
  List list;
  while (!input.empty()) {
    const auto line = input.line();
    const auto equals = line.find('=');
    list.push_back({std::string(line.substr(0, equals)),
                    std::string(equals == std::string_view::npos ? "" : line.substr(equals + 1))});
  }
  return list;
}

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

std::string selector_set(const List& list, bool escape) {
  std::string out = "<w:SelectorSet>";
  for (const auto& [name, value] : list) {
    out += "<w:Selector Name=\"" + (escape ? escaped(name) : name) + "\">";
    out += (escape ? escaped(value) : value) + "</w:Selector>";
  }
  return out + "</w:SelectorSet>";
}

void check_limits(const List& list) {
  demand(list.size() <= names::kMaxSelectors);
  for (std::size_t i = 0; i < list.size(); ++i) {
    demand(!list[i].name.empty() && list[i].name.size() <= names::kMaxSelectorName);
    demand(list[i].value.size() <= names::kMaxSelectorValue);
    demand(!same_name(list[i].name, names::kNamespaceSelector));
    for (std::size_t j = 0; j < i; ++j) demand(!same_name(list[i].name, list[j].name));
  }
}

// What was written and is no namespace, in its order.
void check_reading(const List& written, const List& read) {
  std::size_t at = 0;
  for (const auto& [name, value] : written) {
    if (same_name(sanitized(name), names::kNamespaceSelector)) continue;
    demand(at < read.size() && read[at].name == sanitized(name) && read[at].value == sanitized(value));
    ++at;
  }
  demand(at == read.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const bool escape = input.choice(2) == 0;
  const auto written = split(input);
  const auto set = selector_set(written, escape);
  Request request;
  if (parse_request(wsman::testing::get("TEST_Disk", set), "", request)) return 0;
  check_limits(request.selectors);
  if (escape) check_reading(written, request.selectors);
  static_cast<void>(cim::check_selectors(wsman::testing::disk_class(), request.selectors));
  static_cast<void>(cim::selects(request.selectors, wsman::testing::disk("sda", 1)));
  return 0;
}
