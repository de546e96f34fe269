// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/facts.h"

#include <algorithm>
#include <array>

#include "core/base/log.h"

namespace muster {
namespace {

constexpr std::size_t kValueBytes = 200;
constexpr std::array<std::string_view, 20> kKeys{
    "system",         "machine", "os",          "os_name",     "os_version",     "dpkg",
    "arch",           "systemd", "sudo",        "var_free_kb", "tmp_free_kb",    "agent_version",
    "package_sha256", "clock",   "cert_serial", "cert_sha256", "cert_not_after", "service",
    "went_back",      "stuck"};
constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed_value(std::string_view text) {
  const auto start = text.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
}

}  // namespace

bool Facts::add(std::string_view key_and_value) {
  const auto equals = key_and_value.find('=');
  if (equals == std::string_view::npos) return false;
  const auto key = key_and_value.substr(0, equals);
  if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) return false;
  // Cut when it is escaped, so that parse() of text() finds nothing more to cut.
  const auto value = log::printable(trimmed_value(key_and_value.substr(equals + 1)));
  values_[std::string(key)] = trimmed_value(std::string_view(value).substr(0, kValueBytes));
  return true;
}

const std::string& Facts::operator[](std::string_view key) const {
  static const std::string kNone;
  const auto found = values_.find(key);
  return found == values_.end() ? kNone : found->second;
}

std::string Facts::platform() const {
  const auto& name = (*this)["os_name"].empty() ? (*this)["system"] : (*this)["os_name"];
  std::string text = name.empty() ? "unknown system" : name;
  for (const auto* key : {"os_version", "machine"}) {
    if (!(*this)[key].empty()) text.append(" ").append((*this)[key]);
  }
  return text;
}

std::string Facts::text() const {
  std::string text;
  for (const auto& [key, value] : values_) text.append(key).append("=").append(value).append("\n");
  return text;
}

Facts Facts::parse(std::string_view text) {
  Facts facts;
  while (!text.empty()) {
    const auto end = text.find('\n');
    facts.add(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return facts;
}

std::optional<Failure> check_platform(const Facts& facts) {
  const auto refuse = [&](const std::string& why) {
    return Failure{FailureCode::platform, facts.platform() + ": " + why};
  };
  if (facts["system"].empty()) return refuse("the probe said nothing");
  if (facts["system"] != "Linux") return refuse("not Linux");
  if (!facts.yes("dpkg")) return refuse("no dpkg");
  if (facts["arch"] != "amd64") {
    return refuse("packages are built for amd64, the host wants '" + facts["arch"] + "'");
  }
  return std::nullopt;
}

}  // namespace muster
