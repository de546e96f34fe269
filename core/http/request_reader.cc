// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/request_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace muster::http {
namespace {

namespace beast = boost::beast::http;
using boost::system::error_code;

// A sender that adds a line break to its previous body is forgiven (RFC 9112 section 2.2).
constexpr std::size_t kMaxEmptyLines = 2;
// What at least is missing of a chunked body that is not whole: "0", CRLF, CRLF. Beast 1.81 asserts that it
// has as much when it comes back to the last chunk.
constexpr std::size_t kLastChunk = 5;
constexpr std::string_view kEndOfHead = "\r\n\r\n";

// A second one makes the message mean different things to different readers.
constexpr std::array<std::string_view, 5> kOnce = {"host", "content-length", "transfer-encoding",
                                                   "authorization", "expect"};

bool all_digits(std::string_view text) {
  return !text.empty() && text.size() <= 19 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool printable_ascii(std::string_view line) {
  return std::ranges::all_of(line, [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\t'; });
}

// What one pass over the fields has met.
struct Seen {
  std::array<bool, kOnce.size()> once{};
  std::size_t fields = 0;

  bool has(std::string_view name) const {
    return once[static_cast<std::size_t>(std::ranges::find(kOnce, name) - kOnce.begin())];
  }
};

Result<void> check_field(std::string_view line, Seen& seen) {
  if (line.front() == ' ' || line.front() == '\t') return fail(Errc::malformed, "header: folded line");
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return fail(Errc::malformed, "header: line without a name");
  }
  const auto name = line.substr(0, colon);
  const auto value = trimmed(line.substr(colon + 1));
  for (std::size_t i = 0; i < kOnce.size(); ++i) {
    if (!same_name(name, kOnce[i])) continue;
    if (std::exchange(seen.once[i], true)) {
      return fail(Errc::malformed, std::string(kOnce[i]) + ": given twice");
    }
  }
  if (same_name(name, "content-length") && !all_digits(value)) {
    return fail(Errc::malformed, "content-length: not a number");
  }
  if (same_name(name, "transfer-encoding") && !same_name(value, "chunked")) {
    return fail(Errc::malformed, "transfer-encoding: only chunked is understood");
  }
  return {};
}

Result<void> check_together(const Seen& seen, std::string_view request_line) {
  const bool old = request_line.ends_with(" HTTP/1.0");
  if (seen.has("transfer-encoding") && seen.has("content-length")) {
    return fail(Errc::malformed, "transfer-encoding: together with content-length");
  }
  if (seen.has("transfer-encoding") && old) return fail(Errc::malformed, "transfer-encoding: in HTTP/1.0");
  if (!seen.has("host") && !old) return fail(Errc::malformed, "host: missing");
  return {};
}

}  // namespace

Result<void> check_head(std::string_view text, std::size_t field_limit) {
  Seen seen;
  const std::string_view request_line = text.substr(0, text.find("\r\n"));
  for (bool first = true; !text.empty(); first = false) {
    const auto end = text.find("\r\n");
    if (end == std::string_view::npos) return fail(Errc::malformed, "header: line without an end");
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (line.empty()) break;
    if (!printable_ascii(line)) return fail(Errc::malformed, "header: bytes that are not printable ASCII");
    if (first) continue;
    if (++seen.fields > field_limit) return fail(Errc::malformed, "header: too many fields");
    if (auto good = check_field(line, seen); !good) return good;
  }
  return check_together(seen, request_line);
}

struct RequestReader::Parser {
  beast::request_parser<beast::string_body> beast;
};

RequestReader::RequestReader(const Limits& limits) : limits_(limits), parser_(std::make_unique<Parser>()) {
  parser_->beast.header_limit(static_cast<std::uint32_t>(limits.head_bytes));
  parser_->beast.body_limit(limits.body_bytes);
}

RequestReader::~RequestReader() = default;

std::size_t RequestReader::refuse(int status, std::string reason) {
  state_ = State::refused;
  refusal_ = Refusal{status, std::move(reason)};
  return 0;
}

std::size_t RequestReader::put(std::string_view bytes) {
  switch (state_) {
    case State::head: return put_head(bytes);
    case State::body: return put_body(bytes);
    default: return 0;
  }
}

std::size_t RequestReader::put_head(std::string_view bytes) {
  std::size_t skipped = 0;
  while (searched_ == 0 && bytes.starts_with("\r\n")) {
    if (++empty_lines_ > kMaxEmptyLines) return refuse(400, "request line: missing");
    bytes.remove_prefix(2);
    skipped += 2;
  }
  const auto end = bytes.substr(0, limits_.head_bytes).find(kEndOfHead, searched_);
  if (end == std::string_view::npos) {
    if (bytes.size() >= limits_.head_bytes) return refuse(431, "header: too large");
    searched_ = bytes.size() < kEndOfHead.size() ? 0 : bytes.size() - (kEndOfHead.size() - 1);
    return skipped;
  }
  const auto text = bytes.substr(0, end + kEndOfHead.size());
  if (static_cast<std::size_t>(std::ranges::count(text, '\n')) > limits_.head_fields + 2) {
    return refuse(431, "header: too many fields");
  }
  if (auto good = check_head(text, limits_.head_fields); !good) return refuse(400, good.error().what);

  error_code error;
  const auto used = parser_->beast.put(boost::asio::const_buffer(text.data(), text.size()), error);
  if (error == beast::error::body_limit) return refuse(413, "body: too large");
  if (error == beast::error::bad_version) return refuse(505, "request line: " + error.message());
  if (error || !parser_->beast.is_header_done() || used != text.size()) {
    return refuse(400, "header: " + (error ? error.message() : std::string("incomplete")));
  }
  const auto& message = parser_->beast.get();
  head_.method = message.method_string();
  head_.target = message.target();
  for (const auto& field : message) head_.fields.emplace_back(field.name_string(), field.value());
  state_ = parser_->beast.is_done() ? State::complete : State::body;
  note_expectation();
  return skipped + used;
}

void RequestReader::note_expectation() {
  const auto* expected = head_.field("Expect");
  if (expected == nullptr || parser_->beast.get().version() < 11) return;
  if (!same_name(*expected, "100-continue")) {
    refuse(417, "expect: only 100-continue is understood");
    return;
  }
  expects_continue_ = state_ == State::body;
}

std::size_t RequestReader::put_body(std::string_view bytes) {
  std::size_t used = 0;
  const std::size_t least = parser_->beast.chunked() ? kLastChunk : 1;
  while (bytes.size() - used >= least && !parser_->beast.is_done()) {
    error_code error;
    const auto left = bytes.substr(used);
    const auto now = parser_->beast.put(boost::asio::const_buffer(left.data(), left.size()), error);
    used += now;
    if (error == beast::error::need_more) {
      // A chunk's size line or the trailer: as bounded as a head.
      if (bytes.size() - used > limits_.head_bytes) return refuse(400, "chunk: header too large");
      break;
    }
    if (error == beast::error::body_limit) return refuse(413, "body: too large");
    if (error) return refuse(400, "body: " + error.message());
  }
  if (parser_->beast.is_done()) state_ = State::complete;
  return used;
}

bool RequestReader::keeps_alive() const {
  return parser_->beast.get().keep_alive();
}

Request RequestReader::take() {
  return Request{std::move(head_), std::move(parser_->beast.get().body())};
}

}  // namespace muster::http
