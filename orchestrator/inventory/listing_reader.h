// SPDX-License-Identifier: GPL-2.0-or-later
// The form that `ansible-inventory --list` and dynamic inventories print: a map of groups, each with a list of hosts, a
// list of children and a map of variables, or with nothing but its list of hosts; the hosts' variables are below
// _meta.hostvars.
//
// Hosts that only have variables and are in no group are none, as in Ansible.
// Source  ansible-core 2.14: the inventory plugin "script", ansible-inventory(1).
#pragma once

#include "orchestrator/inventory/draft.h"
#include "orchestrator/inventory/yaml_tree.h"

namespace muster {

// Only such a document has _meta, or lists where the files that people write have maps.
bool is_listing(const YamlNode& root);

// Whether it tells the variables of its hosts, or has none to tell.
bool has_meta(const YamlNode& root);

void read_listing(Draft& draft, const YamlNode& root);

}  // namespace muster
