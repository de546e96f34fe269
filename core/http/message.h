// SPDX-License-Identifier: GPL-2.0-or-later
// HTTP/1.1 messages as the rest of the program sees them: complete, bounded and decoded.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/tls/certificate.h"

namespace muster::http {

using Field = std::pair<std::string, std::string>;

// Field names are compared without case (ASCII only).
bool same_name(std::string_view a, std::string_view b);

// First field of that name, compared without case; nullptr when absent.
const std::string* find_field(const std::vector<Field>& fields, std::string_view name);

// The path that a request target names, without its query: "/wsman" of "/wsman?x" and of the absolute form
// "https://host:1270/wsman", whose authority decides nothing here. Empty for anything else.
std::string_view path_of(std::string_view target);

struct Head {
  std::string method;
  std::string target;
  std::vector<Field> fields;
  const std::string* field(std::string_view name) const { return find_field(fields, name); }
};

// Who is at the other end, as far as TCP and TLS can tell.
struct Peer {
  std::string address;  // textual, without port
  // A certificate that was verified against the accepted roots in this connection's handshake.
  std::optional<tls::Certificate> certificate;
};

struct Request {
  Head head;
  std::string body;
  // To be told when nobody waits for the answer any more: calls back once at most, from the loop's thread, if the
  // client leaves before it. Empty where nobody can leave. Once the request has its answer it does nothing.
  std::function<void(std::function<void()>)> when_gone = {};
};

struct Response {
  int status = 200;
  std::vector<Field> fields;  // Content-Length and Connection are the server's own
  std::string body;
  bool close = false;  // close the connection after this response
};

}  // namespace muster::http
