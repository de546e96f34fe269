// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <limits>
#include <optional>

#include <toml++/toml.h>

#include "agent/config_grants.h"
#include "agent/config_keys.h"
#include "core/base/fd.h"
#include "core/base/toml_text.h"
#include "core/http/address.h"
#include "core/wsman/subscribe_wish.h"

namespace muster::agent {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{256} * 1024;
constexpr std::size_t kPenaltySources = 4096;

// Takes a value into the configuration; false: it is not of the right kind or range.
using Take = bool (*)(const toml::node&, Config&);

bool take_string(const toml::node& node, std::string& into) {
  const auto value = node.value_exact<std::string>();
  if (!value || value->empty()) return false;
  into = *value;
  return true;
}

bool take_bool(const toml::node& node, bool& into) {
  const auto value = node.value_exact<bool>();
  if (value) into = *value;
  return value.has_value();
}

template <class Number>
bool take_number(const toml::node& node, Number& into, std::int64_t least, std::int64_t most) {
  const auto value = node.value_exact<std::int64_t>();
  if (!value || *value < least || *value > most) return false;
  into = static_cast<Number>(*value);
  return true;
}

bool take_seconds(const toml::node& node, std::chrono::seconds& into, std::int64_t least, std::int64_t most) {
  std::int64_t count = 0;
  if (!take_number(node, count, least, most)) return false;
  into = std::chrono::seconds(count);
  return true;
}

bool take_listen(const toml::node& node, Config& config) {
  const toml::array* list = node.as_array();
  if (list == nullptr || list->empty() || list->size() > 16) return false;
  config.listen.clear();
  for (const auto& entry : *list) {
    if (!take_string(entry, config.listen.emplace_back())) return false;
  }
  return true;
}

constexpr std::size_t kMostCertificateFiles = 64;
constexpr unsigned kMostConnections = 10000;
constexpr std::size_t kMostExempt = 64;

bool take_certificate_files(const toml::node& node, Config& config) {
  const toml::array* list = node.as_array();
  if (list == nullptr || list->size() > kMostCertificateFiles) return false;
  config.certificate_files.clear();
  for (const auto& entry : *list) {
    auto& file = config.certificate_files.emplace_back();
    if (!take_string(entry, file) || !file.starts_with("/")) return false;
  }
  return true;
}

constexpr std::size_t kMostDestinations = 16;

// As in an address: https://HOST:PORT/ must be one.
bool take_destinations(const toml::node& node, Config& config) {
  const toml::array* list = node.as_array();
  if (list == nullptr || list->size() > kMostDestinations) return false;
  config.event_destinations.clear();
  for (const auto& entry : *list) {
    auto& destination = config.event_destinations.emplace_back();
    if (!take_string(entry, destination) || destination.find_first_of("/?") != std::string::npos ||
        !wsman::parse_sink("https://" + destination)) {
      return false;
    }
  }
  return true;
}

bool take_level(const toml::node& node, Config& config) {
  static constexpr std::array<std::pair<std::string_view, log::Level>, 5> kLevels{{
      {"error", log::Level::error},
      {"warning", log::Level::warning},
      {"notice", log::Level::notice},
      {"info", log::Level::info},
      {"debug", log::Level::debug},
  }};
  const auto value = node.value_exact<std::string_view>();
  const auto found =
      std::find_if(kLevels.begin(), kLevels.end(), [&](const auto& l) { return value == l.first; });
  if (found == kLevels.end()) return false;
  config.log_level = found->second;
  return true;
}

// "START:PERCENT:FULL", as sshd writes it; "off".
bool take_early_drop(const toml::node& node, Config& config) {
  const auto value = node.value_exact<std::string>();
  if (!value) return false;
  if (*value == "off") {
    config.early_drop = {};
    return true;
  }
  unsigned numbers[3] = {};
  const char* at = value->data();
  const char* const end = at + value->size();
  for (unsigned& number : numbers) {
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc() || number < 1 || number > kMostConnections) return false;
    at = next;
    if (&number != &numbers[2] && (at == end || *at++ != ':')) return false;
  }
  if (at != end || numbers[1] > 100 || numbers[0] > numbers[2]) return false;
  config.early_drop = {numbers[0], numbers[1], numbers[2]};
  return true;
}

bool take_exempt(const toml::node& node, Config& config) {
  const toml::array* list = node.as_array();
  if (list == nullptr || list->size() > kMostExempt) return false;
  config.penalties_exempt.clear();
  for (const auto& entry : *list) {
    auto& address = config.penalties_exempt.emplace_back();
    if (!take_string(entry, address) || http::source_key(address).empty()) return false;
  }
  return true;
}

struct Key {
  std::string_view table;
  std::string_view name;
  std::string_view expects;
  Take take;
};

std::string full_name(std::string_view table, std::string_view name) {
  return table.empty() ? std::string(name) : std::string(table) + "." + std::string(name);
}

