// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/yaml_builder.h"

#include <algorithm>
#include <utility>

#include "orchestrator/inventory/limits.h"
#include "orchestrator/inventory/text.h"
#include "orchestrator/inventory/yaml_scalar.h"

namespace muster {

Mark to_mark(const YAML::Mark& mark) {
  return {static_cast<std::size_t>(std::max(mark.line, 0)) + 1,
          static_cast<std::size_t>(std::max(mark.column, 0)) + 1};
}

void YamlTreeBuilder::OnDocumentStart(const YAML::Mark&) {}
void YamlTreeBuilder::OnDocumentEnd() {}

void YamlTreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  add_leaf(make(YamlNode::Kind::null, mark, "?"), anchor);
}

void YamlTreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                               const std::string& value) {
  const auto node = make(YamlNode::Kind::scalar, mark, tag);
  charge(value.size(), node->where);
  if (fault_) return;
  node->text = value;
  node->cost += value.size();
  add_leaf(node, anchor);
}

void YamlTreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                      YAML::EmitterStyle::value) {
  open(make(YamlNode::Kind::sequence, mark, tag), anchor);
}

void YamlTreeBuilder::OnSequenceEnd() {
  close();
}

void YamlTreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                 YAML::EmitterStyle::value) {
  open(make(YamlNode::Kind::map, mark, tag), anchor);
}

void YamlTreeBuilder::OnMapEnd() {
  close();
}

void YamlTreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (fault_) return;
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) {
    refuse(to_mark(mark), Errc::malformed, "an alias stands inside of what it repeats",
           "write the value out");
    return;
  }
  charge(found->second->cost, to_mark(mark));
  attach(found->second);
}

// Every node is charged once where it stands, and again in full for each alias.
void YamlTreeBuilder::charge(std::size_t cost, Mark where) {
  cost_ += cost;
  if (cost_ > limits::kYamlCost) {
    refuse(where, Errc::malformed, "the document grows beyond what can be held",
           "write fewer or smaller values behind anchors, or divide the inventory");
  }
}

void YamlTreeBuilder::refuse(Mark where, Errc code, std::string what, std::string hint) {
  if (!fault_) fault_ = YamlFault{where, {code, std::move(what), std::move(hint)}};
}

std::shared_ptr<YamlNode> YamlTreeBuilder::make(YamlNode::Kind kind, const YAML::Mark& mark,
                                                const std::string& tag) {
  if (!is_known_yaml_tag(tag)) {
    refuse(to_mark(mark), Errc::unsupported, "unknown YAML tag " + shown(tag), "remove the tag");
  }
  auto node = std::make_shared<YamlNode>();
  node->kind = kind;
  node->tag = tag;
  node->where = to_mark(mark);
  node->cost = limits::kYamlNodeCost;
  charge(node->cost, node->where);
  return node;
}

void YamlTreeBuilder::add_leaf(const std::shared_ptr<YamlNode>& node, YAML::anchor_t anchor) {
  if (fault_) return;
  if (anchor != YAML::NullAnchor) anchors_[anchor] = node;
  attach(node);
}

void YamlTreeBuilder::open(const std::shared_ptr<YamlNode>& node, YAML::anchor_t anchor) {
  if (open_.size() == limits::kYamlDepth) {
    refuse(node->where, Errc::malformed,
           "nested deeper than " + std::to_string(limits::kYamlDepth) + " levels", "flatten the groups");
  }
  if (fault_) return;
  Open opened;
  opened.node = node;
  opened.anchor = anchor;
  open_.push_back(std::move(opened));
}

void YamlTreeBuilder::close() {
  if (fault_) return;
  Open done = std::move(open_.back());
  open_.pop_back();
  if (done.merged) merge(done, *done.merged);
  if (done.anchor != YAML::NullAnchor) anchors_[done.anchor] = done.node;
  attach(done.node);
}

void YamlTreeBuilder::attach(const YamlNodePtr& node) {
  if (open_.empty()) {
    root_ = node;
    return;
  }
  Open& parent = open_.back();
  parent.node->cost += node->cost;
  if (parent.node->kind == YamlNode::Kind::sequence) {
    parent.node->items.push_back(node);
  } else if (!parent.key) {
    parent.key = node;
  } else {
    const YamlNodePtr key = std::exchange(parent.key, nullptr);
    add_entry(parent, key, node);
  }
}

void YamlTreeBuilder::add_entry(Open& map, const YamlNodePtr& key, const YamlNodePtr& value) {
  if (key->kind == YamlNode::Kind::scalar && !map.keys.insert(key->text).second) {
    refuse(key->where, Errc::malformed, "the key " + shown(key->text) + " stands twice in one map",
           "join the two: readers would drop the first without a word");
    return;
  }
  if (key->kind == YamlNode::Kind::scalar && key->tag == "?" && key->text == "<<") {
    map.merged = value;
  } else {
    map.node->entries.emplace_back(key, value);
  }
}

// Takes over the entries whose keys the map lacks; of several sources the first wins.
void YamlTreeBuilder::merge(Open& map, const YamlNode& from) {
  if (from.kind == YamlNode::Kind::sequence) {
    for (const YamlNodePtr& item : from.items) merge_map(map, *item);
  } else {
    merge_map(map, from);
  }
}

void YamlTreeBuilder::merge_map(Open& map, const YamlNode& from) {
  if (from.kind != YamlNode::Kind::map) {
    refuse(from.where, Errc::malformed, "\"<<\" needs a map or a list of maps", "write <<: *anchor");
    return;
  }
  for (const YamlNode::Entry& entry : from.entries) {
    if (map.keys.insert(entry.first->text).second) map.node->entries.push_back(entry);
  }
}

}  // namespace muster
