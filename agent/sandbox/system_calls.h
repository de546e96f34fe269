// SPDX-License-Identifier: GPL-2.0-or-later
// What each unprivileged process may ask of the kernel: one table per process. A provider that needs another
// call gets it by a row here, as narrow as its arguments allow.
//
// Source  strace of the processes at work, and what glibc's allocator, clock and orderly exit need.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace muster::sandbox {

enum class Process : std::uint8_t { front, providers, courier };

// Only `allowed` calls reach the kernel.
enum class Verdict : std::uint8_t {
  allowed,
  refused,  // fails and is logged; the process goes on
  absent,   // fails as on a kernel without it, without a word; of `otherwise` alone
  ends,     // the process ends by SIGSYS, and the monitor logs which call it was
};

enum class Compare : std::uint8_t { masked_equal, not_equal };

// One argument of a call, compared as an unsigned number.
struct Condition {
  unsigned argument = 0;
  Compare compare = Compare::masked_equal;
  std::uint64_t mask = 0;  // of masked_equal
  std::uint64_t value = 0;
};

struct CallRule {
  int call;  // SCMP_SYS(name)
  Verdict verdict = Verdict::allowed;
  std::optional<Condition> when = std::nullopt;  // of `allowed` rows alone
  std::optional<Condition> also = std::nullopt;  // holds too, on another argument
};

struct CallTable {
  std::span<const CallRule> rules;
  Verdict otherwise;  // for calls without a row
};

const CallTable& calls_of(Process process);

// For a call that no `allowed` row let through.
Verdict verdict_on(const CallTable& table, int call);
// Whether a refusal is written down here, thus nothing to worry about.
bool is_expected(const CallTable& table, int call);

}  // namespace muster::sandbox
