// SPDX-License-Identifier: GPL-2.0-or-later
// Which groups a host inherits from, and in which order their variables apply.
// Source: ansible-core sorts a host's groups by depth, then ansible_group_priority, then name; later ones
// win.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/inventory/draft.h"

namespace muster {

class GroupOrder {
 public:
  // Groups without a parent become children of "all".
  explicit GroupOrder(const std::vector<DraftGroup>& groups);

  struct Cycle {
    std::string path;  // "a > b > a"
    Mark where;        // the edge that comes last in the file
  };
  // Set: ancestors() must not be used.
  const std::optional<Cycle>& cycle() const { return cycle_; }

  // The groups themselves and all above them, lowest precedence first ("all" leads).
  std::vector<std::size_t> with_ancestors(const std::vector<std::size_t>& direct) const;
  // In the order in which they were first mentioned.
  const std::vector<std::size_t>& children(std::size_t group) const { return children_[group]; }
  // Whether nothing but their names says which of the two wins.
  bool only_names_decide(std::size_t a, std::size_t b) const {
    return depths_[a] == depths_[b] && groups_[a].priority == groups_[b].priority;
  }

 private:
  void measure_depths();
  void find_cycle(const std::vector<std::size_t>& open_parents);

  const std::vector<DraftGroup>& groups_;
  std::vector<std::vector<Edge>> parents_;  // here Edge::child is the parent
  std::vector<std::vector<std::size_t>> children_;
  std::vector<std::size_t> depths_;  // longest way from "all"
  std::optional<Cycle> cycle_;
};

}  // namespace muster
