// SPDX-License-Identifier: GPL-2.0-or-later
// Logins that PAM accepted a moment ago, so that a client that polls with a password does not cost a password hash
// each time. It holds no password: a login is known by its HMAC under a key that was drawn when the agent started
// and that no child process inherits.
//
// What a login is: user, password, the source's address, and the rules it was judged by (PAM service, root or not).
// Limits  kMost logins, the oldest makes room; each counts for kLife from PAM's answer, however often it is used.
// Threads one.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <span>
#include <string>

#include "agent/auth/pam_child.h"
#include "core/tls/mac.h"

namespace muster::agent {

class LoginCache {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMost = 128;
  static constexpr std::chrono::seconds kLife{60};

  LoginCache();

  tls::Mac mac_of(const auth::Policy& policy, const auth::Attempt& attempt) const;
  bool knows(const tls::Mac& login, Time now);
  void remember(const tls::Mac& login, std::string user, std::string source, Time now);
  // Every login of the user; or those from one source.
  void forget(const std::string& user);
  void forget(const std::string& user, const std::string& source);
  void clear() { logins_.clear(); }
  std::size_t size() const { return logins_.size(); }

 private:
  struct Login {
    tls::Mac mac;
    std::string user;
    std::string source;
    Time until;
  };
  struct Unmap {
    void operator()(unsigned char* page) const;
  };
  std::span<const unsigned char> key() const { return {page_.get(), tls::Mac().size()}; }

  std::unique_ptr<unsigned char, Unmap> page_;  // of the key
  std::list<Login> logins_;                     // oldest first
};

}  // namespace muster::agent
