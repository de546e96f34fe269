// SPDX-License-Identifier: GPL-2.0-or-later
// Compressed bodies and the fields about them against any bytes: what is inflated stays within its limits, and
// what is packed comes back.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/http/coding.h"

namespace {

using namespace muster::http;

constexpr InflateLimits kLimits = {.bytes = 4096, .ratio = 20, .bytes_at_once = 256};

void demand(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto inflated = gunzip(bytes, kLimits);
  if (inflated) {
    demand(inflated->size() <= kLimits.bytes);
    demand(inflated->size() <= kLimits.bytes_at_once || inflated->size() <= (size + 1) * kLimits.ratio);
  }
  const auto packed = gzip(bytes);
  demand(!packed.empty());
  const auto back = gunzip(packed, {.bytes = size, .ratio = 2000});
  demand(back && *back == bytes);

  const std::string value(bytes);
  const auto coding = coding_of({{"Content-Encoding", value}});
  demand(coding || coding.error().code == muster::Errc::unsupported);
  // To forbid one coding more can only take away from what is acceptable.
  const auto without = acceptable_coding({{"Accept-Encoding", value}, {"Accept-Encoding", "gzip;q=0"}});
  demand(without == Acceptable::identity || without == Acceptable::neither);
  return 0;
}
