// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/settings.h"

#include <limits>
#include <optional>
#include <vector>

#include <toml++/toml.h>

#include "core/base/fd.h"
#include "core/base/toml_text.h"
#include "orchestrator/cli/suggest.h"

namespace muster {
namespace {

constexpr std::size_t kLimitBytes = std::size_t{64} * 1024;

// What is wrong with a value, or nothing.
using Complaint = std::optional<std::string>;

Complaint read_path(const toml::node& node, std::string& into) {
  const auto value = node.value_exact<std::string>();
  if (!value || !value->starts_with('/')) return "wants an absolute path in quotes";
  into = *value;
  return std::nullopt;
}

template <class Number>
Complaint read_number(const toml::node& node, std::int64_t least, std::int64_t most, Number& into) {
  const auto value = node.value_exact<std::int64_t>();
  if (!value || *value < least || *value > most) {
    return "wants a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  }
  into = static_cast<Number>(*value);
  return std::nullopt;
}

struct Key {
  const char* name;
  Complaint (*read)(const toml::node&, Settings&);
};

constexpr Key kKeys[] = {
    {"state", [](const toml::node& node, Settings& to) { return read_path(node, to.state); }},
    {"agent_port",
     [](const toml::node& node, Settings& to) { return read_number(node, 1, 65535, to.agent_port); }},
    {"poll_interval_seconds",
     [](const toml::node& node, Settings& to) { return read_number(node, 5, 86400, to.poll_interval); }},
    {"retention_hours",
     [](const toml::node& node, Settings& to) { return read_number(node, 1, 8760, to.retention); }},
    {"forks", [](const toml::node& node, Settings& to) { return read_number(node, 1, 500, to.forks); }},
    {"package", [](const toml::node& node, Settings& to) { return read_path(node, to.package); }},
};

tl::unexpected<Error> at(const std::string& file, const toml::source_region& where, const std::string& what,
                         std::string hint) {
  return fail(Errc::malformed, file + ":" + std::to_string(where.begin.line) + ": " + what, std::move(hint));
}

std::string known_keys(std::string_view unknown) {
  std::vector<std::string> names;
  std::string all;
  for (const auto& key : kKeys) {
    names.emplace_back(key.name);
    all.append(all.empty() ? "" : ", ").append(key.name);
  }
  const auto near = nearest(unknown, names);
  return near.empty() ? "known keys: " + all : "did you mean \"" + near + "\"?";
}

Result<void> apply(const std::string& file, const toml::key& name, const toml::node& node,
                   Settings& settings) {
  for (const auto& key : kKeys) {
    if (name.str() != key.name) continue;
    const auto complaint = key.read(node, settings);
    if (!complaint) return {};
    return at(file, node.source(), std::string(key.name) + " " + *complaint, {});
  }
  return at(file, name.source(), "unknown key \"" + std::string(name.str()) + "\"", known_keys(name.str()));
}

}  // namespace

Result<Settings> parse_settings(std::string_view text, const std::string& file) {
  if (auto readable = check_toml_characters(text, file); !readable) return fail(readable.error());
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return at(file, parsed.error().source(), std::string(parsed.error().description()),
              "the file is TOML: key = value");
  }
  Settings settings;
  for (const auto& [name, node] : parsed.table()) {
    if (auto applied = apply(file, name, node, settings); !applied) return fail(applied.error());
  }
  return settings;
}

Result<Settings> load_settings(const std::string& file, Presence presence) {
  const auto text = read_file(file, kLimitBytes);
  if (text) return parse_settings(*text, file);
  if (text.error().code == Errc::not_found && presence == Presence::optional) return Settings{};
  return fail(text.error());
}

}  // namespace muster
