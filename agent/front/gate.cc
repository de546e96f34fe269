// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/front/gate.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <strings.h>

namespace muster::agent {
namespace {

bool is_our_path(std::string_view target) {
  const auto path = http::path_of(target);
  return path == "/wsman" || path == "/wsman/";
}

// No credentials are asked for there, and none are looked at.
bool is_anonymous_path(std::string_view target) {
  return http::path_of(target) == "/wsman-anon/identify";
}

http::Response plain(int status) {
  http::Response response;
  response.status = status;
  response.close = true;
  if (status == 405) response.fields.emplace_back("Allow", "POST");
  return response;
}

http::Response to_http(wsman::Reply reply) {
  http::Response response;
  response.status = reply.status;
  if (!reply.content_type.empty()) {
    response.fields.emplace_back("Content-Type", std::move(reply.content_type));
  }
  response.body = std::move(reply.body);
  return response;
}

std::string text_of(const http::Head& head, std::string_view name) {
  const auto* value = head.field(name);
  return value == nullptr ? std::string() : *value;
}

wsman::Message message_of(const http::Request& request) {
  return {text_of(request.head, "Content-Type"), text_of(request.head, "SOAPAction"), request.body};
}

// Nothing is inflated for a stranger.
bool may_be_anonymous(const http::Head& head) {
  return head.field("Content-Encoding") == nullptr;
}

bool wants_anonymous_identify(const http::Head& head) {
  return ::strcasecmp(text_of(head, "WSMANIDENTIFY").c_str(), "unauthenticated") == 0 &&
         may_be_anonymous(head);
}

std::ptrdiff_t count_of(const http::Head& head, const char* name) {
  return std::count_if(head.fields.begin(), head.fields.end(), [&](const http::Field& field) {
    return ::strcasecmp(field.first.c_str(), name) == 0;
  });
}

}  // namespace

http::Response Gate::refusal() const {
  auto response = plain(401);
  if (basic_ == Basic::offered) response.fields.emplace_back("WWW-Authenticate", "Basic realm=\"WSMAN\"");
  return response;
}

http::Serve Gate::serve_as(const auth::Principal& principal, const http::Peer& peer) {
  return [this, principal, source = peer.address](http::Request request, const http::Respond& respond) {
    service_.handle(
        principal.key(), message_of(request),
        [respond](wsman::Reply reply) { respond(to_http(std::move(reply))); },
        methods_ == nullptr ? nullptr : methods_->methods_of(principal, source),
        std::move(request.when_gone));
  };
}

http::ServeStranger Gate::serve_stranger(http::Response instead) {
  return {[this, instead = std::move(instead)](const http::Request& request, const http::Respond& respond) {
    auto reply = service_.identify_anonymous(message_of(request));
    respond(reply.status == 401 ? instead : to_http(std::move(reply)));
  }};
}

void Gate::authorise(const http::Head& head, const http::Peer& peer, http::Decide decide) {
  const bool anonymous = is_anonymous_path(head.target);
  if (!anonymous && !is_our_path(head.target)) return decide(plain(404));
  if (head.method != "POST") return decide(plain(405));
  if (anonymous && !may_be_anonymous(head)) return decide(plain(415));
  if (anonymous) return decide(serve_stranger(plain(403)));
  if (const auto principal = certificates_.principal_of(peer)) return decide(serve_as(*principal, peer));
  const auto* authorization = head.field("Authorization");
  if (authorization == nullptr && wants_anonymous_identify(head)) {
    return decide(serve_stranger(refusal()));
  }
  if (authorization == nullptr || basic_ == Basic::off || count_of(head, "Authorization") != 1) {
    return decide(refusal());
  }
  const auto credentials = auth::parse_basic(*authorization);
  if (!credentials) return decide(refusal());
  monitor_.authenticate(*credentials, peer.address,
                        [this, peer, decide = std::move(decide)](const auto& principal) {
                          if (principal) {
                            decide(serve_as(*principal, peer));
                          } else {
                            decide(refusal());
                          }
                        });
}

}  // namespace muster::agent
