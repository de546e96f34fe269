// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <string>

#include "orchestrator/inventory/glob.h"
#include "orchestrator/inventory/inventory.h"
#include "orchestrator/inventory/limits.h"
#include "orchestrator/inventory/names.h"
#include "orchestrator/inventory/text.h"

namespace muster {
namespace {

constexpr std::string_view kHint = "see which names there are: muster inventory list";

using Chosen = std::vector<bool>;  // one per host, in file order

bool has_glob(std::string_view pattern) {
  return pattern.find_first_of("*?[") != std::string_view::npos;
}

void push_part(std::vector<std::string_view>& parts, std::string_view part) {
  part = trimmed(part);
  if (!part.empty()) parts.push_back(part);
}

// At commas if there are any, else at colons; a colon within brackets or an IPv6 address divides nothing.
std::vector<std::string_view> split(std::string_view pattern) {
  std::vector<std::string_view> parts;
  const bool commas = pattern.find(',') != std::string_view::npos;
  const std::string_view bare = pattern.substr(std::min(pattern.find_first_not_of("!&"), pattern.size()));
  if (!commas && is_ipv6_literal(bare)) return {pattern};
  std::size_t begin = 0;
  bool inside = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '[') inside = true;
    if (c == ']') inside = false;
    if (inside || c != (commas ? ',' : ':')) continue;
    push_part(parts, pattern.substr(begin, i - begin));
    begin = i + 1;
  }
  push_part(parts, pattern.substr(begin));
  return parts;
}

bool is_subscript(std::string_view pattern) {
  const std::size_t open = pattern.rfind('[');
  if (open == std::string_view::npos || open == 0 || pattern.back() != ']') return false;
  const std::string_view inside = pattern.substr(open + 1, pattern.size() - open - 2);
  return !inside.empty() && inside.find_first_not_of("0123456789:-") == std::string_view::npos;
}

Result<void> check_form(std::string_view part, std::string_view name) {
  if (name.empty()) {
    return fail(Errc::malformed, "pattern " + shown(part) + " names nothing",
                "write a host or group behind it");
  }
  if (name[0] == '~' || name[0] == '@') {
    return fail(Errc::unsupported,
                "pattern " + shown(part) + ": regular expressions and files are not offered",
                "use '*' and '?', or list the names with commas");
  }
  if (is_subscript(name)) {
    return fail(Errc::unsupported, "pattern " + shown(part) + ": picking by number is not offered",
                "name the hosts; for a digit that may be 1 or 2 write [1-2]*");
  }
  return {};
}

class Selector {
 public:
  explicit Selector(const Inventory& inventory) : inventory_(inventory) {}

  Result<Chosen> match(std::string_view part, std::string_view name) const {
    if (const auto formed = check_form(part, name); !formed) return fail(formed.error());
    Chosen chosen(inventory_.hosts.size(), name == "all" || name == "*");
    if (name == "all" || name == "*") return chosen;
    bool known = add_host(chosen, name);
    if (known) return chosen;
    known = add_groups(chosen, name);
    if (has_glob(name)) known = add_matching_hosts(chosen, name) || known;
    if (known) return chosen;
    return fail(Errc::not_found, "pattern " + shown(part) + " matches no host and no group",
                std::string(kHint));
  }

 private:
  bool add_host(Chosen& chosen, std::string_view name) const {
    const auto place = inventory_.by_name.find(std::string(name));
    if (place == inventory_.by_name.end()) return false;
    chosen[place->second] = true;
    return true;
  }

  // A glob never means "all" or "ungrouped": with "a*" nobody asks for every host.
  bool add_groups(Chosen& chosen, std::string_view name) const {
    bool known = false;
    for (const auto& [group, hosts] : inventory_.groups) {
      const bool built_in = group == "all" || group == "ungrouped";
      if (group != name && (built_in || !has_glob(name) || !glob_matches(name, group))) continue;
      known = true;
      for (const std::string& host : hosts) add_host(chosen, host);
    }
    return known;
  }

  bool add_matching_hosts(Chosen& chosen, std::string_view name) const {
    bool known = false;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (!glob_matches(name, inventory_.hosts[i].name)) continue;
      chosen[i] = true;
      known = true;
    }
    return known;
  }

  const Inventory& inventory_;
};

enum class Role { add, keep, drop };

Role role_of(std::string_view part) {
  return part[0] == '!' ? Role::drop : part[0] == '&' ? Role::keep : Role::add;
}

void combine(Chosen& into, const Chosen& other, Role role) {
  for (std::size_t i = 0; i < into.size(); ++i) {
    if (role == Role::add) into[i] = into[i] || other[i];
    if (role == Role::keep) into[i] = into[i] && other[i];
    if (role == Role::drop) into[i] = into[i] && !other[i];
  }
}

}  // namespace

// Unions first, then intersections, then exclusions, wherever they stand: so does Ansible.
Result<std::vector<const HostEntry*>> select_hosts(const Inventory& inventory, std::string_view pattern) {
  if (pattern.size() > limits::kPatternBytes) {
    return fail(Errc::malformed, "the pattern is longer than 64 KiB", "make a group of these hosts");
  }
  const std::vector<std::string_view> parts = split(pattern);
  if (parts.empty()) return fail(Errc::malformed, "the pattern is empty", "write all for every host");
  const bool adds = std::any_of(parts.begin(), parts.end(), [](auto p) { return role_of(p) == Role::add; });
  Chosen chosen(inventory.hosts.size(), !adds);
  const Selector selector(inventory);
  for (const Role role : {Role::add, Role::keep, Role::drop}) {
    for (const std::string_view part : parts) {
      if (role_of(part) != role) continue;
      const auto matched = selector.match(part, role == Role::add ? part : part.substr(1));
      if (!matched) return fail(matched.error());
      combine(chosen, *matched, role);
    }
  }
  std::vector<const HostEntry*> hosts;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i]) hosts.push_back(&inventory.hosts[i]);
  }
  return hosts;
}

}  // namespace muster
