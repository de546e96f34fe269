// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ca/certificate_json.h"

#include <nlohmann/json.hpp>

#include "orchestrator/cli/table.h"
#include "orchestrator/cli/time_text.h"

namespace muster {
namespace {

std::chrono::seconds left(const tls::Certificate& certificate) {
  return std::chrono::duration_cast<std::chrono::seconds>(certificate.not_after() -
                                                          std::chrono::system_clock::now());
}

Cell left_cell(const tls::Certificate& certificate) {
  const auto time = left(certificate);
  if (time.count() <= 0) return {"expired", Tone::bad};
  return {duration_text(time), time < std::chrono::hours(30L * 24) ? Tone::warning : Tone::plain};
}

}  // namespace

Json certificate_json(const tls::Certificate& certificate) {
  return {{"subject", certificate.subject()},
          {"issuer", certificate.issuer()},
          {"serial", certificate.serial()},
          {"sha256", certificate.sha256()},
          {"public_key_sha256", certificate.public_key_sha256()},
          {"not_before", iso8601(certificate.not_before())},
          {"not_after", iso8601(certificate.not_after())},
          {"seconds_left", left(certificate).count()}};
}

std::string certificate_table(const std::vector<std::pair<std::string, tls::Certificate>>& certificates,
                              const Terminal& terminal) {
  Table table({{"CERTIFICATE"}, {"SUBJECT"}, {"EXPIRES"}, {"LEFT", Align::right}});
  std::string fingerprints;
  for (const auto& [role, certificate] : certificates) {
    table.add({role, certificate.subject(), iso8601(certificate.not_after()), left_cell(certificate)});
    fingerprints +=
        "\n" + role + "\n  serial  " + certificate.serial() + "\n  SHA-256 " + certificate.sha256() + "\n";
  }
  return table.render(terminal) + fingerprints;
}

}  // namespace muster
