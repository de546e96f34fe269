// SPDX-License-Identifier: GPL-2.0-or-later
// The agent's key and certificates on disk.
//
// Paths    FOLDER/agent.key (0600), FOLDER/agent.pem -> agent-<serial>.pem (the active one),
//          FOLDER/previous.pem -> the one before. A certificate file holds leaf, intermediates and root in
//          this order: what verifies clients changes in the same step as what the agent shows.
// Promise  the active link always names a complete file whose leaf belongs to agent.key; every change of it
//          is one rename.
// Errors   not_found (nothing installed), denied (not root), untrusted (does not fit key or chain),
//          malformed.
#pragma once

#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/tls/certificate.h"
#include "core/tls/key.h"

namespace muster::agent {

// What the front serves with, as PEM text so that it can cross a process boundary.
struct IdentityText {
  Secret key;
  std::string bundle;
};

struct Identity {
  tls::Key key;
  std::vector<tls::Certificate> chain;  // leaf first, without the root
  std::vector<tls::Certificate>
      roots;  // sign the client certificates that are accepted; empty when self-signed
};

Result<IdentityText> read_identity(const std::string& folder);
// untrusted: the leaf does not belong to the key.
Result<Identity> parse_identity(const IdentityText& text);

// Makes what is missing: folder, key, self-signed certificate for these names. Replaces nothing but a
// certificate whose key is lost: that is of no use to anybody. true: something was made.
Result<bool> create_missing(const std::string& folder, const std::vector<std::string>& names);
// Host name, fully qualified name and addresses of this machine; never empty.
std::vector<std::string> own_names();

// A request for these names with the existing key. PEM.
Result<std::string> make_request(const std::string& folder, const std::vector<std::string>& names);

// Checks the bundle (leaf belongs to the key, chain leads to the root in the bundle, dates, server usage) and
// makes it the active one. false: it is the active one already.
Result<bool> install_bundle(const std::string& folder, std::string_view bundle_pem);
// Makes the previous certificate the active one, and the active one the previous. untrusted: the previous one
// does not belong to the key.
Result<void> roll_back(const std::string& folder);

Result<std::vector<tls::Certificate>> active_certificates(const std::string& folder);

}  // namespace muster::agent
