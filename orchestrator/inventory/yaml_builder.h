// SPDX-License-Identifier: GPL-2.0-or-later
// Turns the events of yaml-cpp's parser into a tree, within the limits that yaml_tree.h states.
// yaml-cpp's own nodes are not used: they follow aliases without end and keep no position of a missing value.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include "orchestrator/inventory/yaml_tree.h"

namespace muster {

Mark to_mark(const YAML::Mark& mark);

// After the first fault it ignores the rest.
class YamlTreeBuilder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override;
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override;
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override;

  std::optional<YamlFault> take_fault() { return std::move(fault_); }
  YamlNodePtr take_root() { return std::move(root_); }

 private:
  struct Open {
    std::shared_ptr<YamlNode> node;
    YAML::anchor_t anchor = YAML::NullAnchor;
    YamlNodePtr key;  // of a map: set while its value is awaited
    std::set<std::string, std::less<>> keys;
    YamlNodePtr merged;  // value of "<<"
  };

  void charge(std::size_t cost, Mark where);
  void refuse(Mark where, Errc code, std::string what, std::string hint);
  std::shared_ptr<YamlNode> make(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag);
  void add_leaf(const std::shared_ptr<YamlNode>& node, YAML::anchor_t anchor);
  void open(const std::shared_ptr<YamlNode>& node, YAML::anchor_t anchor);
  void close();
  void attach(const YamlNodePtr& node);
  void add_entry(Open& map, const YamlNodePtr& key, const YamlNodePtr& value);
  void merge(Open& map, const YamlNode& from);
  void merge_map(Open& map, const YamlNode& from);

  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlNodePtr> anchors_;
  YamlNodePtr root_;
  std::size_t cost_ = 0;
  std::optional<YamlFault> fault_;
};

}  // namespace muster
