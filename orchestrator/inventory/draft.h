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
  std::size_t file = 0;  // the draft's number of it; 0: the inventory
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
  std::shared_ptr<const Settings> file;                 // of host_vars; wins over `layers`
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
  Settings file;  // of group_vars; wins over the inventory's settings of every group
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

  // The number of one more file for Mark::file.
  std::size_t add_file(std::string path);
  void set_group_file(std::size_t group, Settings settings) { groups_[group].file = std::move(settings); }
  void set_host_file(std::size_t host, Settings settings);
  // False beyond limits::kVariableBytes; then a problem has been reported.
  bool accept_variable_bytes(std::size_t bytes);

  void report(Mark where, Errc code, std::string_view what, std::string_view hint);
  void report(Mark where, const Error& error) { report(where, error.code, error.what, error.hint); }

  const std::vector<DraftGroup>& groups() const { return groups_; }
  const std::vector<DraftHost>& hosts() const { return hosts_; }
  Position position(Mark where) const { return {files_[where.file], where.line, where.column}; }
  std::vector<Problem> take_problems();

 private:
  bool accept_mentions(std::size_t count, Mark where);
  std::size_t add_host(const std::string& name, Mark where);
  void join(std::size_t host, std::size_t group);

  std::vector<std::string> files_;
  std::vector<DraftGroup> groups_;
  std::vector<DraftHost> hosts_;
  std::unordered_map<std::string, std::size_t> group_places_;
  std::unordered_map<std::string, std::size_t> host_places_;
  std::unordered_set<std::uint64_t> memberships_;  // group and host in one number
  std::unordered_set<std::uint64_t> edges_;        // parent and child in one number
  std::size_t mentions_ = 0;
  std::size_t variable_bytes_ = 0;
  bool full_ = false;
  std::vector<Problem> problems_;
};

// What an inventory says, before anything is worked out.
Draft draft_inventory_ini(std::string_view text, std::string file);
Draft draft_inventory_yaml(std::string_view text, std::string file);
Draft draft_inventory_csv(std::string_view text, std::string file);

// Works out groups, precedence and known variables. The draft's problems go along.
InventoryReading resolve(Draft&& draft);

}  // namespace muster
