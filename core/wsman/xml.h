// SPDX-License-Identifier: GPL-2.0-or-later
// pugixml with namespaces: elements and attributes are told apart by (URI, local name), never by prefix.
//
// Ownership  every view points into the document. pugixml's types do not leave core/wsman.
// Limits     only for documents that passed prescan(): prefixes are declared, depth is bounded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

namespace muster::wsman::xml {

bool load(pugi::xml_document& document, std::string_view utf8);

std::string_view local_name(std::string_view qname);
std::string_view prefix_of(std::string_view qname);
// The namespace that a prefix (empty: the default one) has at this element; empty when none.
std::string_view resolve(pugi::xml_node at, std::string_view prefix);
std::string_view uri_of(pugi::xml_node element);
bool is(pugi::xml_node element, std::string_view uri, std::string_view local);

// The namespaces in force at one element, worked out once for all its children.
class Scope {
 public:
  explicit Scope(pugi::xml_node parent);
  std::string_view resolve(pugi::xml_node child, std::string_view prefix) const;
  std::string_view uri_of(pugi::xml_node child) const;
  pugi::xml_attribute attribute(pugi::xml_node child, std::string_view uri, std::string_view local) const;

 private:
  struct Binding {
    std::string_view prefix;
    std::string_view uri;
  };
  std::vector<Binding> bindings_;  // the nearest first
};

// Child elements only; a null node when there is none.
pugi::xml_node first_element(pugi::xml_node parent);
pugi::xml_node next_element(pugi::xml_node element);
pugi::xml_node find(pugi::xml_node parent, std::string_view uri, std::string_view local);
// Text or CDATA other than white space directly below.
bool has_stray_text(pugi::xml_node parent);

// A namespaced attribute; for an unqualified one give an empty URI.
pugi::xml_attribute attribute(pugi::xml_node element, std::string_view uri, std::string_view local);

// All text directly below, comments left out; nullopt when there is an element among it.
std::optional<std::string> simple_text(pugi::xml_node element);
// The same without white space around it, as for URIs, numbers and durations.
std::optional<std::string> token(pugi::xml_node element);

}  // namespace muster::wsman::xml
