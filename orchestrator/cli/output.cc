// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/output.h"

#include <cerrno>
#include <cstdio>
#include <string>

#include <nlohmann/json.hpp>

#include "core/base/fd.h"
#include "orchestrator/cli/text_width.h"

namespace muster {
namespace {

int& first_failure() {
  static int error = 0;
  return error;
}

void note_failure() {
  if (first_failure() == 0) first_failure() = errno;
}

constexpr auto kReplace = Json::error_handler_t::replace;

}  // namespace

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) note_failure();
}

void print_json(const Json& document) {
  print(document.dump(2, ' ', false, kReplace));
  print("\n");
}

void print_json_line(const Json& event) {
  print(event.dump(-1, ' ', false, kReplace));
  print("\n");
  if (std::fflush(stdout) != 0) note_failure();
}

void print_error(const Error& error) {
  std::string text = "muster: " + terminal_safe(error.what) + "\n";
  if (!error.hint.empty()) text.append("  hint: ").append(terminal_safe(error.hint)).append("\n");
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));  // nowhere to report a failure to
}

void print_usage_error(const Error& error, bool json) {
  if (!json) return print_error(error);
  auto document = error_json(error);
  document["error"]["code"] = "usage";
  print_json(document);
}

Json error_json(const Error& error) {
  return {
      {"error", {{"code", std::string(to_string(error.code))}, {"what", error.what}, {"hint", error.hint}}}};
}

Result<void> finish_output() {
  if (std::fflush(stdout) != 0) note_failure();
  const int error = first_failure();
  if (error == 0 || error == EPIPE) return {};
  errno = error;
  return fail(errno_error("standard output"));
}

}  // namespace muster
