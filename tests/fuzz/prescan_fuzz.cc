// SPDX-License-Identifier: GPL-2.0-or-later
// Documents of any content. What the pre-scan lets through must load, have one root and hold only prefixes
// that resolve; what it refuses is of no interest.
// Dictionary  xml
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <pugixml.hpp>

#include "core/wsman/charset.h"
#include "core/wsman/prescan.h"
#include "core/wsman/xml.h"

namespace {

using namespace muster::wsman;

std::size_t elements_below(pugi::xml_node parent) {
  std::size_t count = 0;
  for (auto child = xml::first_element(parent); child; child = xml::next_element(child)) ++count;
  return count;
}

void check(pugi::xml_node element) {
  const std::string_view prefix = xml::prefix_of(element.name());
  if (!prefix.empty() && xml::uri_of(element).empty()) std::abort();
  for (auto child = xml::first_element(element); child; child = xml::next_element(child)) check(child);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  DecodedText text;
  if (!decode(body, "", text) || !prescan(text.utf8)) return 0;
  pugi::xml_document document;
  if (!xml::load(document, text.utf8)) std::abort();
  if (elements_below(document.root()) != 1) std::abort();
  check(document.document_element());
  return 0;
}
