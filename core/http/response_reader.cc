// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/response_reader.h"

#include <utility>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace muster::http {
namespace {

namespace beast = boost::beast::http;
using boost::system::error_code;

constexpr std::uint32_t kHeadLimit = 64 * 1024;
constexpr std::size_t kMaxInterim = 8;
// What at least is missing of a chunked body that is not whole; Beast 1.81 asserts that it has as much when
// it comes back to the last chunk.
constexpr std::size_t kLastChunk = 5;
constexpr char kHint[] = "is that port a WS-Management service?";

}  // namespace

struct ResponseReader::Parser {
  beast::response_parser<beast::string_body> beast;
};

ResponseReader::ResponseReader(std::size_t body_limit) : body_limit_(body_limit) {
  start();
}
ResponseReader::~ResponseReader() = default;

void ResponseReader::start() {
  parser_ = std::make_unique<Parser>();
  parser_->beast.header_limit(kHeadLimit);
  parser_->beast.body_limit(body_limit_);
}

Result<std::size_t> ResponseReader::put(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && !complete()) {
    if (parser_->beast.is_done()) start();  // that was an interim answer
    if (parser_->beast.chunked() && bytes.size() - used < kLastChunk) break;
    error_code error;
    used += parser_->beast.put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), error);
    if (error == beast::error::need_more && bytes.size() - used <= kHeadLimit) break;
    if (error == beast::error::body_limit) {
      return fail(Errc::malformed, "the answer is larger than " + std::to_string(body_limit_) + " bytes",
                  "ask for fewer instances at once");
    }
    if (error) return fail(Errc::malformed, "the answer is no HTTP: " + error.message(), kHint);
    const bool interim = parser_->beast.is_done() && !complete();
    if (interim && ++interim_ > kMaxInterim) return fail(Errc::malformed, "too many interim answers", kHint);
  }
  return used;
}

void ResponseReader::end() {
  error_code error;  // an answer that is not complete is seen by that
  if (parser_->beast.got_some() && parser_->beast.is_header_done()) parser_->beast.put_eof(error);
}

bool ResponseReader::complete() const {
  return parser_->beast.is_done() && parser_->beast.get().result_int() / 100 != 1;
}

bool ResponseReader::keeps_alive() const {
  return parser_->beast.get().keep_alive() && !parser_->beast.get().need_eof();
}

Response ResponseReader::take() {
  Response response;
  auto& message = parser_->beast.get();
  response.status = static_cast<int>(message.result_int());
  for (const auto& field : message) response.fields.emplace_back(field.name_string(), field.value());
  response.close = !keeps_alive();
  response.body = std::move(message.body());
  return response;
}

}  // namespace muster::http
