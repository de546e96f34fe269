// SPDX-License-Identifier: GPL-2.0-or-later
// What a host says while it is provisioned: lines of our scripts, facts, sudo's words. The first line of the input is
// the mark. What is taken is printable, bounded and of the grammar; a path is one of ours.
// Dictionary  host_line
#include <algorithm>
#include <string>
#include <string_view>

#include "orchestrator/provision/facts.h"
#include "orchestrator/provision/host_line.h"
#include "orchestrator/provision/sudo.h"
#include "tests/fuzz/input.h"

namespace {

using namespace muster;
using fuzz::demand;

constexpr std::size_t kMostText = std::size_t{4} * 1024;  // 1 KiB, each byte escaped

bool printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void check_line(std::string_view text, std::string_view mark) {
  const auto line = parse_host_line(text, mark);
  if (!line) return;
  demand(line->text.size() <= kMostText && line->step.size() <= 40);
  demand(line->verb == HostLine::Verb::data || printable(line->text));
  for (const char c : line->step) demand((c >= 'a' && c <= 'z') || c == '_');
}

void check_facts(std::string_view text) {
  const auto facts = Facts::parse(text);
  demand(Facts::parse(facts.text()).text() == facts.text());
  demand(printable(facts.platform()));
  if (const auto failure = check_platform(facts)) demand(!failure->text.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto mark = input.line();
  const auto words = input.rest();
  check_facts(words);
  const auto failure = diagnose_sudo(words, mark, 1);
  demand(printable(failure.text) && failure.text.size() <= kMostText);
  static_cast<void>(sudo_refused_password(words, mark));
  fuzz::Input lines(reinterpret_cast<const std::uint8_t*>(words.data()), words.size());
  while (!lines.empty()) {
    const auto line = lines.line();
    check_line(line, mark);
    if (is_upload_folder(line)) demand(line.find("..") == std::string_view::npos && line.size() <= 36);
  }
  return 0;
}
