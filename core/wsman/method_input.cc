// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/method_input.h"

#include <algorithm>
#include <string>

#include "core/wsman/escape.h"
#include "core/wsman/names.h"
#include "core/wsman/resource_uri.h"
#include "core/wsman/xml.h"

namespace muster::wsman {
namespace {

using Problem = std::optional<Fault>;
using enum FaultCode;

constexpr std::string_view kForms[] = {names::kDmtfClass, names::kMicrosoftClass};

// What follows the form's common part; empty when the text is of neither form.
std::string_view behind_form(std::string_view uri) {
  for (const std::string_view form : kForms) {
    if (uri.starts_with(form)) return uri.substr(form.size());
  }
  return {};
}

bool is_identifier(std::string_view name) {
  const auto fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), fine);
}

bool is_namespace_of(std::string_view uri, std::string_view class_name) {
  const std::string_view name = behind_form(uri);
  return !name.empty() && same_name(name.substr(0, name.find('?')), class_name);
}

bool is_nil(pugi::xml_node element) {
  const std::string_view value = xml::attribute(element, names::kXsi, "nil").value();
  return value == "true" || value == "1";
}

Fault invalid(std::string reason) {
  return {schema_validation_error, std::move(reason)};
}

Fault bad(std::string reason, std::string_view detail = {}) {
  return {invalid_parameter, std::move(reason), detail};
}

const cim::Parameter* find_parameter(const cim::Method& method, std::string_view name) {
  const auto found =
      std::find_if(method.parameters.begin(), method.parameters.end(), [name](const cim::Parameter& each) {
        return each.direction == cim::Direction::in && cim::same_name(each.name, name);
      });
  return found == method.parameters.end() ? nullptr : &*found;
}

Problem add_value(const cim::Parameter& parameter, const std::string& text, cim::Argument& out) {
  const std::string name(parameter.name);
  if (!out.values.empty() && parameter.shape == cim::Shape::scalar) {
    return bad("parameter " + name + " is there twice");
  }
  switch (cim::canonical(parameter.type, text, out.values.emplace_back())) {
    case cim::Misfit::none: return std::nullopt;
    case cim::Misfit::type: return bad("parameter " + name + " is of another type", "TypeMismatch");
    case cim::Misfit::range: return bad("parameter " + name + " is out of range", "InvalidValue");
  }
  return std::nullopt;
}

}  // namespace

bool names_a_method(std::string_view action) {
  return behind_form(action).find('/') != std::string_view::npos;
}

std::optional<Fault> read_method(Request& out) {
  // The namespace behind "?" has a slash of its own: the method follows the last one.
  const std::string_view rest = behind_form(out.action);
  const std::size_t slash = rest.rfind('/');
  const std::string_view class_name = rest.substr(0, std::min(slash, rest.find('?')));
  if (!same_name(class_name, out.class_name) || out.subject == Subject::declarations) {
    return Fault{action_not_supported, "the action belongs to another resource than the ResourceURI"};
  }
  out.method = rest.substr(slash + 1);
  if (!is_identifier(out.method) || !is_identifier(out.class_name)) {
    return Fault{action_not_supported,
                 "the action is not the ResourceURI of one class, a slash and a method"};
  }
  return std::nullopt;
}

std::optional<Fault> read_input(pugi::xml_node payload, Request& out) {
  const std::string wanted = out.method + "_INPUT";
  if (!payload || !cim::same_name(xml::local_name(payload.name()), wanted) ||
      !is_namespace_of(xml::uri_of(payload), out.class_name)) {
    return invalid("the Body does not hold " + wanted + " in the namespace of its class");
  }
  for (pugi::xml_node node = xml::first_element(payload); node; node = xml::next_element(node)) {
    const std::string name(xml::local_name(node.name()));
    if (!is_namespace_of(xml::uri_of(node), out.class_name)) {
      return bad("parameter " + name + " is not in the namespace of its class", "InvalidName");
    }
    std::optional<std::string> text;
    if (!is_nil(node)) {
      text = xml::simple_text(node);
      if (!text) return bad("parameter " + name + " holds markup", "TypeMismatch");
    }
    out.given.push_back({name, std::move(text)});
  }
  if (xml::has_stray_text(payload)) return invalid("text between the parameters");
  return std::nullopt;
}

std::optional<Fault> bind_arguments(const cim::Method& method, const std::vector<GivenParameter>& given,
                                    cim::Arguments& out) {
  for (const GivenParameter& each : given) {
    const cim::Parameter* parameter = find_parameter(method, each.name);
    if (parameter == nullptr) {
      return bad(std::string(method.name) + " has no parameter " + each.name, "InvalidName");
    }
    if (!each.text) continue;
    auto slot = std::find_if(out.begin(), out.end(),
                             [&](const cim::Argument& known) { return known.name == parameter->name; });
    if (slot == out.end()) slot = out.insert(out.end(), {std::string(parameter->name), {}});
    if (Problem problem = add_value(*parameter, *each.text, *slot)) return problem;
  }
  for (const cim::Parameter& parameter : method.parameters) {
    const bool wanted = parameter.direction == cim::Direction::in && parameter.need == cim::Need::required;
    if (wanted && cim::find_argument(out, parameter.name) == nullptr) {
      return bad("parameter " + std::string(parameter.name) + " is missing");
    }
  }
  return std::nullopt;
}

}  // namespace muster::wsman
