// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/sandbox/memory.h"

#include <cstdlib>
#include <new>
#include <string>

#include "core/base/log.h"

namespace muster::sandbox {
namespace {

constexpr std::size_t kReserve = std::size_t{64} * 1024;

// What the handler needs must be there before: it may not allocate until the reserve is free.
struct LastWords {
  std::string name;
  std::string text;
  char* reserve = nullptr;
};

LastWords& last_words() {
  static LastWords words;
  return words;
}

[[noreturn]] void say_and_end() {
  std::set_new_handler(nullptr);
  std::free(last_words().reserve);  // NOLINT(cppcoreguidelines-no-malloc): gives the log room for its line
  log::error(last_words().name, last_words().text);
  std::_Exit(kOutOfMemory);
}

}  // namespace

void end_when_out_of_memory(const std::string& name, std::size_t limit_bytes) {
  auto& words = last_words();
  words.name = name;
  words.text =
      "out of memory; its limit is " + std::to_string(limit_bytes / 1024 / 1024) + " MB (limits.memory_mb)";
  words.reserve = static_cast<char*>(std::malloc(kReserve));  // NOLINT(cppcoreguidelines-no-malloc)
  if (words.reserve != nullptr) words.reserve[0] = 1;
  std::set_new_handler(&say_and_end);
}

}  // namespace muster::sandbox
