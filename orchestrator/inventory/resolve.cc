// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <ranges>
#include <set>
#include <system_error>
#include <tuple>

#include "orchestrator/inventory/draft.h"
#include "orchestrator/inventory/group_order.h"
#include "orchestrator/inventory/known_variables.h"
#include "orchestrator/inventory/limits.h"
#include "orchestrator/inventory/text.h"

namespace muster {
namespace {

using Effective = std::map<std::string_view, const Setting*>;

// What hosts with the same direct groups share.
struct Heritage {
  std::vector<std::size_t> groups;  // lowest precedence first
  Effective settings;
};

KeyFolders key_folders(const std::string& file) {
  std::error_code ignored;  // without a working directory relative paths stay relative
  const char* home =
      std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe): nothing here writes the environment
  return {std::filesystem::absolute(file, ignored).parent_path().string(), home == nullptr ? "" : home};
}

void overlay(Effective& below, const Settings& above) {
  for (const auto& [name, setting] : above) below.insert_or_assign(name, &setting);
}

class Resolver {
 public:
  explicit Resolver(Draft& draft)
      : draft_(draft), order_(draft.groups()), folders_(key_folders(draft.position({}).file)) {}

  Inventory resolve() {
    if (const auto& cycle = order_.cycle()) {
      draft_.report(cycle->where, Errc::malformed, "groups contain each other: " + cycle->path,
                    "remove one of these children");
      return {};
    }
    for (std::size_t group = 0; group < draft_.groups().size(); ++group) add_group(group);
    if (!inheritance_fits()) return {};
    for (const DraftHost& host : draft_.hosts()) {
      add_host(host, heritage_of(host));
      if (settings_ > limits::kSettings || setting_bytes_ > limits::kSettingBytes) return refuse_growth(host);
    }
    return std::move(inventory_);
  }

  std::vector<Problem> take_doubts() { return std::move(doubts_); }

 private:
  void add_group(std::size_t group) {
    inventory_.groups[draft_.groups()[group].name];
    auto& family = inventory_.families[draft_.groups()[group].name];
    for (const std::size_t child : order_.children(group)) {
      family.children.push_back(draft_.groups()[child].name);
    }
  }

  // "ungrouped" is for hosts that no other group names; "all" names every host.
  static std::vector<std::size_t> direct_groups(const DraftHost& host) {
    std::vector<std::size_t> named;
    for (const std::size_t group : host.groups) {
      if (group != Draft::kAll && group != Draft::kUngrouped) named.push_back(group);
    }
    if (named.empty()) named.push_back(Draft::kUngrouped);
    return named;
  }

  const Heritage& heritage_of(const DraftHost& host) {
    const auto [place, added] = heritages_.try_emplace(direct_groups(host));
    if (added) {
      place->second.groups = order_.with_ancestors(place->first);
      const auto& groups = draft_.groups();
      for (const std::size_t group : place->second.groups) {
        overlay(place->second.settings, groups[group].settings);
      }
      for (const std::size_t group : place->second.groups) {
        overlay(place->second.settings, groups[group].file);
      }
    }
    return place->second;
  }

  // Refuses what groups alone multiply too far before any of it is built.
  bool inheritance_fits() {
    std::size_t memberships = 0;
    std::size_t settings = 0;
    for (const DraftHost& host : draft_.hosts()) {
      const Heritage& heritage = heritage_of(host);
      memberships += heritage.groups.size();
      settings += heritage.settings.size();
      if (memberships <= limits::kMemberships && settings <= limits::kSettings) continue;
      refuse_growth(host);
      return false;
    }
    return true;
  }

  Inventory refuse_growth(const DraftHost& host) {
    draft_.report(host.where, Errc::malformed, "groups and variables multiply beyond what can be held",
                  "at most 2000000 memberships and as many variables over all hosts, 256 MiB in all");
    return {};
  }

