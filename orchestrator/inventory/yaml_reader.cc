// SPDX-License-Identifier: GPL-2.0-or-later
#include <utility>

#include "orchestrator/inventory/draft.h"
#include "orchestrator/inventory/inventory.h"
#include "orchestrator/inventory/limits.h"
#include "orchestrator/inventory/listing_reader.h"
#include "orchestrator/inventory/names.h"
#include "orchestrator/inventory/text.h"
#include "orchestrator/inventory/yaml_tree.h"
#include "orchestrator/inventory/yaml_variables.h"

namespace muster {
namespace {

using Kind = YamlNode::Kind;

constexpr std::string_view kTextHint = "put it between quotation marks";

// A map's entries; a text alone counts as a map of one key without value, as in Ansible.
std::vector<YamlNode::Entry> entries_of(const YamlNodePtr& node) {
  if (node->kind == Kind::scalar) return {{node, std::make_shared<const YamlNode>()}};
  return node->entries;
}

class YamlReader {
 public:
  explicit YamlReader(Draft& draft) : draft_(draft) {}

  void read(const YamlNode& root) {
    if (root.kind != Kind::map) {
      draft_.report(root.where, Errc::malformed, "an inventory is a map of groups", "begin with: all:");
      return;
    }
    for (const auto& [name, body] : root.entries) {
      if (is_foreign(*name, *body)) continue;
      read_group(*name, *body);
    }
  }

 private:
  bool is_foreign(const YamlNode& name, const YamlNode& body) {
    if (name.text == "plugin" && body.kind == Kind::scalar) {
      draft_.report(name.where, Errc::unsupported,
                    "this configures an Ansible inventory plugin; it lists no hosts",
                    "save its result: ansible-inventory -i FILE --list --yaml --output hosts.yml");
      return true;
    }
    return false;
  }

  bool is_name(const YamlNode& key, std::string_view of_what) {
    if (key.is_text()) return true;
    const std::string what = key.kind == Kind::scalar ? shown(key.text) + " is not text" : "this is not text";
    draft_.report(key.where, Errc::malformed,
                  what + ", as the name of a " + std::string(of_what) + " must be", kTextHint);
    return false;
  }

  std::size_t read_group(const YamlNode& name, const YamlNode& body) {
    if (!is_name(name, "group")) return Draft::kUngrouped;
    if (!is_group_name(name.text)) {
      draft_.report(name.where, Errc::malformed, shown(name.text) + " is not a group name",
                    "letters, digits, '.', '_' and '-', not beginning with '-' or '.'");
      return Draft::kUngrouped;
    }
    const std::size_t group = draft_.add_group(name.text, name.where);
    draft_.declare(group);
    if (body.kind == Kind::null) return group;
    if (body.kind != Kind::map) {
      draft_.report(body.where, Errc::malformed, "group " + shown(name.text) + " is not a map",
                    "a group holds hosts:, children: and vars:");
      return group;
    }
    for (const auto& [key, part] : body.entries) read_part(group, *key, part);
    return group;
  }

  void read_part(std::size_t group, const YamlNode& key, const YamlNodePtr& part) {
    const std::string& name = key.text;
    if (key.kind != Kind::scalar || (name != "hosts" && name != "children" && name != "vars")) {
      draft_.report(key.where, Errc::malformed, shown(name) + " has no meaning in a group",
                    "a group holds hosts:, children: and vars:");
      return;
    }
    if (part->kind == Kind::null) return;
    if (part->kind == Kind::sequence || (part->kind == Kind::scalar && name == "vars")) {
      draft_.report(
          part->where, Errc::malformed, name + " must be a map",
          name == "vars" ? "write name: value" : "write each name with a ':' behind it, without '-'");
      return;
    }
    if (name == "vars") return read_group_variables(group, *part);
    for (const auto& [child, body] : entries_of(part)) {
      if (name == "hosts") {
        read_host(group, *child, *body);
      } else {
        read_child(group, *child, *body);
      }
    }
  }

  void read_child(std::size_t parent, const YamlNode& name, const YamlNode& body) {
    const std::size_t child = read_group(name, body);
    if (draft_.groups()[child].name == name.text) draft_.add_child(parent, child, name.where);
  }

  void read_host(std::size_t group, const YamlNode& name, const YamlNode& body) {
    if (!is_name(name, "host")) return;
    Settings settings;
    if (body.kind == Kind::map) {
      for (const auto& [key, value] : body.entries) {
        if (accept_variable(draft_, *key, *value, 0)) {
          draft_.set_variable(settings, key->text, {one_line(*value), key->where});
        }
      }
    } else if (body.kind != Kind::null) {
      draft_.report(body.where, Errc::malformed,
                    "host " + shown(name.text) + " has a value that is not a map",
                    "write its variables below it, each as name: value");
    }
    draft_.add_hosts(name.text, group, std::move(settings), name.where);
  }

  void read_group_variables(std::size_t group, const YamlNode& variables) {
    for (const auto& [key, value] : variables.entries) {
      if (accept_variable(draft_, *key, *value, 0)) {
        draft_.set_group_variable(group, key->text, {one_line(*value), key->where});
      }
    }
  }

  Draft& draft_;
};

// As programs print it; people write the same in lines.
bool is_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

}  // namespace

Draft draft_inventory_yaml(std::string_view text, std::string file) {
  Draft draft(std::move(file));
  if (text.size() > limits::kFileBytes) {
    draft.report({}, Errc::malformed, "larger than 16 MiB", "divide the inventory into several files");
    return draft;
  }
  const auto root = parse_yaml_tree(text);
  if (root && is_json(text) && is_listing(**root)) {
    read_listing(draft, **root);
  } else if (root) {
    YamlReader(draft).read(**root);
  } else {
    draft.report(root.error().where, root.error().error);
  }
  return draft;
}

InventoryReading parse_inventory_yaml(std::string_view text, std::string file) {
  return resolve(draft_inventory_yaml(text, std::move(file)));
}

}  // namespace muster
