// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/yaml_scalar.h"

#include <algorithm>
#include <array>

#include "orchestrator/inventory/text.h"
#include "orchestrator/inventory/yaml_tree.h"

namespace muster {
namespace {

constexpr std::array<std::string_view, 8> kWords{"true", "false", "yes", "no", "on", "off", "null", "~"};
constexpr std::array<std::string_view, 6> kTags{"", "?", "!", "!vault", "!vault-encrypted", "!unsafe"};
constexpr std::string_view kCoreTags = "tag:yaml.org,2002:";

bool only(std::string_view text, std::string_view signs) {
  return !text.empty() && text.find_first_not_of(signs) == std::string_view::npos;
}

bool is_number(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty()) return false;
  if (text.substr(0, 2) == "0x") return only(text.substr(2), "0123456789abcdefABCDEF_");
  if (text.substr(0, 2) == "0b") return only(text.substr(2), "01_");
  if (text == ".inf" || text == ".Inf" || text == ".INF" || text == ".nan" || text == ".NaN") return true;
  const std::string_view mantissa = text.substr(0, text.find_first_of("eE"));
  const std::size_t points = static_cast<std::size_t>(std::count(mantissa.begin(), mantissa.end(), '.'));
  if (!only(mantissa, "0123456789_.") || points > 1 || mantissa == "." || mantissa[0] == '_') return false;
  if (mantissa.size() == text.size()) return true;
  std::string_view exponent = text.substr(mantissa.size() + 1);
  if (points == 0 || exponent.empty() || (exponent[0] != '+' && exponent[0] != '-')) return false;
  return only(exponent.substr(1), "0123456789");
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += '\\';
    if (byte < 0x20) {
      out += {'\\', 'u', '0', '0', kHex[byte >> 4U], kHex[byte & 15U]};
    } else {
      out += c;
    }
  }
  out += '"';
}

void append(std::string& out, const YamlNode& node) {
  if (node.kind == YamlNode::Kind::null) {
    out += "null";
  } else if (node.kind == YamlNode::Kind::scalar && !node.is_text()) {
    out += node.text;
  } else if (node.kind == YamlNode::Kind::scalar) {
    append_quoted(out, node.text);
  } else if (node.kind == YamlNode::Kind::sequence) {
    std::string_view gap = "[";
    for (const YamlNodePtr& item : node.items) {
      out += gap;
      append(out, *item);
      gap = ", ";
    }
    out += node.items.empty() ? "[]" : "]";
  } else {
    std::string_view gap = "{";
    for (const auto& [key, value] : node.entries) {
      out += gap;
      append(out, *key);
      out += ": ";
      append(out, *value);
      gap = ", ";
    }
    out += node.entries.empty() ? "{}" : "}";
  }
}

}  // namespace

bool is_yaml_number_or_truth(std::string_view plain) {
  const std::string word = lower_case(plain);
  return plain.empty() || std::find(kWords.begin(), kWords.end(), word) != kWords.end() || is_number(plain);
}

bool is_known_yaml_tag(std::string_view tag) {
  return std::find(kTags.begin(), kTags.end(), tag) != kTags.end() ||
         tag.substr(0, kCoreTags.size()) == kCoreTags;
}

std::string flow_text(const YamlNode& node) {
  std::string out;
  append(out, node);
  return out;
}

}  // namespace muster
