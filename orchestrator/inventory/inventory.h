// SPDX-License-Identifier: GPL-2.0-or-later
// Ansible inventories, read as they are: which hosts there are, how to reach each, and in which groups it is.
// Limits: see limits.h; a file beyond them is refused, never cut.
// Errors: every problem is found in one pass where that is possible; a reading with problems must not be
// used. Source: Ansible's documented INI and YAML inventory formats (checked against ansible-core 2.14).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/error.h"

namespace muster {

// Line and column count from 1, columns in bytes. Line 0: the file as a whole. The file may be one of
// group_vars or host_vars.
struct Position {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
};

struct HostEntry {
  std::string name;     // as the inventory calls it
  std::string address;  // ansible_host, or the name
  std::uint16_t port = 22;
  std::string user;  // empty: the caller's login name
  bool become = false;
  std::string become_method = "sudo";
  std::string private_key_file;                  // absolute; empty: the usual keys
  std::string host_key;                          // "SHA256:..." or "type base64"; empty: not pinned
  std::vector<std::string> groups;               // every group it is in, sorted, without "all"
  std::map<std::string, std::string> variables;  // effective values, unknown names included
  Position where;                                // first mention
};

struct Problem {
  Position where;
  Error error;  // `what` begins with file:line:column
};

struct Inventory {
  std::vector<HostEntry> hosts;  // in file order
  std::map<std::string, std::vector<std::string>>
      groups;  // group -> its hosts and its descendants', in file order
  struct Family {
    std::vector<std::string> children;  // groups, in the order of mention
    std::vector<std::string> hosts;     // its own, in file order
  };
  std::map<std::string, Family> families;                // of each group; "all" and "ungrouped" among them
  std::unordered_map<std::string, std::size_t> by_name;  // host -> place in `hosts`; the readers fill it

  // Null when there is none. Valid until `hosts` changes.
  const HostEntry* find(std::string_view name) const;
};

struct InventoryReading {
  Inventory inventory;
  std::vector<Problem> problems;  // in file order; not empty: the inventory is refused
  std::vector<Problem> doubts;    // what may be meant, and what somebody should look at
};

// Pure but for $HOME and the working directory, which complete ansible_ssh_private_key_file.
InventoryReading parse_inventory_ini(std::string_view text, std::string file);
InventoryReading parse_inventory_yaml(std::string_view text, std::string file);
// A line for each host below a line of titles; see csv_reader.cc for those that mean something.
InventoryReading parse_inventory_csv(std::string_view text, std::string file);

// A program is run (script.h). .yml, .yaml and .json are YAML, JSON also as `ansible-inventory --list` prints it; .csv
// is CSV and .ini INI; any other name is decided by how the text begins. What group_vars and host_vars beside the file
// say of its groups and hosts is part of it.
InventoryReading check_inventory(const std::string& path);
// The first problem becomes the error; its hint says how many more there are.
Result<Inventory> load_inventory(const std::string& path);

// The hosts that a --limit pattern names, in file order: "all", host, group, glob; "," or ":" between
// patterns, "!" before what to leave out, "&" before what must also match.
// Errors: not_found when a part matches nothing at all, so that a typing error never widens a run.
Result<std::vector<const HostEntry*>> select_hosts(const Inventory& inventory, std::string_view pattern);

}  // namespace muster
