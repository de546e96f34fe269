// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/yaml_tree.h"

#include <algorithm>
#include <exception>
#include <sstream>

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "orchestrator/inventory/text.h"
#include "orchestrator/inventory/yaml_builder.h"
#include "orchestrator/inventory/yaml_scalar.h"

namespace muster {
namespace {

tl::unexpected<YamlFault> fault(Mark where, Errc code, std::string what, std::string hint) {
  return tl::unexpected<YamlFault>(YamlFault{where, {code, std::move(what), std::move(hint)}});
}

Mark mark_of_offset(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t start = before.rfind('\n');
  return {lines + 1, start == std::string_view::npos ? offset + 1 : offset - start};
}

tl::expected<YamlNodePtr, YamlFault> build(std::string_view text) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  YamlTreeBuilder builder;
  if (!parser.HandleNextDocument(builder)) {
    return fault({}, Errc::malformed, "the YAML document is empty", "begin with: all:");
  }
  if (auto found = builder.take_fault()) return tl::unexpected<YamlFault>(std::move(*found));
  YamlNodePtr root = builder.take_root();
  YamlTreeBuilder second;
  if (parser.HandleNextDocument(second)) {
    const YamlNodePtr other = second.take_root();
    return fault(other ? other->where : Mark{}, Errc::malformed, "a second YAML document begins",
                 "one document per file: remove the '---' between them");
  }
  return root;
}

}  // namespace

bool YamlNode::is_text() const {
  if (kind != Kind::scalar) return false;
  return tag != "?" || !is_yaml_number_or_truth(text);
}

tl::expected<YamlNodePtr, YamlFault> parse_yaml_tree(std::string_view text) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  if (const auto bad = find_bad_byte(text)) {
    return fault(mark_of_offset(text, *bad), Errc::malformed,
                 "byte " + shown(text.substr(*bad, 1)) + " is not acceptable here",
                 "save the file as UTF-8 text without control characters");
  }
  try {
    return build(text);
  } catch (const YAML::Exception& e) {
    return fault(e.mark.is_null() ? Mark{} : to_mark(e.mark), Errc::malformed, "YAML: " + e.msg,
                 "look at indentation, colons and quotation marks here and in the line above");
  } catch (const std::exception& e) {
    return fault({}, Errc::malformed, std::string("YAML: ") + e.what(),
                 "check the file with another YAML reader");
  }
}

std::string one_line(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::null) return {};
  if (node.kind == YamlNode::Kind::scalar) return node.text;
  return flow_text(node);
}

}  // namespace muster
