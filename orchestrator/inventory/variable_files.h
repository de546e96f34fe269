// SPDX-License-Identifier: GPL-2.0-or-later
// group_vars and host_vars beside an inventory, found as Ansible finds them.
//
// Paths   FOLDER/group_vars/NAME: a folder (its files in alphabetical order, folders within it too), else a
//         file NAME, NAME.yml, NAME.yaml or NAME.json; the first that is there counts. In folders, names that
//         begin with '.' or end in '~', and other endings, are passed over. FOLDER/host_vars/NAME likewise.
// Errors  reported to the draft, each with its file.
// Source  ansible-core 2.14: dataloader.find_vars_files, vars plugin host_group_vars.
#pragma once

#include <string>

#include "orchestrator/inventory/draft.h"

namespace muster {

// Reads what belongs to a group or host of the draft.
void add_variable_files(Draft& draft, const std::string& folder);

}  // namespace muster
