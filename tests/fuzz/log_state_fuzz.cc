// SPDX-License-Identifier: GPL-2.0-or-later
// A position in a log file, which lies where its account may have written anything: refused, or read into bounds and
// written again as it was read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/executor/log_state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster;
  const auto state = executor::parse_log_state({reinterpret_cast<const char*>(data), size});
  if (!state) return state.error().code == Errc::malformed ? 0 : (std::abort(), 0);
  if (state->offset > (std::uint64_t{1} << 62) || state->fingerprint.empty() != (state->offset == 0)) {
    std::abort();
  }
  const auto again = executor::parse_log_state(executor::state_text(*state));
  if (!again || *again != *state) std::abort();
  return 0;
}
