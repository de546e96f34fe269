// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/group_order.h"

#include <algorithm>
#include <tuple>

namespace muster {
namespace {

constexpr std::size_t kShownPath = 12;

}  // namespace

GroupOrder::GroupOrder(const std::vector<DraftGroup>& groups)
    : groups_(groups), parents_(groups.size()), children_(groups.size()), depths_(groups.size(), 0) {
  for (std::size_t parent = 0; parent < groups.size(); ++parent) {
    for (const Edge& edge : groups[parent].children) parents_[edge.child].push_back({parent, edge.where});
  }
  for (std::size_t group = 1; group < groups.size(); ++group) {
    if (parents_[group].empty()) parents_[group].push_back({Draft::kAll, groups[group].where});
  }
  for (std::size_t group = 0; group < groups.size(); ++group) {
    for (const Edge& edge : parents_[group]) children_[edge.child].push_back(group);
  }
  measure_depths();
}

// Takes groups whose parents are all taken; what stays is on a cycle or below one.
void GroupOrder::measure_depths() {
  std::vector<std::size_t> open_parents;
  open_parents.reserve(parents_.size());
  for (const auto& parents : parents_) open_parents.push_back(parents.size());
  std::vector<std::size_t> ready;
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    if (open_parents[group] == 0) ready.push_back(group);
  }
  std::size_t taken = 0;
  while (!ready.empty()) {
    const std::size_t group = ready.back();
    ready.pop_back();
    ++taken;
    for (const std::size_t child : children_[group]) {
      depths_[child] = std::max(depths_[child], depths_[group] + 1);
      if (--open_parents[child] == 0) ready.push_back(child);
    }
  }
  if (taken != groups_.size()) find_cycle(open_parents);
}

// Every group that stayed has a parent that stayed, so walking upwards must meet a group twice.
void GroupOrder::find_cycle(const std::vector<std::size_t>& open_parents) {
  const auto stayed = [&](std::size_t group) { return open_parents[group] != 0; };
  std::size_t group = 0;
  while (!stayed(group)) ++group;
  std::vector<bool> seen(groups_.size(), false);
  std::vector<Edge> way;  // each group with the edge that leads to it from its parent
  while (!seen[group]) {
    seen[group] = true;
    const auto up = std::find_if(parents_[group].begin(), parents_[group].end(),
                                 [&](const Edge& e) { return stayed(e.child); });
    way.push_back({group, up->where});
    group = up->child;
  }
  way.erase(way.begin(),
            std::find_if(way.begin(), way.end(), [&](const Edge& e) { return e.child == group; }));
  const Edge& last = *std::max_element(way.begin(), way.end(), [](const Edge& x, const Edge& y) {
    return std::tie(x.where.line, x.where.column) < std::tie(y.where.line, y.where.column);
  });
  std::string path = groups_[group].name;
  for (std::size_t i = way.size(); i-- > 1;) {
    path += way.size() - i > kShownPath ? "" : " > " + groups_[way[i].child].name;
  }
  if (way.size() > kShownPath) path += " > ...";
  cycle_ = Cycle{path + " > " + groups_[group].name, last.where};
}

std::vector<std::size_t> GroupOrder::with_ancestors(const std::vector<std::size_t>& direct) const {
  std::vector<std::size_t> found;
  std::vector<bool> seen(groups_.size(), false);
  const auto add = [&](std::size_t group) {
    if (!seen[group]) found.push_back(group);
    seen[group] = true;
  };
  add(Draft::kAll);
  for (const std::size_t group : direct) add(group);
  for (std::size_t next = 0; next < found.size();) {  // add() makes it longer
    const std::size_t group = found[next++];
    for (const Edge& edge : parents_[group]) add(edge.child);
  }
  std::sort(found.begin(), found.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(depths_[a], groups_[a].priority, groups_[a].name) <
           std::tie(depths_[b], groups_[b].priority, groups_[b].name);
  });
  return found;
}

}  // namespace muster
