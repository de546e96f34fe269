// SPDX-License-Identifier: GPL-2.0-or-later
// Public-key login: the keys of the inventory, then the agent's, then the user's usual ones.
#include <libssh/libssh.h>

#include "core/base/log.h"
#include "core/base/unique_handle.h"
#include "orchestrator/ssh/session.h"

namespace muster {
namespace {

constexpr int kSafetyWakeMs = 1000;
constexpr std::size_t kTextBytes = 400;
using KeyPair = UniqueHandle<ssh_key_struct, &ssh_key_free>;

// Tries one way after the other and remembers what became of each.
class Attempts {
 public:
  Attempts(SshSession& session, const Job& job) : session_(session), job_(job) {}

  std::optional<Failure> run() {
    for (const auto& key : job_.keys) {
      if (offer(key)) return verdict();
    }
    if (!job_.agent_socket.empty() && ask_agent()) return verdict();
    for (const auto& key : job_.last_keys) {
      if (offer(key)) return verdict();
    }
    if (!offered_ && !unread_.empty()) {
      return Failure{FailureCode::ssh_key, "user " + job_.user + "; " + unread_.substr(0, kTextBytes)};
    }
    if (!offered_) ask_methods();
    return refused();
  }

 private:
  enum class End { none, in, broken, late };

  // True when there is nothing more to try.
  bool offer(const LoginKey& key) {
    ssh_key raw = nullptr;
    std::string pem(key.pem.reveal());  // the library wants a C string
    std::string passphrase(job_.passphrase.reveal());
    const char* words = job_.passphrase.empty() ? "" : passphrase.c_str();
    const int rc = ssh_pki_import_privkey_base64(pem.c_str(), words, nullptr, nullptr, &raw);
    muster::wipe(pem);
    muster::wipe(passphrase);
    if (rc != SSH_OK) {
      const std::string why = job_.passphrase.empty() ? " (not readable without --key-passphrase-file)"
                                                      : " (not readable with the given passphrase)";
      unread_.append(unread_.empty() ? "" : ", ").append(key.name).append(why);
      note(key.name + why);
      return false;
    }
    const KeyPair pair(raw);
    return settle(key.name, [&] { return ssh_userauth_publickey(session_.raw(), nullptr, pair.get()); });
  }

  bool ask_agent() {
    return settle("agent", [this] { return ssh_userauth_agent(session_.raw(), nullptr); });
  }

  // Only to be able to say what the host would take.
  void ask_methods() {
    while (ssh_userauth_none(session_.raw(), nullptr) == SSH_AUTH_AGAIN && session_.wait(-1, kSafetyWakeMs)) {
    }
  }

  template <class Call>
  bool settle(const std::string& name, Call call) {
    int rc = call();
    offered_ = true;
    while (rc == SSH_AUTH_AGAIN) {
      if (!session_.wait(-1, kSafetyWakeMs)) {
        end_ = End::late;
        return true;
      }
      rc = call();
    }
    if (rc == SSH_AUTH_SUCCESS) end_ = End::in;
    if (rc == SSH_AUTH_ERROR && !session_.connected()) end_ = End::broken;
    note(name + (rc == SSH_AUTH_PARTIAL ? " (accepted, but the host wants more)" : ""));
    return end_ != End::none;
  }

  void note(const std::string& text) { tried_.append(tried_.empty() ? "" : ", ").append(text); }

  std::optional<Failure> verdict() const {
    switch (end_) {
      case End::in: return std::nullopt;
      case End::late: return Failure{FailureCode::timeout, "SSH login: no answer"};
      case End::broken:
        return Failure{FailureCode::ssh_auth, "SSH login: " + session_.error_text() + "; tried: " + tried_};
      case End::none: break;
    }
    return refused();
  }

  std::optional<Failure> refused() const {
    std::string offered;
    const int methods = ssh_userauth_list(session_.raw(), nullptr);
    const auto add = [&](int bit, const char* name) {
      if ((methods & bit) != 0) offered.append(offered.empty() ? "" : ", ").append(name);
    };
    add(SSH_AUTH_METHOD_PUBLICKEY, "publickey");
    add(SSH_AUTH_METHOD_PASSWORD, "password");
    add(SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive");
    add(SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic");
    add(SSH_AUTH_METHOD_HOSTBASED, "hostbased");
    const std::string tried =
        tried_.empty() ? "nothing: no key and no agent at hand" : tried_.substr(0, kTextBytes);
    return Failure{FailureCode::ssh_auth, "user " + job_.user + "; tried: " + tried + "; the host offers: " +
                                              (offered.empty() ? "not said" : offered)};
  }

  SshSession& session_;
  const Job& job_;
  End end_ = End::none;
  std::string tried_;
  std::string unread_;    // keys that were not offered
  bool offered_ = false;  // some key, or the agent's
};

}  // namespace

std::optional<Failure> SshSession::log_in() {
  return Attempts(*this, job_).run();
}

}  // namespace muster
