// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/message_text.h"

#include <algorithm>
#include <array>
#include <cassert>

#include <boost/beast/http/status.hpp>

namespace muster::http {
namespace {

constexpr std::array<std::string_view, 5> kOwnFields = {"content-length", "connection", "transfer-encoding",
                                                        "host", "date"};

bool is_own(std::string_view name) {
  return std::ranges::any_of(kOwnFields, [name](std::string_view own) { return same_name(own, name); });
}

// A line break in a field would let its author write fields, or a second message.
bool one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

void append_fields(std::string& text, const std::vector<Field>& fields) {
  for (const auto& [name, value] : fields) {
    const bool good = one_line(name) && one_line(value);
    assert(good && "a field with a line break");
    if (good && !is_own(name)) text.append(name).append(": ").append(value).append("\r\n");
  }
}

std::size_t head_size(const std::vector<Field>& fields) {
  std::size_t size = 192;  // first line, Date, Content-Length, Connection
  for (const auto& [name, value] : fields) size += name.size() + value.size() + 4;
  return size;
}

}  // namespace

std::string response_text(const Response& response, AfterResponse after, std::string_view date) {
  namespace beast = boost::beast::http;
  const auto reason = beast::obsolete_reason(beast::int_to_status(static_cast<unsigned>(response.status)));
  std::string text;
  text.reserve(head_size(response.fields) + response.body.size());
  text.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  text.append(reason.data(), reason.size()).append("\r\n");
  text.append("Date: ").append(date).append("\r\n");
  append_fields(text, response.fields);
  if (after == AfterResponse::close) text.append("Connection: close\r\n");
  text.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n\r\n");
  return text.append(response.body);
}

std::string post_text(std::string_view target, std::string_view host, const std::vector<Field>& fields,
                      std::string_view body) {
  std::string text;
  text.reserve(head_size(fields) + target.size() + host.size() + body.size());
  text.append("POST ").append(target).append(" HTTP/1.1\r\nHost: ").append(host).append("\r\n");
  append_fields(text, fields);
  text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
  return text.append(body);
}

Response plain_refusal(int status, std::string_view reason) {
  Response response;
  response.status = status;
  response.fields = {{"Content-Type", "text/plain; charset=utf-8"}};
  response.body.append(reason).append("\n");
  response.close = true;
  return response;
}

}  // namespace muster::http
