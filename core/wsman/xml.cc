// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/xml.h"

#include "core/wsman/escape.h"
#include "core/wsman/names.h"

namespace muster::wsman::xml {
namespace {

constexpr std::size_t kTypicalNamespaces = 8;

// Hot: without measuring the name first, which nearly always differs early.
bool declares(const char* attribute, std::string_view prefix) {
  for (const char c : std::string_view("xmlns")) {
    if (*attribute++ != c) return false;
  }
  if (prefix.empty()) return *attribute == '\0';
  if (*attribute++ != ':') return false;
  for (const char c : prefix) {
    if (*attribute++ != c) return false;
  }
  return *attribute == '\0';
}

template <class Resolve>
pugi::xml_attribute matching(pugi::xml_node element, std::string_view uri, std::string_view local,
                             Resolve resolve) {
  for (pugi::xml_attribute each = element.first_attribute(); each; each = each.next_attribute()) {
    const std::string_view name = each.name();
    if (!name.ends_with(local) || local_name(name) != local) continue;
    const std::string_view prefix = prefix_of(name);
    if (prefix.empty() ? uri.empty() : (prefix != "xmlns" && resolve(prefix) == uri)) return each;
  }
  return {};
}

bool is_text(pugi::xml_node node) {
  return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

// The usual element: one run of text and nothing else. nullopt for any other.
std::optional<std::string_view> only_text(pugi::xml_node element) {
  const pugi::xml_node child = element.first_child();
  if (!child || !is_text(child) || child.next_sibling()) return std::nullopt;
  return child.value();
}

}  // namespace

bool load(pugi::xml_document& document, std::string_view utf8) {
  constexpr unsigned kOptions = pugi::parse_default | pugi::parse_ws_pcdata_single;
  return static_cast<bool>(document.load_buffer(utf8.data(), utf8.size(), kOptions, pugi::encoding_utf8));
}

std::string_view local_name(std::string_view qname) {
  const std::size_t colon = qname.find(':');
  return colon == std::string_view::npos ? qname : qname.substr(colon + 1);
}

std::string_view prefix_of(std::string_view qname) {
  const std::size_t colon = qname.find(':');
  return colon == std::string_view::npos ? std::string_view() : qname.substr(0, colon);
}

std::string_view resolve(pugi::xml_node at, std::string_view prefix) {
  if (prefix == "xml") return names::kXml;
  for (; at.type() == pugi::node_element; at = at.parent()) {
    for (pugi::xml_attribute each = at.first_attribute(); each; each = each.next_attribute()) {
      if (declares(each.name(), prefix)) return each.value();
    }
  }
  return {};
}

std::string_view uri_of(pugi::xml_node element) {
  return resolve(element, prefix_of(element.name()));
}

bool is(pugi::xml_node element, std::string_view uri, std::string_view local) {
  return element && local_name(element.name()) == local && uri_of(element) == uri;
}

Scope::Scope(pugi::xml_node parent) {
  bindings_.reserve(kTypicalNamespaces);
  for (pugi::xml_node at = parent; at.type() == pugi::node_element; at = at.parent()) {
    for (pugi::xml_attribute each = at.first_attribute(); each; each = each.next_attribute()) {
      const std::string_view name = each.name();
      if (name == "xmlns") bindings_.push_back({{}, each.value()});
      if (name.starts_with("xmlns:")) bindings_.push_back({name.substr(6), each.value()});
    }
  }
}

std::string_view Scope::resolve(pugi::xml_node child, std::string_view prefix) const {
  if (prefix == "xml") return names::kXml;
  for (pugi::xml_attribute each = child.first_attribute(); each; each = each.next_attribute()) {
    if (declares(each.name(), prefix)) return each.value();
  }
  for (const Binding& binding : bindings_) {
    if (binding.prefix == prefix) return binding.uri;
  }
  return {};
}

std::string_view Scope::uri_of(pugi::xml_node child) const {
  return resolve(child, prefix_of(child.name()));
}

pugi::xml_attribute Scope::attribute(pugi::xml_node child, std::string_view uri,
                                     std::string_view local) const {
  return matching(child, uri, local, [&](std::string_view prefix) { return resolve(child, prefix); });
}

pugi::xml_node first_element(pugi::xml_node parent) {
  pugi::xml_node child = parent.first_child();
  while (child && child.type() != pugi::node_element) child = child.next_sibling();
  return child;
}

pugi::xml_node next_element(pugi::xml_node element) {
  do {
    element = element.next_sibling();
  } while (element && element.type() != pugi::node_element);
  return element;
}

pugi::xml_node find(pugi::xml_node parent, std::string_view uri, std::string_view local) {
  for (pugi::xml_node child = first_element(parent); child; child = next_element(child)) {
    if (is(child, uri, local)) return child;
  }
  return {};
}

bool has_stray_text(pugi::xml_node parent) {
  for (const pugi::xml_node child : parent.children()) {
    if (is_text(child) && !trimmed(child.value()).empty()) return true;
  }
  return false;
}

pugi::xml_attribute attribute(pugi::xml_node element, std::string_view uri, std::string_view local) {
  return matching(element, uri, local, [&](std::string_view prefix) { return resolve(element, prefix); });
}

std::optional<std::string> simple_text(pugi::xml_node element) {
  if (const auto whole = only_text(element)) return std::string(*whole);
  std::string out;
  for (const pugi::xml_node child : element.children()) {
    if (child.type() == pugi::node_element) return std::nullopt;
    if (is_text(child)) out.append(child.value());
  }
  return out;
}

std::optional<std::string> token(pugi::xml_node element) {
  if (const auto whole = only_text(element)) return std::string(trimmed(*whole));
  std::optional<std::string> text = simple_text(element);
  if (text) text = std::string(trimmed(*text));
  return text;
}

}  // namespace muster::wsman::xml
