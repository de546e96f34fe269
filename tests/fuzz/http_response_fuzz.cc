// SPDX-License-Identifier: GPL-2.0-or-later
// Answers of any bytes, as a server that went bad may send them to the poller: within the limit, and in pieces what
// they are as a whole. The first byte says how large the pieces are and whether the connection ends in good order.
// Dictionary  http
#include <string>
#include <string_view>

#include "core/http/response_reader.h"
#include "tests/fuzz/input.h"

namespace {

using muster::fuzz::demand;
using muster::http::ResponseReader;

constexpr std::size_t kBodyLimit = 2048;

enum class End { proper, abrupt };

bool complete(ResponseReader& reader, std::string_view all, std::size_t piece, End end) {
  std::string pending;
  for (std::size_t at = 0; at < all.size() && !reader.complete(); at += piece) {
    pending.append(all.substr(at, piece));
    const auto used = reader.put(pending);
    if (!used) {
      demand(!used.error().what.empty());
      return false;
    }
    demand(*used <= pending.size());
    pending.erase(0, *used);
  }
  if (end == End::proper) reader.end();
  return reader.complete();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muster::fuzz::Input input(data, size);
  const auto first = input.byte();
  const auto end = (first & 0x80U) != 0 ? End::proper : End::abrupt;
  const auto all = input.rest();
  ResponseReader pieces(kBodyLimit);
  ResponseReader whole(kBodyLimit);
  if (!complete(pieces, all, first % 64 + 1, end)) return 0;
  demand(complete(whole, all, all.size() + 1, end));
  const auto one = pieces.take();
  const auto other = whole.take();
  demand(one.status == other.status && one.body == other.body && one.fields == other.fields);
  demand(one.close == other.close && one.body.size() <= kBodyLimit);
  return 0;
}
