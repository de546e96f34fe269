// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/cim_xml.h"

#include <algorithm>
#include <string_view>

#include "core/cim/class.h"
#include "core/cim/words.h"
#include "core/wsman/escape.h"

namespace muster::wsman {
namespace {

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("=\"");
  append_escaped(out, value);
  out.append("\"");
}

void append_qualifier(std::string& out, std::string_view name, std::string_view type,
                      std::string_view value) {
  if (value.empty()) return;
  out.append("<QUALIFIER");
  append_attribute(out, "NAME", name);
  append_attribute(out, "TYPE", type);
  out.append("><VALUE>");
  append_escaped(out, value);
  out.append("</VALUE></QUALIFIER>");
}

bool declares(const cim::ClassDecl& decl, std::string_view property) {
  return std::ranges::any_of(decl.properties,
                             [&](const cim::Property& each) { return cim::same_name(each.name, property); });
}

// The class whose declaration of the property holds: the nearest one upwards.
const cim::ClassDecl& origin_of(const cim::ClassDecl& decl, std::string_view property) {
  const cim::ClassDecl* origin = &decl;
  while (origin->parent != nullptr && !declares(*origin, property)) origin = origin->parent;
  return *origin;
}

void append_property(std::string& out, const cim::ClassDecl& decl, const cim::Property& property,
                     const ClassDetail& detail) {
  const cim::ClassDecl& origin = origin_of(decl, property.name);
  const std::string_view element = property.shape == cim::Shape::array ? "PROPERTY.ARRAY" : "PROPERTY";
  out.append("<").append(element);
  append_attribute(out, "NAME", property.name);
  if (detail.class_origin) append_attribute(out, "CLASSORIGIN", origin.name);
  if (&origin != &decl) append_attribute(out, "PROPAGATED", "true");
  append_attribute(out, "TYPE", cim::type_word(property.type));
  out.append(">");
  if (detail.qualifiers) {
    // In lower case, as WMI writes it and clients look for it.
    append_qualifier(out, "key", "boolean", property.role == cim::Role::key ? "true" : "");
    append_qualifier(out, "Units", "string", cim::unit_words(property.unit));
    append_qualifier(out, "Description", "string", property.source);
  }
  out.append("</").append(element).append(">");
}

void append_parameter(std::string& out, const cim::Parameter& parameter, const ClassDetail& detail) {
  const std::string_view element = parameter.shape == cim::Shape::array ? "PARAMETER.ARRAY" : "PARAMETER";
  const bool in = parameter.direction == cim::Direction::in;
  out.append("<").append(element);
  append_attribute(out, "NAME", parameter.name);
  append_attribute(out, "TYPE", cim::type_word(parameter.type));
  out.append(">");
  if (detail.qualifiers) {
    append_qualifier(out, "In", "boolean", in ? "true" : "false");
    append_qualifier(out, "Out", "boolean", in ? "" : "true");
    append_qualifier(out, "Required", "boolean", in && parameter.need == cim::Need::required ? "true" : "");
    append_qualifier(out, "Description", "string", parameter.meaning);
  }
  out.append("</").append(element).append(">");
}

// `origin` declares it.
void append_method(std::string& out, const cim::ClassDecl& decl, const cim::ClassDecl& origin,
                   const cim::Method& method, const ClassDetail& detail) {
  out.append("<METHOD");
  append_attribute(out, "NAME", method.name);
  append_attribute(out, "TYPE", cim::type_word(method.returns));
  if (detail.class_origin) append_attribute(out, "CLASSORIGIN", origin.name);
  if (&origin != &decl) append_attribute(out, "PROPAGATED", "true");
  out.append(">");
  if (detail.qualifiers) {
    append_qualifier(out, "Static", "boolean", method.scope == cim::Scope::of_class ? "true" : "");
    append_qualifier(out, "Description", "string", method.meaning);
  }
  for (const cim::Parameter& each : method.parameters) append_parameter(out, each, detail);
  out.append("</METHOD>");
}

// Ancestors' first; one that is redefined is told where it holds.
void append_methods(std::string& out, const cim::Class& of, const cim::ClassDecl& origin,
                    const ClassDetail& detail) {
  if (origin.parent != nullptr && detail.inherited_elements) {
    append_methods(out, of, *origin.parent, detail);
  }
  for (const cim::Method& each : origin.methods) {
    if (of.method(each.name) == &each) append_method(out, of.decl(), origin, each, detail);
  }
}

}  // namespace

std::string render_class(const cim::ClassDecl& decl, const ClassDetail& detail) {
  std::string out = "<CLASS";
  append_attribute(out, "NAME", decl.name);
  if (decl.parent != nullptr) append_attribute(out, "SUPERCLASS", decl.parent->name);
  out.append(">");
  if (detail.qualifiers) {
    append_qualifier(out, "Abstract", "boolean", decl.standing == cim::Standing::abstract ? "true" : "");
    append_qualifier(out, "Version", "string", decl.version);
    append_qualifier(out, "Description", "string", decl.summary);
  }
  const cim::Class whole(decl);
  for (const cim::Property& property : whole.properties()) {
    if (!detail.inherited_elements && !declares(decl, property.name)) continue;
    append_property(out, decl, property, detail);
  }
  append_methods(out, whole, decl, detail);
  return out.append("</CLASS>");
}

}  // namespace muster::wsman
