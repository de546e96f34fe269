// SPDX-License-Identifier: GPL-2.0-or-later
// Who may ask what: turns the head of a request into the right to serve it, or into a refusal.
//
// A refusal before authentication says nothing but 401, 404 or 405, and ends the connection. The one thing
// that is served without credentials is Identify, on a path of its own or when its HTTP header asks for it, and
// then without versions.
// Source  docs/protocol.md; header WSMANIDENTIFY as in MS-WSMV; path /wsman-anon/identify as in DSP0226 R5.3-2.
#pragma once

#include "agent/auth/known_certificates.h"
#include "agent/front/method_client.h"
#include "agent/front/monitor_client.h"
#include "core/http/server.h"
#include "core/wsman/service.h"

namespace muster::agent {

class Gate {
 public:
  enum class Basic { offered, off };
  // Without `methods` nobody is offered any.
  Gate(wsman::Service& service, MonitorClient& monitor, Basic basic, MethodClient* methods = nullptr)
      : service_(service), monitor_(monitor), basic_(basic), methods_(methods) {}

  void basic(Basic basic) { basic_ = basic; }

  void authorise(const http::Head& head, const http::Peer& peer, http::Decide decide);

 private:
  http::Serve serve_as(const auth::Principal& principal, const http::Peer& peer);
  http::ServeStranger serve_stranger(http::Response instead);  // of anything but Identify
  http::Response refusal() const;

  wsman::Service& service_;
  MonitorClient& monitor_;
  auth::KnownCertificates certificates_;
  Basic basic_;
  MethodClient* methods_;
};

}  // namespace muster::agent
