// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/draft.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <tuple>

#include "orchestrator/inventory/known_variables.h"
#include "orchestrator/inventory/limits.h"
#include "orchestrator/inventory/names.h"
#include "orchestrator/inventory/ranges.h"
#include "orchestrator/inventory/text.h"

namespace muster {
namespace {

constexpr std::string_view kDivide = "divide the inventory into several files";

std::uint64_t pair_key(std::size_t first, std::size_t second) {
  return (static_cast<std::uint64_t>(first) << 32U) | static_cast<std::uint64_t>(second);
}

std::optional<int> read_priority(std::string_view text) {
  int value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Draft::Draft(std::string file) : files_{std::move(file)} {
  add_group("all", {});
  add_group("ungrouped", {});
  declare(kAll);
  declare(kUngrouped);
  add_child(kAll, kUngrouped, {});
}

std::size_t Draft::add_group(std::string_view name, Mark where) {
  const auto [place, added] = group_places_.try_emplace(std::string(name), groups_.size());
  if (!added) return place->second;
  if (groups_.size() == limits::kGroups) {
    group_places_.erase(place);
    if (!full_) {
      report(where, Errc::malformed, "more than " + std::to_string(limits::kGroups) + " groups", kDivide);
    }
    full_ = true;
    return kUngrouped;
  }
  groups_.push_back({.name = std::string(name), .where = where, .settings = {}, .file = {}, .children = {}});
  return groups_.size() - 1;
}

void Draft::add_child(std::size_t parent, std::size_t child, Mark where) {
  if (edges_.insert(pair_key(parent, child)).second) groups_[parent].children.push_back({child, where});
}

void Draft::set_group_variable(std::size_t group, std::string_view name, Setting setting) {
  if (name != "ansible_group_priority") {
    set_variable(groups_[group].settings, name, std::move(setting));
    return;
  }
  const std::optional<int> priority = read_priority(setting.value);
  if (priority) {
    groups_[group].priority = *priority;
  } else {
    report(setting.where, Errc::malformed,
           "ansible_group_priority " + shown(setting.value) + " is not a whole number",
           "among groups of equal depth the one with the higher number wins; the default is 1");
  }
}

void Draft::add_hosts(std::string_view pattern, std::size_t group, Settings settings, Mark where) {
  const Result<HostPattern> hosts = expand_host_pattern(pattern, limits::kHosts);
  if (!hosts) {
    report(where, hosts.error());
    return;
  }
  if (!accept_mentions(hosts->names.size(), where)) return;
  std::shared_ptr<const Settings> port;
  if (const auto& number = hosts->port) {
    port = std::make_shared<Settings>(Settings{{"ansible_port", {std::to_string(*number), where}}});
  }
  const auto shared = settings.empty() ? nullptr : std::make_shared<const Settings>(std::move(settings));
  for (const std::string& name : hosts->names) {
    const std::size_t known = hosts_.size();
    const std::size_t host = add_host(name, where);
    if (full_) return;
    if (port && host == known) {
      hosts_[host].layers.push_back(port);  // as in Ansible, the first mention's port counts
    }
    if (shared) hosts_[host].layers.push_back(shared);
    join(host, group);
  }
}

void Draft::set_variable(Settings& into, std::string_view name, Setting setting) {
  if (const std::optional<Error> refusal = refuse_variable(name)) {
    report(setting.where, *refusal);
  } else {
    into.insert_or_assign(std::string(name), std::move(setting));
  }
}

void Draft::report(Mark where, Errc code, std::string_view what, std::string_view hint) {
  if (problems_.size() > limits::kProblems) return;
  std::string place = files_[where.file];
  if (where.line != 0) place += ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
  if (problems_.size() == limits::kProblems) {
    what = "more problems follow";
    hint = "correct these first";
  }
  problems_.push_back({position(where), {code, place + ": " + std::string(what), std::string(hint)}});
}

std::size_t Draft::add_file(std::string path) {
  files_.push_back(std::move(path));
  return files_.size() - 1;
}

void Draft::set_host_file(std::size_t host, Settings settings) {
  if (!settings.empty()) hosts_[host].file = std::make_shared<const Settings>(std::move(settings));
}

bool Draft::accept_variable_bytes(std::size_t bytes) {
  const bool fitted = variable_bytes_ <= limits::kVariableBytes;
  variable_bytes_ += bytes;
  if (variable_bytes_ <= limits::kVariableBytes) return true;
  if (fitted) report({}, Errc::malformed, "group_vars and host_vars hold more than 256 MiB", kDivide);
  return false;
}

// By file, the inventory first, the others in the order in which they were read.
std::vector<Problem> Draft::take_problems() {
  std::unordered_map<std::string_view, std::size_t> order;
  for (const auto& file : files_) order.try_emplace(file, order.size());
  const auto rank = [&](const Problem& problem) {
    return std::tuple(order.at(problem.where.file), problem.where.line, problem.where.column);
  };
  std::stable_sort(problems_.begin(), problems_.end(),
                   [&](const Problem& a, const Problem& b) { return rank(a) < rank(b); });
  return std::move(problems_);
}

bool Draft::accept_mentions(std::size_t count, Mark where) {
  if (full_) return false;
  mentions_ += count;
  if (mentions_ <= limits::kMentions) return true;
  full_ = true;
  report(where, Errc::malformed,
         "hosts are mentioned more than " + std::to_string(limits::kMentions) + " times", kDivide);
  return false;
}

std::size_t Draft::add_host(const std::string& name, Mark where) {
  const auto [place, added] = host_places_.try_emplace(name, hosts_.size());
  if (!added) return place->second;
  if (hosts_.size() == limits::kHosts) {
    full_ = true;
    report(where, Errc::malformed, "more than " + std::to_string(limits::kHosts) + " hosts", kDivide);
    return hosts_.size();
  }
  hosts_.push_back({name, where, {}, {}, nullptr});
  return hosts_.size() - 1;
}

void Draft::join(std::size_t host, std::size_t group) {
  if (memberships_.insert(pair_key(group, host)).second) hosts_[host].groups.push_back(group);
}

}  // namespace muster
