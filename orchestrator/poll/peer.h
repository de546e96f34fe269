// SPDX-License-Identifier: GPL-2.0-or-later
// From what a person says about a WS-Management server to a connection: where it is, what to trust, who we
// are.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/client.h"

namespace muster {

struct PeerOptions {
  std::string where;  // registered host or URL
  std::string user;   // Basic authentication; empty: none
  std::string password_file;
  int password_fd = -1;
  std::string ca_file;           // empty: our root
  std::string certificate_file;  // empty: our client certificate
  std::string key_file;
};

struct Peer {
  http::Endpoint endpoint;
  std::string path;
  std::vector<http::Field> fields;  // may hold a password: an AgentSession that takes them wipes them
  std::shared_ptr<tls::Context> context;
};

Result<Peer> resolve_peer(const PeerOptions& options, const std::string& state_folder);

struct Url {
  std::string host;
  std::uint16_t port = 1270;  // the agents' own
  std::string path = "/wsman";
};
// https://HOST[:PORT][/PATH]; IPv6 literals in brackets. Errors: malformed, unsupported (not https).
Result<Url> parse_url(std::string_view text);

std::string base64(std::string_view bytes);

}  // namespace muster
