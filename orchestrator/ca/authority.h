// SPDX-License-Identifier: GPL-2.0-or-later
// The management server's certificate authority: an offline-able root, one issuing CA, and the client
// certificate with which this server polls agents.
//
// Paths   STATE/ca/{root.pem,root.key,issuing.pem,issuing.key}, STATE/client.{pem,key}; folders 0700, keys
//         0600. A key file with wider permissions, of somebody else, or that is a symbolic link is refused
//         (`denied`). STATE/ca appears in one step, when all of it is written and on disk.
// Errors  not_found: "STATE/ca: no certificate authority here" (hint: muster init).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/tls/certificate.h"
#include "core/tls/context.h"
#include "core/tls/key.h"
#include "core/tls/request.h"
#include "orchestrator/ca/client_pair.h"

namespace muster {

class Authority {
 public:
  // Makes root, issuing CA and client certificate. Refuses to overwrite: `denied` when a CA exists.
  // `name` is for people: it goes into the subjects of root and issuing CA; 1 to 40 printable characters.
  static Result<void> create(const std::string& state_folder, const std::string& name);
  // Renews the client certificate when its time has come (client_pair.h).
  static Result<Authority> open(const std::string& state_folder);

  // Signs an agent's request for exactly these names. Returns PEM: leaf, issuing CA, root.
  Result<std::string> sign_agent(const tls::CertificateRequest& request,
                                 const std::vector<std::string>& names) const;

  // An agent's certificate with less life left is due for another one: a third of what a new one would get,
  // and so never more than a new one has.
  std::chrono::seconds renewal_margin(std::chrono::system_clock::time_point now) const;
  // What an administrator should hear about: the issuing authority ends within 60 days.
  std::optional<Error> warning(std::chrono::system_clock::time_point now) const;

  const tls::Certificate& root() const { return root_; }
  const tls::Certificate& issuing() const { return issuing_.certificate; }
  const tls::Certificate& client() const { return client_.chain.front(); }
  // Client context for polling: trusts the root, shows this server's client certificate.
  Result<std::shared_ptr<tls::Context>> client_context() const;
  // The same, trusting others than the root.
  Result<std::shared_ptr<tls::Context>> client_context(const std::vector<tls::Certificate>& roots) const;

 private:
  Authority(tls::Certificate root, CertifiedKey issuing, ClientPair client);
  tls::Certificate root_;
  CertifiedKey issuing_;
  ClientPair client_;
};

}  // namespace muster
