// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/standalone.h"

#include <set>
#include <string_view>

#include "core/wsman/escape.h"
#include "core/wsman/xml.h"

namespace muster::wsman {
namespace {

bool is_declaration(std::string_view attribute) {
  return attribute == "xmlns" || attribute.starts_with("xmlns:");
}

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("=\"");
  append_escaped(out, value);
  out.push_back('"');
}

// What is in scope from further out; the nearest declaration of a prefix counts.
void append_inherited(std::string& out, pugi::xml_node element) {
  std::set<std::string_view> declared;
  for (const pugi::xml_attribute each : element.attributes()) {
    if (is_declaration(each.name())) declared.insert(each.name());
  }
  for (pugi::xml_node outer = element.parent(); outer; outer = outer.parent()) {
    for (const pugi::xml_attribute each : outer.attributes()) {
      if (!is_declaration(each.name()) || !declared.insert(each.name()).second) continue;
      append_attribute(out, each.name(), each.value());
    }
  }
}

void append_element(std::string& out, pugi::xml_node element, bool root) {
  out.append("<").append(element.name());
  if (root) append_inherited(out, element);
  for (const pugi::xml_attribute each : element.attributes()) {
    append_attribute(out, each.name(), each.value());
  }
  out.push_back('>');
  for (const pugi::xml_node child : element.children()) {
    if (child.type() == pugi::node_element) {
      append_element(out, child, false);
    } else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      append_escaped(out, child.value());
    }
  }
  out.append("</").append(element.name()).push_back('>');
}

}  // namespace

void append_standalone(std::string& out, pugi::xml_node element) {
  append_element(out, element, true);
}

}  // namespace muster::wsman
