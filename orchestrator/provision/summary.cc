// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/summary.h"

#include <nlohmann/json.hpp>

#include "orchestrator/cli/text_width.h"
#include "orchestrator/cli/time_text.h"

namespace muster {
namespace {

constexpr std::size_t kMostHostsPerCause = 20;

// A line for each remedy; where there are several, each says for whom.
void add_fixes(std::string& text, const FailureClass& entry, const std::vector<HostFailure>& hosts) {
  std::map<std::string, std::string> whom;
  for (const auto& host : hosts) {
    auto& names = whom[host.hint.empty() ? std::string(entry.hint) : host.hint];
    names.append(names.empty() ? "" : ", ").append(terminal_safe(host.host));
  }
  for (const auto& [remedy, names] : whom) {
    text.append("  fix").append(whom.size() > 1 ? " for " + names : "").append(": ");
    text.append(terminal_safe(remedy)).append("\n");
  }
}

void add_failures(std::string& text, const Summary& summary) {
  for (const auto& [code, hosts] : summary.failures) {
    const auto& entry = failure_class(code);
    text.append("\n").append(entry.word).append(": ").append(entry.cause).append("\n");
    for (std::size_t i = 0; i < hosts.size() && i < kMostHostsPerCause; ++i) {
      text.append("  ").append(terminal_safe(hosts[i].host)).append(" (").append(hosts[i].step).append("): ");
      text.append(terminal_safe(hosts[i].text)).append("\n");
    }
    if (hosts.size() > kMostHostsPerCause) {
      text.append("  and ").append(std::to_string(hosts.size() - kMostHostsPerCause)).append(" more\n");
    }
    add_fixes(text, entry, hosts);
  }
}

void add_notes(std::string& text, const Summary& summary) {
  if (summary.notes.empty()) return;
  text.append("\nnote\n");
  for (const auto& note : summary.notes) {
    text.append("  ")
        .append(terminal_safe(note.host))
        .append(": ")
        .append(terminal_safe(note.text))
        .append("\n");
  }
}

void add_keys(std::string& text, const Summary& summary) {
  if (summary.accepted.empty()) return;
  text.append("\nnew host keys, written to ")
      .append(summary.keys_file)
      .append("; compare them when you can:\n");
  for (const auto& accepted : summary.accepted) {
    text.append("  ").append(accepted.host).append("  ").append(accepted.address).append("  ");
    text.append(terminal_safe(accepted.key)).append("\n");
  }
}

}  // namespace

Exit Summary::exit() const {
  const auto well = settled + changed;
  if (well == hosts) return Exit::ok;
  if (!stopped.empty()) return Exit::failed;
  return well == 0 ? Exit::failed : Exit::partly;
}

std::string summary_text(const Summary& summary) {
  std::string text;
  if (!summary.stopped.empty()) text.append("stopped: ").append(summary.stopped).append("\n");
  text.append("run ").append(std::to_string(summary.run)).append(": ");
  text.append(std::to_string(summary.hosts)).append(summary.hosts == 1 ? " host: " : " hosts: ");
  text.append(std::to_string(summary.settled)).append(" ok, ");
  text.append(std::to_string(summary.changed)).append(" changed, ");
  text.append(std::to_string(summary.failed)).append(" failed, ");
  text.append(std::to_string(summary.unreachable)).append(" unreachable; ");
  text.append(std::to_string(summary.changes)).append(summary.changes == 1 ? " change in " : " changes in ");
  text.append(took_text(summary.took)).append("\n");
  add_failures(text, summary);
  add_notes(text, summary);
  add_keys(text, summary);
  return text;
}

Json summary_json(const Summary& summary) {
  Json failures = Json::array();
  for (const auto& [code, hosts] : summary.failures) {
    const auto& entry = failure_class(code);
    Json list = Json::array();
    for (const auto& host : hosts) {
      list.push_back({{"host", host.host},
                      {"step", host.step},
                      {"text", host.text},
                      {"hint", host.hint.empty() ? std::string(entry.hint) : host.hint}});
    }
    failures.push_back({{"code", entry.word}, {"cause", entry.cause}, {"hint", entry.hint}, {"hosts", list}});
  }
  Json keys = Json::array();
  for (const auto& key : summary.accepted) {
    keys.push_back({{"host", key.host}, {"address", key.address}, {"key", key.key}});
  }
  Json notes = Json::array();
  for (const auto& note : summary.notes) notes.push_back({{"host", note.host}, {"text", note.text}});
  return {{"event", "summary"},
          {"run", summary.run},
          {"hosts", summary.hosts},
          {"ok", summary.settled},
          {"changed", summary.changed},
          {"failed", summary.failed},
          {"unreachable", summary.unreachable},
          {"changes", summary.changes},
          {"failures", failures},
          {"notes", notes},
          {"accepted_host_keys", keys},
          {"stopped", summary.stopped},
          {"took_ms", summary.took.count()},
          {"exit", static_cast<int>(summary.exit())}};
}

}  // namespace muster
