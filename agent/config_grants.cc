// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/config_grants.h"

#include <algorithm>
#include <iterator>

namespace muster::agent {
namespace {

using Take = bool (*)(const toml::node&, Grant&);

bool take_role(const toml::node& node, Grant& grant) {
  const auto word = node.value_exact<std::string>();
  for (const Role role : {Role::operate, Role::administer}) {
    if (word != to_string(role)) continue;
    grant.role = role;
    return true;
  }
  return false;
}

bool take_names(const toml::node& node, std::vector<std::string>& into) {
  const toml::array* list = node.as_array();
  if (list == nullptr || list->size() > kMostNames) return false;
  for (const auto& entry : *list) {
    const auto name = entry.value_exact<std::string>();
    if (!name || name->empty()) return false;
    into.push_back(*name);
  }
  return true;
}

bool take_run_as(const toml::node& node, Grant& grant) {
  const auto name = node.value_exact<std::string>();
  if (name) grant.run_as = *name;
  return name && !name->empty();
}

bool take_allow_root(const toml::node& node, Grant& grant) {
  const auto value = node.value_exact<bool>();
  if (value) grant.allow_root = *value;
  return value.has_value();
}

struct Key {
  std::string_view name;
  std::string_view expects;
  Take take;
};

constexpr Key kKeys[] = {
    {"role", "operator or admin", take_role},
    {"users", "a list of at most 256 user names",
     [](const toml::node& n, Grant& g) { return take_names(n, g.users); }},
    {"groups", "a list of at most 256 group names",
     [](const toml::node& n, Grant& g) { return take_names(n, g.groups); }},
    {"certificates", "a list of at most 256 SHA-256 fingerprints or subjects",
     [](const toml::node& n, Grant& g) { return take_names(n, g.certificates); }},
    {"run_as", "the name of the account that the certificates act as", take_run_as},
    {"allow_root", "true or false", take_allow_root},
};

// What is wrong with a grant as a whole; empty for nothing.
std::string problem_of(const Grant& grant, bool has_role) {
  if (!has_role) return "grant.role: is missing";
  if (grant.users.empty() && grant.groups.empty() && grant.certificates.empty()) {
    return "grant: names nobody; users, groups or certificates must";
  }
  if (!grant.certificates.empty() && grant.run_as.empty()) {
    return "grant.run_as: is missing; certificates must act as some account";
  }
  if (grant.certificates.empty() && !grant.run_as.empty()) {
    return "grant.run_as: is for certificates; users act as themselves";
  }
  if (grant.run_as == "root" && !grant.allow_root) return "grant.run_as: root needs allow_root = true";
  return {};
}

Result<void> read_grant(const toml::table& table, const std::string& file, Grant& grant) {
  for (const auto& [key, node] : table) {
    const std::string name = "grant." + std::string(key.str());
    const auto* known = std::find_if(std::begin(kKeys), std::end(kKeys),
                                     [&](const Key& each) { return each.name == key.str(); });
    if (known == std::end(kKeys)) return complain(file, node.source().begin, name + ": unknown key");
    if (!known->take(node, grant)) {
      return complain(file, node.source().begin, name + ": must be " + std::string(known->expects));
    }
  }
  const std::string problem = problem_of(grant, table.contains("role"));
  if (!problem.empty()) return complain(file, table.source().begin, problem);
  return {};
}

}  // namespace

tl::unexpected<Error> complain(const std::string& file, const toml::source_position& at,
                               const std::string& what) {
  return fail(Errc::malformed,
              file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + what,
              "every key is explained in /usr/share/doc/muster-agent/agent.toml.example");
}

Result<void> read_grants(const toml::node& node, const std::string& file, std::vector<Grant>& grants) {
  const toml::array* list = node.as_array();
  const bool tables =
      list != nullptr && list->size() <= kMostGrants &&
      std::all_of(list->begin(), list->end(), [](const toml::node& n) { return n.is_table(); });
  if (!tables) return complain(file, node.source().begin, "grant: must be at most 64 tables [[grant]]");
  for (const auto& entry : *list) {
    if (auto read = read_grant(*entry.as_table(), file, grants.emplace_back()); !read) return read;
  }
  return {};
}

}  // namespace muster::agent
