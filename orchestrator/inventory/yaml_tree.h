// SPDX-License-Identifier: GPL-2.0-or-later
// A YAML document as a tree with positions. What Ansible's reader would resolve is resolved here: aliases and
// "<<". Limits: depth kYamlDepth; kYamlCost over all nodes, an alias weighing as much as what it stands for.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "orchestrator/inventory/draft.h"

namespace muster {

struct YamlNode;
using YamlNodePtr = std::shared_ptr<const YamlNode>;

struct YamlNode {
  enum class Kind { null, scalar, sequence, map };
  using Entry = std::pair<YamlNodePtr, YamlNodePtr>;

  Kind kind = Kind::null;
  std::string text;  // of a scalar
  std::string tag;   // "?": plain, "!": quoted, else as written
  Mark where;
  std::vector<YamlNodePtr> items;  // of a sequence
  std::vector<Entry> entries;      // of a map, in file order, keys unique
  std::size_t cost = 0;

  // A scalar that YAML 1.1 reads as text, and not as a number, a truth value or nothing.
  bool is_text() const;
};

struct YamlFault {
  Mark where;
  Error error;
};

// Exactly one document.
tl::expected<YamlNodePtr, YamlFault> parse_yaml_tree(std::string_view text);

// The value on one line, as YAML in its flow form; a scalar as it stands.
std::string one_line(const YamlNode& node);

}  // namespace muster
