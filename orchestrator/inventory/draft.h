// SPDX-License-Identifier: GPL-2.0-or-later
// An inventory while it is being read: what was said and where, before inheritance is worked out.
// Ownership: a group is referred to by its place in groups(), a host by its place in hosts().
// Limits: beyond those of limits.h it reports a problem and takes no more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "orchestrator/inventory/inventory.h"

namespace muster {

// Counted from 1.
struct Mark {
  std::size_t line = 0;
  std::size_t column = 0;
};

struct Setting {
  std::string value;
  Mark where;
};
using Settings = std::map<std::string, Setting, std::less<>>;

struct DraftHost {
  std::string name;
  Mark where;
  std::vector<std::shared_ptr<const Settings>> layers;  // one per mention, shared by a range; later ones win
  std::vector<std::size_t> groups;                      // direct ones, in the order of mention
};

struct Edge {
  std::size_t child;
  Mark where;
};

struct DraftGroup {
  std::string name;
  Mark where;
  bool declared = false;  // an INI group may be referred to before (and must not be without) its section
  int priority = 1;       // ansible_group_priority
  Settings settings;
  std::vector<Edge> children;
};

class Draft {
 public:
  static constexpr std::size_t kAll = 0;
  static constexpr std::size_t kUngrouped = 1;

  explicit Draft(std::string file);

  // The group, added when there is none of that name. `name` must satisfy is_group_name().
  std::size_t add_group(std::string_view name, Mark where);
  void declare(std::size_t group) { groups_[group].declared = true; }
  void add_child(std::size_t parent, std::size_t child, Mark where);
  void set_group_variable(std::size_t group, std::string_view name, Setting setting);

  // Expands the pattern and puts its hosts into the group, each with these settings.
  void add_hosts(std::string_view pattern, std::size_t group, Settings settings, Mark where);

  // Stores a variable unless its name is refused (a secret, a typing error); then a problem says so.
  void set_variable(Settings& into, std::string_view name, Setting setting);

  void report(Mark where, Errc code, std::string_view what, std::string_view hint);
  void report(Mark where, const Error& error) { report(where, error.code, error.what, error.hint); }

  const std::vector<DraftGroup>& groups() const { return groups_; }
  const std::vector<DraftHost>& hosts() const { return hosts_; }
  Position position(Mark where) const { return {file_, where.line, where.column}; }
  std::vector<Problem> take_problems();

 private:
  bool accept_mentions(std::size_t count, Mark where);
  std::size_t add_host(const std::string& name, Mark where);
  void join(std::size_t host, std::size_t group);

  std::string file_;
  std::vector<DraftGroup> groups_;
  std::vector<DraftHost> hosts_;
  std::unordered_map<std::string, std::size_t> group_places_;
  std::unordered_map<std::string, std::size_t> host_places_;
  std::unordered_set<std::uint64_t> memberships_;  // group and host in one number
  std::unordered_set<std::uint64_t> edges_;        // parent and child in one number
  std::size_t mentions_ = 0;
  bool full_ = false;
  std::vector<Problem> problems_;
};

// Works out groups, precedence and known variables. The draft's problems go along.
InventoryReading resolve(Draft&& draft);

}  // namespace muster
