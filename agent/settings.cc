// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/settings.h"

#include <charconv>
#include <cstdint>
#include <utility>

namespace muster::agent {
namespace {

// The one list of what is sent, for both directions.
template <class Configuration, class Visit>
void each_setting(Configuration& config, Visit visit) {
  visit(config.log_level);
  visit(config.basic);
  visit(config.connections);
  visit(config.connections_per_source);
  visit(config.connections_reserved);
  visit(config.early_drop.start);
  visit(config.early_drop.percent);
  visit(config.early_drop.full);
  visit(config.provider);
  visit(config.penalties);
}

template <class Value>
std::int64_t number_of(const Value& value) {
  return static_cast<std::int64_t>(value);
}
std::int64_t number_of(const std::chrono::seconds& value) {
  return value.count();
}

template <class Value>
void put_number(std::int64_t number, Value& into) {
  into = static_cast<Value>(number);
}
void put_number(std::int64_t number, std::chrono::seconds& into) {
  into = std::chrono::seconds(number);
}

bool read_number(const std::string& text, std::int64_t& out) {
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, out);
  return error == std::errc() && at == end && out >= 0;
}

template <class Value>
void keep(const char* name, Value& fresh, const Value& running, std::vector<std::string>& changed) {
  if (fresh == running) return;
  changed.emplace_back(name);
  fresh = running;
}

}  // namespace

std::vector<std::string> keep_what_is_fixed(Config& fresh, const Config& running) {
  std::vector<std::string> changed;
  keep("listen", fresh.listen, running.listen, changed);
  keep("port", fresh.port, running.port, changed);
  keep("user", fresh.user, running.user, changed);
  keep("tls_folder", fresh.tls_folder, running.tls_folder, changed);
  keep("run_folder", fresh.run_folder, running.run_folder, changed);
  keep("state_folder", fresh.state_folder, running.state_folder, changed);
  keep("limits.memory_mb", fresh.memory_mb, running.memory_mb, changed);
  return changed;
}

ipc::Frame settings_frame(const Config& config) {
  ipc::Frame frame{ipc::Tag::settings, 0, {}};
  each_setting(config, [&](const auto& value) { frame.fields.push_back(std::to_string(number_of(value))); });
  frame.fields.insert(frame.fields.end(), config.penalties_exempt.begin(), config.penalties_exempt.end());
  return frame;
}

Result<void> take_settings(const ipc::Frame& settings, Config& config) {
  Config fresh = config;
  std::size_t next = 0;
  bool good = settings.tag == ipc::Tag::settings;
  each_setting(fresh, [&](auto& value) {
    std::int64_t number = 0;
    good = good && next < settings.fields.size() && read_number(settings.fields[next], number);
    if (good) put_number(number, value);
    ++next;
  });
  if (!good) return fail(Errc::malformed, "settings: not a settings frame");
  fresh.penalties_exempt.assign(settings.fields.begin() + static_cast<std::ptrdiff_t>(next),
                                settings.fields.end());
  config = std::move(fresh);
  return {};
}

}  // namespace muster::agent