  void add_host(const DraftHost& host, const Heritage& heritage) {
    Effective effective = heritage.settings;
    for (const auto& layer : host.layers) overlay(effective, *layer);
    if (host.file) overlay(effective, *host.file);
    HostEntry entry;
    entry.name = host.name;
    entry.address = host.name;
    entry.where = draft_.position(host.where);
    for (const std::string_view name : known_variable_names()) apply(entry, name, effective);
    for (const auto& [name, setting] : effective) {
      entry.variables.emplace(name, setting->value);
      setting_bytes_ += name.size() + setting->value.size();
    }
    settings_ += effective.size();
    for (const std::size_t group : direct_groups(host)) {
      inventory_.families[draft_.groups()[group].name].hosts.push_back(host.name);
    }
    for (const std::string_view name : known_variable_names()) doubt(host, heritage, effective, name);
    std::set<std::string> names;
    for (const std::size_t group : heritage.groups) {
      inventory_.groups[draft_.groups()[group].name].push_back(host.name);
      if (group != Draft::kAll) names.insert(draft_.groups()[group].name);
    }
    entry.groups.assign(names.begin(), names.end());
    inventory_.by_name.emplace(host.name, inventory_.hosts.size());
    inventory_.hosts.push_back(std::move(entry));
  }

  // Two groups of the same rank say different things of a host that has no word of its own: the one whose name comes
  // later in the alphabet wins, which nobody had in mind.
  void doubt(const DraftHost& host, const Heritage& heritage, const Effective& effective,
             std::string_view name) {
    const auto used = effective.find(name);
    if (used == effective.end()) return;
    const auto& groups = draft_.groups();
    for (const auto part : {&DraftGroup::file, &DraftGroup::settings}) {
      std::optional<std::size_t> winner;
      for (const std::size_t group : std::views::reverse(heritage.groups)) {
        const auto& settings = groups[group].*part;
        const auto found = settings.find(name);
        if (found == settings.end()) continue;
        if (!winner && used->second != &found->second) return;  // the host's own, or of a file
        if (!winner) {
          winner = group;
        } else if (order_.only_names_decide(*winner, group) && found->second.value != used->second->value) {
          return contradiction(host, name, *winner, *used->second, group, found->second);
        }
      }
      if (winner) return;
    }
  }

  void contradiction(const DraftHost& host, std::string_view name, std::size_t winner, const Setting& used,
                     std::size_t other, const Setting& unused) {
    if (doubts_.size() >= limits::kProblems) return;
    if (!doubted_.emplace(winner, other, name).second) return;
    const auto& groups = draft_.groups();
    const Position where = draft_.position(used.where);
    const Position there = draft_.position(unused.where);
    doubts_.push_back({where,
                       {Errc::malformed,
                        where.file + ":" + std::to_string(where.line) + ":" + std::to_string(where.column) +
                            ": " + std::string(name) + " is " + shown(used.value) + " in group " +
                            groups[winner].name + " and " + shown(unused.value) + " in group " +
                            groups[other].name + " (" + there.file + ":" + std::to_string(there.line) +
                            "); host " + host.name + " is in both, and gets the former by its name",
                        "say it for the host, or give one of the groups a higher ansible_group_priority"}});
  }

  // A wrong value is reported once, for the first host that it reaches.
  void apply(HostEntry& entry, std::string_view name, const Effective& effective) {
    const auto found = effective.find(name);
    if (found == effective.end()) return;
    const Result<void> applied = apply_variable(entry, name, found->second->value, folders_);
    if (applied) return;
    const Mark where = found->second->where;
    if (reported_.emplace(where.file, where.line, where.column, name).second) {
      draft_.report(where, applied.error());
    }
  }

  Draft& draft_;
  GroupOrder order_;
  KeyFolders folders_;
  Inventory inventory_;
  std::map<std::vector<std::size_t>, Heritage> heritages_;
  std::set<std::tuple<std::size_t, std::size_t, std::size_t, std::string_view>> reported_;
  std::set<std::tuple<std::size_t, std::size_t, std::string_view>> doubted_;
  std::vector<Problem> doubts_;
  std::size_t settings_ = 0;
  std::size_t setting_bytes_ = 0;
};

}  // namespace

InventoryReading resolve(Draft&& draft) {
  InventoryReading reading;
  Resolver resolver(draft);
  reading.inventory = resolver.resolve();
  reading.doubts = resolver.take_doubts();
  reading.problems = draft.take_problems();
  return reading;
}

const HostEntry* Inventory::find(std::string_view name) const {
  const auto place = by_name.find(std::string(name));
  return place == by_name.end() ? nullptr : &hosts[place->second];
}

}  // namespace muster