constexpr Key kKeys[] = {
    {"", "listen", "a list of addresses, or [\"*\"]", take_listen},
    {"", "port", "a port from 1 to 65535",
     [](const toml::node& n, Config& c) { return take_number(n, c.port, 1, 65535); }},
    {"", "user", "a user name", [](const toml::node& n, Config& c) { return take_string(n, c.user); }},
    {"", "tls_folder", "a path", [](const toml::node& n, Config& c) { return take_string(n, c.tls_folder); }},
    {"", "run_folder", "a path", [](const toml::node& n, Config& c) { return take_string(n, c.run_folder); }},
    {"", "state_folder", "a path",
     [](const toml::node& n, Config& c) { return take_string(n, c.state_folder); }},
    {"", "log_level", "one of error, warning, notice, info, debug", take_level},
    {"basic", "enabled", "true or false",
     [](const toml::node& n, Config& c) { return take_bool(n, c.basic); }},
    {"basic", "allow_root", "true or false",
     [](const toml::node& n, Config& c) { return take_bool(n, c.basic_allow_root); }},
    {"basic", "pam_service", "the name of a file in /etc/pam.d",
     [](const toml::node& n, Config& c) { return take_string(n, c.pam_service); }},
    {"limits", "connections", "a number from 1 to 10000",
     [](const toml::node& n, Config& c) { return take_number(n, c.connections, 1, 10000); }},
    {"limits", "connections_per_source", "a number from 1 to 10000",
     [](const toml::node& n, Config& c) { return take_number(n, c.connections_per_source, 1, 10000); }},
    {"events", "destinations", R"(a list of at most 16 "host:port")", take_destinations},
    {"limits", "connections_reserved", "a number from 0 to 1000",
     [](const toml::node& n, Config& c) { return take_number(n, c.connections_reserved, 0, 1000); }},
    {"limits", "unauthenticated", R"("START:PERCENT:FULL" as in "32:30:64", or "off")", take_early_drop},
    {"limits", "memory_mb", "a number from 64 to 65536",
     [](const toml::node& n, Config& c) { return take_number(n, c.memory_mb, 64, 65536); }},
    {"limits", "busy_seconds", "a number from 5 to 3600",
     [](const toml::node& n, Config& c) { return take_seconds(n, c.busy, 5, 3600); }},
    {"limits", "provider_seconds", "a number from 1 to 60",
     [](const toml::node& n, Config& c) { return take_seconds(n, c.provider, 1, 60); }},
    {"limits", "penalties", "true or false",
     [](const toml::node& n, Config& c) { return take_bool(n, c.penalties); }},
    {"limits", "penalties_exempt", "a list of at most 64 addresses", take_exempt},
    {"certificates", "files", "a list of at most 64 paths that begin with /", take_certificate_files},
};

Result<void> read_table(const toml::table& table, std::string_view name, const std::string& file,
                        Config& config) {
  for (const auto& [key, node] : table) {
    const std::string full = full_name(name, key.str());
    const bool inner = name.empty() && std::any_of(std::begin(kKeys), std::end(kKeys),
                                                   [&](const Key& k) { return k.table == key.str(); });
    if (full == "grant") {
      if (auto read = read_grants(node, file, config.grants); !read) return read;
      continue;
    }
    if (inner && node.is_table()) {
      if (auto read = read_table(*node.as_table(), key.str(), file, config); !read) return read;
      continue;
    }
    const auto* known = std::find_if(std::begin(kKeys), std::end(kKeys),
                                     [&](const Key& k) { return k.table == name && k.name == key.str(); });
    if (known == std::end(kKeys)) return complain(file, node.source().begin, full + ": unknown key");
    if (!known->take(node, config)) {
      return complain(file, node.source().begin, full + ": must be " + std::string(known->expects));
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> config_keys() {
  std::vector<std::string> names;
  for (const auto& key : kKeys) names.push_back(full_name(key.table, key.name));
  std::sort(names.begin(), names.end());
  return names;
}

http::PenaltyRules penalty_rules(const Config& config) {
  http::PenaltyRules rules;
  rules.sources = config.penalties ? kPenaltySources : 0;
  for (const auto& address : config.penalties_exempt) rules.exempt.push_back(http::source_key(address));
  return rules;
}

Result<Config> parse_config(std::string_view text, const std::string& file) {
  if (auto readable = check_toml_characters(text, file); !readable) return fail(readable.error());
  const auto parsed = toml::parse(text, file);
  if (!parsed) {
    return complain(file, parsed.error().source().begin, std::string(parsed.error().description()));
  }
  Config config;
  if (auto read = read_table(parsed.table(), "", file, config); !read) return fail(read.error());
  return config;
}

Result<Config> load_config(const std::string& path) {
  const auto text = read_file(path, kMaxBytes);
  if (!text && text.error().code == Errc::not_found && path == kDefaultConfig) return Config{};
  if (!text) return fail(text.error());
  return parse_config(*text, path);
}

}  // namespace muster::agent
