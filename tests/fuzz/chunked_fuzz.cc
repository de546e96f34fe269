// SPDX-License-Identifier: GPL-2.0-or-later
// Chunked bodies of any bytes. What the reader calls a whole message must be one for a second, plain reading of
// RFC 9112 section 7.1 too, with the same body and the same end: two readings of one message are how requests are
// smuggled. The first byte says in what pieces the body comes.
// Dictionary  http
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "core/http/request_reader.h"
#include "tests/fuzz/input.h"

namespace {

using muster::fuzz::demand;
using muster::http::Limits;
using muster::http::RequestReader;

constexpr Limits kLimits = {.head_bytes = 1024, .head_fields = 16, .body_bytes = 4096};
constexpr std::string_view kHead = "POST /wsman HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view kEnd = "\r\n";

struct Reading {
  std::string body;
  std::size_t size = 0;  // octets of the encoded body
};

std::optional<std::string_view> take_line(std::string_view& rest) {
  const auto end = rest.find(kEnd);
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + kEnd.size());
  return line;
}

std::optional<Reading> plain_reading(std::string_view bytes) {
  Reading reading;
  auto rest = bytes;
  for (;;) {
    const auto line = take_line(rest);
    std::size_t size = 0;
    if (!line || std::from_chars(line->data(), line->data() + line->size(), size, 16).ec != std::errc()) {
      return std::nullopt;
    }
    if (size == 0) break;
    if (rest.size() < size + kEnd.size() || rest.substr(size, kEnd.size()) != kEnd) return std::nullopt;
    reading.body.append(rest.substr(0, size));
    rest.remove_prefix(size + kEnd.size());
  }
  for (auto field = take_line(rest); !field || !field->empty(); field = take_line(rest)) {
    if (!field) return std::nullopt;
  }
  reading.size = bytes.size() - rest.size();
  return reading;
}

// As a connection feeds it; returns how many bytes the message took.
std::size_t feed(RequestReader& reader, std::string_view body, std::size_t piece) {
  demand(reader.put(kHead) == kHead.size() && reader.state() == RequestReader::State::body);
  std::string pending;
  std::size_t used = 0;
  for (std::size_t at = 0; at < body.size() && reader.state() == RequestReader::State::body; at += piece) {
    pending.append(body.substr(at, piece));
    const auto now = reader.put(pending);
    demand(now <= pending.size());
    used += now;
    pending.erase(0, now);
    demand(reader.state() != RequestReader::State::body || pending.size() <= kLimits.head_bytes);
  }
  return used;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muster::fuzz::Input input(data, size);
  const std::size_t piece = input.choice(64) + 1;
  const auto body = input.rest();
  for (const std::size_t step : {piece, body.size() + 1}) {
    RequestReader reader(kLimits);
    const auto used = feed(reader, body, step);
    if (reader.state() != RequestReader::State::complete) continue;
    const auto plain = plain_reading(body);
    demand(plain.has_value());
    demand(plain->size == used);
    demand(reader.take().body == plain->body && plain->body.size() <= kLimits.body_bytes);
  }
  return 0;
}
