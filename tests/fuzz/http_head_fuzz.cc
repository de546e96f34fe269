// SPDX-License-Identifier: GPL-2.0-or-later
// The request reader against any bytes: it stays within its limits, and pieces give what the whole gives.
// Dictionary  http
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/http/request_reader.h"

namespace {

using muster::http::Limits;
using muster::http::RequestReader;

constexpr Limits kLimits = {.head_bytes = 1024, .head_fields = 16, .body_bytes = 512};

void demand(bool holds) {
  if (!holds) std::abort();
}

bool wants_more(const RequestReader& reader) {
  return reader.state() == RequestReader::State::head || reader.state() == RequestReader::State::body;
}

// As a connection feeds it: what the reader leaves comes again in front of the next piece.
void feed(RequestReader& reader, std::string_view all, std::size_t piece) {
  std::string pending;
  for (std::size_t at = 0; at < all.size() && wants_more(reader); at += piece) {
    pending.append(all.substr(at, piece));
    while (wants_more(reader)) {
      const auto before = reader.state();
      const auto used = reader.put(pending);
      demand(used <= pending.size());
      pending.erase(0, used);
      if (reader.state() == before) break;
    }
    demand(!wants_more(reader) || pending.size() <= kLimits.head_bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] % 64 + 1;
  const std::string_view all(reinterpret_cast<const char*>(data) + 1, size - 1);
  RequestReader whole(kLimits);
  RequestReader pieces(kLimits);
  feed(whole, all, all.size() + 1);
  feed(pieces, all, piece);
  // In pieces, a chunk's line may be refused that passes (or still waits) when it comes at once, never the
  // other way: its length is judged while it is incomplete, and Beast counts a chunk against the body's limit
  // each time that it looks at an unfinished quoted extension.
  const auto& refusal = pieces.refusal();
  const bool chunk_line = refusal.status == 413 || refusal.reason == "chunk: header too large";
  if (pieces.state() == RequestReader::State::refused && chunk_line) return 0;
  demand(whole.state() == pieces.state());
  if (whole.state() == RequestReader::State::refused) {
    demand(whole.refusal().status == pieces.refusal().status);
    demand(whole.refusal().status >= 400 && whole.refusal().status < 600);
  }
  if (whole.state() != RequestReader::State::complete) return 0;
  const auto request = whole.take();
  demand(request.body == pieces.take().body);
  demand(request.body.size() <= kLimits.body_bytes);
  demand(request.head.fields.size() <= kLimits.head_fields);
  return 0;
}
