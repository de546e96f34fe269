// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/listing_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "orchestrator/inventory/names.h"
#include "orchestrator/inventory/text.h"
#include "orchestrator/inventory/yaml_variables.h"

namespace muster {
namespace {

using Kind = YamlNode::Kind;

constexpr std::string_view kMeta = "_meta";

const YamlNode* part_of(const YamlNode& map, std::string_view name) {
  const auto found = std::find_if(map.entries.begin(), map.entries.end(),
                                  [&](const YamlNode::Entry& entry) { return entry.first->text == name; });
  return found == map.entries.end() ? nullptr : found->second.get();
}

bool holds_a_list(const YamlNode& group) {
  if (group.kind == Kind::sequence) return true;
  if (group.kind != Kind::map) return false;
  for (const std::string_view name : {"hosts", "children"}) {
    const auto* part = part_of(group, name);
    if (part != nullptr && part->kind == Kind::sequence) return true;
  }
  return false;
}

class ListingReader {
 public:
  explicit ListingReader(Draft& draft) : draft_(draft) {}

  void read(const YamlNode& root) {
    if (const auto* meta = part_of(root, kMeta)) read_meta(*meta);
    for (const auto& [name, body] : root.entries) {
      if (name->text != kMeta) read_group(*name, *body);
    }
  }

 private:
  void wrong(const YamlNode& at, const std::string& what, std::string_view hint) {
    draft_.report(at.where, Errc::malformed, what, hint);
  }

  void read_meta(const YamlNode& meta) {
    const auto* variables = meta.kind == Kind::map ? part_of(meta, "hostvars") : nullptr;
    if (variables == nullptr || variables->kind == Kind::null) return;
    if (variables->kind != Kind::map) {
      return wrong(*variables, "_meta.hostvars is not a map", "it holds a map of variables for each host");
    }
    for (const auto& [host, body] : variables->entries) host_variables_[host->text] = body.get();
  }

  void read_group(const YamlNode& name, const YamlNode& body) {
    const auto place = group_of(name);
    if (!place) return;
    if (body.kind == Kind::sequence) return read_hosts(*place, body);
    if (body.kind == Kind::null) return;
    if (body.kind != Kind::map) {
      return wrong(body, "group " + shown(name.text) + " is neither a map nor a list of hosts",
                   "a group holds hosts, children and vars");
    }
    for (const auto& [key, part] : body.entries) read_part(*place, *key, *part);
  }

  void read_part(std::size_t group, const YamlNode& key, const YamlNode& part) {
    if (part.kind == Kind::null) return;
    if (key.text == "hosts") {
      read_hosts(group, part);
    } else if (key.text == "children") {
      for_each_name(part, [&](const YamlNode& child) {
        if (const auto place = group_of(child)) draft_.add_child(group, *place, child.where);
      });
    } else if (key.text == "vars" && part.kind == Kind::map) {
      for (const auto& [name, value] : part.entries) {
        if (accept_variable(draft_, *name, *value, 0)) {
          draft_.set_group_variable(group, name->text, {one_line(*value), name->where});
        }
      }
    } else {
      wrong(key, shown(key.text) + " has no meaning in a group", "a group holds hosts, children and vars");
    }
  }

  void read_hosts(std::size_t group, const YamlNode& hosts) {
    for_each_name(hosts, [&](const YamlNode& host) {
      if (!host.is_text() || !is_host_name(host.text)) {
        return wrong(host, shown(host.text) + " is not a host name",
                     "a name or an address; ports and ranges have no place in this form");
      }
      draft_.add_hosts(host.text, group, variables_of(host.text), host.where);
    });
  }

  // A list, or the names of a map.
  template <class Take>
  void for_each_name(const YamlNode& names, Take take) {
    if (names.kind == Kind::map) {
      for (const auto& [name, value] : names.entries) take(*name);
    } else if (names.kind == Kind::sequence) {
      for (const auto& name : names.items) take(*name);
    } else {
      wrong(names, shown(names.text) + " is not a list", "write names in brackets, divided by commas");
    }
  }

  std::optional<std::size_t> group_of(const YamlNode& name) {
    if (!name.is_text() || !is_group_name(name.text)) {
      wrong(name, shown(name.text) + " is not a group name",
            "letters, digits, '.', '_' and '-', not beginning with '-' or '.'");
      return std::nullopt;
    }
    const std::size_t group = draft_.add_group(name.text, name.where);
    draft_.declare(group);
    return group;
  }

  // Given to the first mention alone: they are the host's, not the mention's.
  Settings variables_of(const std::string& host) {
    Settings settings;
    const auto found = host_variables_.find(host);
    if (found == host_variables_.end()) return settings;
    const YamlNode& body = *found->second;
    host_variables_.erase(found);
    if (body.kind == Kind::null) return settings;
    if (body.kind != Kind::map) {
      wrong(body, "the variables of host " + shown(host) + " are not a map", "write each as \"name\": value");
      return settings;
    }
    for (const auto& [name, value] : body.entries) {
      if (accept_variable(draft_, *name, *value, 0)) {
        draft_.set_variable(settings, name->text, {one_line(*value), name->where});
      }
    }
    return settings;
  }

  Draft& draft_;
  std::unordered_map<std::string, const YamlNode*> host_variables_;
};

}  // namespace

bool is_listing(const YamlNode& root) {
  if (root.kind != Kind::map) return false;
  return std::any_of(root.entries.begin(), root.entries.end(), [](const YamlNode::Entry& entry) {
    return entry.first->text == kMeta || holds_a_list(*entry.second);
  });
}

bool has_meta(const YamlNode& root) {
  return root.kind == Kind::map && part_of(root, kMeta) != nullptr;
}

void read_listing(Draft& draft, const YamlNode& root) {
  ListingReader(draft).read(root);
}

}  // namespace muster
