// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/yaml_variables.h"

#include <algorithm>

#include "orchestrator/inventory/text.h"

namespace muster {
namespace {

constexpr std::string_view kVault = "$ANSIBLE_VAULT;";

Mark in_file(Mark where, std::size_t file) {
  where.file = file;
  return where;
}

// Comments and document marks alone: a file that is kept for later.
bool says_nothing(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trimmed(text.substr(0, end));
    if (!line.empty() && line[0] != '#' && line != "---" && line != "...") return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

}  // namespace

bool accept_variable(Draft& draft, const YamlNode& key, const YamlNode& value, std::size_t file) {
  if (!key.is_text()) {
    const std::string what =
        key.kind == YamlNode::Kind::scalar ? shown(key.text) + " is not text" : "this is not text";
    draft.report(in_file(key.where, file), Errc::malformed, what + ", as the name of a variable must be",
                 "put it between quotation marks");
    return false;
  }
  const bool encrypted = value.tag.substr(0, 6) == "!vault";
  const bool ours = key.text.substr(0, 8) == "ansible_" || key.text.substr(0, 7) == "muster_";
  if (!encrypted || !ours) return true;
  Settings scratch;
  draft.set_variable(scratch, key.text, {{}, in_file(key.where, file)});
  if (!scratch.empty()) {
    draft.report(in_file(key.where, file), Errc::unsupported, key.text + " is encrypted with Ansible Vault",
                 "write it in clear; secrets do not belong in inventories");
  }
  return false;
}

void read_variables(Draft& draft, std::string_view text, std::size_t file, Settings& into) {
  if (text.substr(0, kVault.size()) == kVault) {
    draft.report({1, 1, file}, Errc::unsupported, "this file is encrypted with Ansible Vault",
                 "Muster holds no vault password. Give the sudo password with --become-password-file, and "
                 "decrypt the file (ansible-vault decrypt) or use a copy of the inventory without it");
    return;
  }
  if (says_nothing(text)) return;
  const auto root = parse_yaml_tree(text);
  if (!root) return draft.report(in_file(root.error().where, file), root.error().error);
  if ((*root)->kind == YamlNode::Kind::null) return;
  if ((*root)->kind != YamlNode::Kind::map) {
    draft.report(in_file((*root)->where, file), Errc::malformed, "a file of variables is a map",
                 "write each as name: value");
    return;
  }
  for (const auto& [key, value] : (*root)->entries) {
    if (accept_variable(draft, *key, *value, file)) {
      draft.set_variable(into, key->text, {one_line(*value), in_file(key->where, file)});
    }
  }
}

}  // namespace muster
