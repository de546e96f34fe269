// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/failure_page.h"

#include "orchestrator/provision/failure.h"

namespace muster {
namespace {

constexpr std::string_view kTop = R"(# Errors of hosts

Every way in which work on a host can fail: the code that summaries, `muster runs show` and `--json` have, what it means, and
what to do about it. A failure tells its own text and often a remedy for its host beside these. `muster errors CODE` says the
same on a terminal. The table is the program's own: a test compares this page with it.

Under "counts as" stands how a summary counts the host. For `--max-fail` both are the same ([rollout.md](rollout.md)).

| code | meaning | what to do | counts as |
|---|---|---|---|
)";

// "|" divides columns.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string failure_page() {
  std::string page(kTop);
  for (const FailureClass& each : failure_classes()) {
    page.append("| `").append(each.word).append("` | ").append(cell(each.cause)).append(" | ");
    page.append(cell(each.hint)).append(" | ");
    page.append(is_unreachable(each.code) ? "unreachable" : "failed").append(" |\n");
  }
  return page;
}

}  // namespace muster
