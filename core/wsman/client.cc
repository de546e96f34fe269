// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/client.h"

#include "core/wsman/duration.h"
#include "core/wsman/escape.h"
#include "core/wsman/ids.h"
#include "core/wsman/names.h"
#include "core/wsman/reply.h"
#include "core/wsman/resource_uri.h"
#include "core/wsman/writer.h"
#include "core/wsman/xml.h"

namespace muster::wsman {
namespace {

Envelope addressed(const Target& target, std::string_view action) {
  const std::string id = message_id(system_random);
  const std::string timeout = format_duration(target.timeout);
  RequestHead head{target.url, action, id, target.resource_uri, target.max_envelope, timeout};
  if (!target.cim_namespace.empty()) {
    head.selectors.emplace_back(names::kNamespaceSelector, target.cim_namespace);
  }
  for (const cim::Selector& each : target.selectors) head.selectors.emplace_back(each.name, each.value);
  return request_envelope(head);
}

void append_context(std::string& out, const std::string& context) {
  out.append("<wsen:EnumerationContext>");
  append_escaped(out, context);
  out.append("</wsen:EnumerationContext>");
}

// Text of a property; of what is inside it, when a service wraps it (cim:Datetime) or embeds an instance.
void collect_text(pugi::xml_node node, std::string& out) {
  for (const pugi::xml_node child : node.children()) {
    if (child.type() == pugi::node_element) {
      collect_text(child, out);
    } else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      out.append(child.value());
    }
  }
}

PropertyValue read_property(pugi::xml_node node) {
  PropertyValue out;
  out.name = xml::local_name(node.name());
  if (node.first_attribute()) {
    const std::string_view nil = xml::attribute(node, names::kXsi, "nil").value();
    out.null = nil == "true" || nil == "1";
  }
  if (!out.null) collect_text(node, out.text);
  return out;
}

Item read_item(pugi::xml_node node) {
  Item out;
  out.class_name = xml::local_name(node.name());
  for (pugi::xml_node child = xml::first_element(node); child; child = xml::next_element(child)) {
    out.properties.push_back(read_property(child));
  }
  return out;
}

bool is_either(pugi::xml_node node, std::string_view local) {
  return xml::is(node, names::kEnumeration, local) || xml::is(node, names::kWsman, local);
}

Result<Page> read_page(pugi::xml_node response) {
  Page page;
  for (pugi::xml_node node = xml::first_element(response); node; node = xml::next_element(node)) {
    if (xml::is(node, names::kEnumeration, "EnumerationContext")) {
      collect_text(node, page.context);
    } else if (is_either(node, "EndOfSequence")) {
      page.end = true;
    } else if (is_either(node, "Items")) {
      for (pugi::xml_node item = xml::first_element(node); item; item = xml::next_element(item)) {
        page.items.push_back(read_item(item));
      }
    }
  }
  if (page.end) page.context.clear();  // the original sends one even after the end
  if (!page.end && page.context.empty()) {
    return fail(Errc::malformed, "answer: neither a context nor the end of the enumeration");
  }
  return page;
}

std::string text_below(pugi::xml_node parent, std::string_view local) {
  for (pugi::xml_node node = xml::first_element(parent); node; node = xml::next_element(node)) {
    if (xml::local_name(node.name()) == local) return xml::token(node).value_or("");
  }
  return {};
}

}  // namespace

std::string identify_request() {
  return bare_envelope().with("<wsmid:Identify/>");
}

std::string enumerate_request(const Target& target, unsigned max_elements) {
  return addressed(target, names::kEnumerate)
      .with("<wsen:Enumerate><wsman:OptimizeEnumeration/><wsman:MaxElements>" + std::to_string(max_elements) +
            "</wsman:MaxElements></wsen:Enumerate>");
}

std::string pull_request(const Target& target, const std::string& context, unsigned max_elements) {
  std::string body = "<wsen:Pull>";
  append_context(body, context);
  body.append("<wsen:MaxElements>").append(std::to_string(max_elements));
  body.append("</wsen:MaxElements></wsen:Pull>");
  return addressed(target, names::kPull).with(body);
}

std::string release_request(const Target& target, const std::string& context) {
  std::string body = "<wsen:Release>";
  append_context(body, context);
  body.append("</wsen:Release>");
  return addressed(target, names::kRelease).with(body);
}

std::string get_request(const Target& target) {
  return addressed(target, names::kGet).with("");
}

const PropertyValue* Item::find(std::string_view name) const {
  for (const PropertyValue& each : properties) {
    if (same_name(each.name, name)) return &each;
  }
  return nullptr;
}

// The original answers in the SOAP namespace by mistake, so only the name counts.
Result<Identity> parse_identify(int status, std::string_view body) {
  pugi::xml_document document;
  const Result<pugi::xml_node> payload = read_reply(status, body, document);
  if (!payload) return fail(payload.error());
  if (xml::local_name(payload->name()) != "IdentifyResponse") {
    return fail(unexpected(*payload, "IdentifyResponse"));
  }
  Identity out{text_below(*payload, "ProtocolVersion"),
               text_below(*payload, "ProductVendor"),
               text_below(*payload, "ProductVersion"),
               {}};
  for (pugi::xml_node node = xml::first_element(*payload); node; node = xml::next_element(node)) {
    if (xml::local_name(node.name()) != "SecurityProfiles") continue;
    for (pugi::xml_node each = xml::first_element(node); each; each = xml::next_element(each)) {
      out.profiles.push_back(xml::token(each).value_or(""));
    }
  }
  return out;
}

Result<Page> parse_page(int status, std::string_view body) {
  pugi::xml_document document;
  const Result<pugi::xml_node> payload = read_reply(status, body, document);
  if (!payload) return fail(payload.error());
  if (!xml::is(*payload, names::kEnumeration, "EnumerateResponse") &&
      !xml::is(*payload, names::kEnumeration, "PullResponse")) {
    return fail(unexpected(*payload, "EnumerateResponse or PullResponse"));
  }
  return read_page(*payload);
}

Result<void> parse_release(int status, std::string_view body) {
  pugi::xml_document document;
  const Result<pugi::xml_node> payload = read_reply(status, body, document);
  if (!payload) return fail(payload.error());
  return {};
}

Result<Item> parse_get(int status, std::string_view body) {
  pugi::xml_document document;
  const Result<pugi::xml_node> payload = read_reply(status, body, document);
  if (!payload) return fail(payload.error());
  if (!*payload) return fail(unexpected(*payload, "an instance"));
  return read_item(*payload);
}

std::string class_uri(std::string_view class_name) {
  const bool scx = same_name(class_name.substr(0, 4), "SCX_");
  return std::string(scx ? names::kMicrosoftClass : names::kDmtfClass).append(class_name);
}

}  // namespace muster::wsman
