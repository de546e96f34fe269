// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/item_shape.h"

#include <numeric>
#include <utility>

#include "core/wsman/escape.h"
#include "core/wsman/names.h"
#include "core/wsman/render.h"

namespace muster::wsman {
namespace {

using Content = ItemShape::Content;
using Dialect = ItemShape::Dialect;

constexpr std::string_view kOpenItem = "<wsman:Item>";
constexpr std::string_view kCloseItem = "</wsman:Item>";
constexpr std::string_view kOpenReference = "<wsa:EndpointReference>";
constexpr std::size_t kTypicalItem = 2048;

const cim::ClassDecl* ancestor(const cim::Class& of, std::string_view name) {
  const cim::ClassDecl* decl = &of.decl();
  while (decl != nullptr && !cim::same_name(decl->name, name)) decl = decl->parent;
  return decl;
}

void open_reference(std::string& out, std::string_view class_name) {
  out.append(kOpenReference).append("<wsa:Address>").append(names::kAnonymous);
  out.append("</wsa:Address><wsa:ReferenceParameters><wsman:ResourceURI>");
  out.append(names::kDmtfClass).append(class_name).append("</wsman:ResourceURI><wsman:SelectorSet>");
}

void append_selector(std::string& out, std::string_view name, std::string_view value) {
  out.append("<wsman:Selector Name=\"");
  append_escaped(out, name);
  out.append("\">");
  append_escaped(out, value);
  out.append("</wsman:Selector>");
}

void close_reference(std::string& out) {
  append_selector(out, names::kNamespaceSelector, names::kOurNamespace);
  out.append("</wsman:SelectorSet></wsa:ReferenceParameters></wsa:EndpointReference>");
}

void append_namespace(std::string& out, std::string_view class_name) {
  out.append(" xmlns:p=\"").append(names::kDmtfClass).append(class_name).append("\">");
}

}  // namespace

Result<cim::Query> parse_expression(Dialect dialect, std::string_view expression) {
  const auto language = dialect == Dialect::cql ? cim::QueryLanguage::cql : cim::QueryLanguage::wql;
  return cim::parse_query(expression, language);
}

Result<ItemWriter> ItemWriter::make(const ItemShape& shape, const cim::Class& of) {
  ItemWriter out;
  out.content_ = shape.content;
  out.nulls_ = shape.nulls;
  out.class_name_ = of.name();
  out.shown_.resize(of.properties().size());
  std::iota(out.shown_.begin(), out.shown_.end(), std::size_t{0});
  if (auto shown = out.show(shape, of); !shown) return fail(shown.error());
  if (auto read = out.read_expression(shape, of); !read) return fail(read.error());
  return out;
}

Result<void> ItemWriter::show(const ItemShape& shape, const cim::Class& of) {
  if (shape.as_class.empty()) return {};
  const cim::ClassDecl* decl = ancestor(of, shape.as_class);
  if (decl == nullptr) {
    return fail(Errc::malformed, shape.as_class + ": not an ancestor of " + std::string(of.name()));
  }
  class_name_ = decl->name;
  const cim::Class as(*decl);
  std::erase_if(shown_, [&](std::size_t position) { return !as.index_of(of.properties()[position].name); });
  return {};
}

Result<void> ItemWriter::read_expression(const ItemShape& shape, const cim::Class& of) {
  if (shape.dialect == Dialect::none) return {};
  if (shape.dialect == Dialect::fragment) {
    auto fragment = parse_fragment(shape.expression);
    if (!fragment) return fail(fragment.error());
    fragment_ = std::move(*fragment);
    return {};
  }
  const auto query = parse_expression(shape.dialect, shape.expression);
  if (!query) return fail(query.error());
  auto filter = cim::Filter::bind(*query, of);
  if (!filter) return fail(filter.error());
  filter_ = std::move(*filter);
  projected_ = !filter_->selected().empty();
  if (projected_) shown_ = filter_->selected();
  return {};
}

std::optional<std::string> ItemWriter::write(const cim::Instance& instance) const {
  if (filter_ && !filter_->accepts(instance)) return std::nullopt;
  std::string out;
  out.reserve(kTypicalItem);
  if (content_ == Content::both) out.append(kOpenItem);
  if (content_ != Content::reference) append_object(out, instance);
  if (content_ != Content::object) append_reference(out, instance);
  if (content_ == Content::both) out.append(kCloseItem);
  return out;
}

void ItemWriter::append_object(std::string& out, const cim::Instance& instance) const {
  if (fragment_) return append_fragment(out, *fragment_, instance);
  if (projected_) {
    out.append("<wsman:XmlFragment");
    append_namespace(out, class_name_);
    append_properties(out, instance);
    out.append("</wsman:XmlFragment>");
    return;
  }
  out.append("<p:").append(class_name_);
  append_namespace(out, class_name_);
  append_properties(out, instance);
  out.append("</p:").append(class_name_).push_back('>');
}

void ItemWriter::append_properties(std::string& out, const cim::Instance& instance) const {
  const auto& properties = instance.of().properties();
  for (const std::size_t position : shown_) {
    const cim::Value& value = instance.values()[position];
    if (nulls_ == ItemShape::Nulls::left_out && cim::is_null(value)) continue;
    append_property(out, properties[position].name, value);
  }
}

// Text in an item is escaped, so that the last tag of this name is the reference's own.
ItemParts parts_of(std::string_view item) {
  const std::size_t reference = item.rfind(kOpenReference);
  if (!item.starts_with(kOpenItem) || !item.ends_with(kCloseItem) || reference == std::string_view::npos) {
    return {item, {}};
  }
  item.remove_suffix(kCloseItem.size());
  return {item.substr(kOpenItem.size(), reference - kOpenItem.size()), item.substr(reference)};
}

void append_reference(std::string& out, const cim::Instance& instance) {
  open_reference(out, instance.of().name());
  const auto& properties = instance.of().properties();
  for (std::size_t i = 0; i < properties.size(); ++i) {
    if (properties[i].role == cim::Role::key) {
      append_selector(out, properties[i].name, cim::scalar_text(instance.values()[i]));
    }
  }
  close_reference(out);
}

void append_reference(std::string& out, std::string_view class_name, const std::vector<cim::Selector>& keys) {
  open_reference(out, class_name);
  for (const cim::Selector& key : keys) append_selector(out, key.name, key.value);
  close_reference(out);
}

}  // namespace muster::wsman
