// SPDX-License-Identifier: GPL-2.0-or-later
// Command lines and scripts from the network: refused, or words without an octet 0 that hold no more than came in.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "agent/executor/command_plan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// The first octet says how to take the rest.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster;
  if (size == 0) return 0;
  static constexpr const char* kMethods[] = {"ExecuteCommand", "ExecuteShellCommand", "ExecuteScript"};
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  cim::Invocation call{
      "SCX_OperatingSystem", kMethods[data[0] % 3], {}, {{"Command", {text}}, {"Script", {text}}}};
  if ((data[0] & 4) != 0) call.arguments.push_back({"b64encoded", {"TRUE"}});
  if ((data[0] & 8) != 0) call.arguments.push_back({"Arguments", {text}});
  if ((data[0] & 16) != 0) call.arguments.push_back({"ElevationType", {"sudo"}});
  const auto plan = executor::plan_of(call);
  if (!plan) return plan.error().code == Errc::malformed ? 0 : (std::abort(), 0);
  const auto words = executor::words_to_run(*plan, "/script", false);
  std::size_t octets = 0;
  for (const auto& word : words) octets += word.size();
  if (words.empty() || octets > 2 * size + 32) std::abort();
  if (plan->sudo != ((data[0] & 16) != 0) || (plan->sudo && words[0] != "sudo")) std::abort();
  for (const auto& word : words) {
    if (call.method != "ExecuteCommand" && word.find('\0') != std::string::npos && (data[0] & 8) == 0) {
      std::abort();
    }
  }
  return 0;
}
