// SPDX-License-Identifier: GPL-2.0-or-later
// One SSH connection, driven without blocking: handshake, host key, login. Used only inside a worker process.
//
// Order   the host key is judged before any credential or even the user name is sent.
// Limits  every wait ends at the deadline; text from the server is cut and escaped.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/fd.h"
#include "orchestrator/provision/failure.h"
#include "orchestrator/ssh/job.h"
#include "orchestrator/ssh/known_hosts.h"
#include "orchestrator/ssh/tcp.h"

struct ssh_session_struct;

namespace muster {

class SshSession {
 public:
  explicit SshSession(const Job& job, Deadline deadline);
  SshSession(const SshSession&) = delete;
  SshSession& operator=(const SshSession&) = delete;
  SshSession(SshSession&&) = delete;
  SshSession& operator=(SshSession&&) = delete;
  ~SshSession();

  // Connects and judges the host key. Nothing but the key exchange has happened afterwards. A pin that is a
  // bare fingerprint and does not fit is tried against the host's keys of other types, each over a connection
  // of its own.
  [[nodiscard]] std::optional<Failure> open();
  [[nodiscard]] std::optional<Failure> log_in();

  // The key that open() accepted, and whether that was its first sight.
  const ShownKey& host_key() const { return host_key_; }
  bool host_key_is_new() const { return host_key_is_new_; }

  // Waits until the connection or `other` has something to do, at most `most_ms`. False at the deadline.
  bool wait(int other, int most_ms);
  bool connected() const;
  std::string error_text() const;
  // What happened to a connection that broke.
  Failure broken() const;
  ssh_session_struct* raw() const { return session_; }

 private:
  [[nodiscard]] std::optional<Failure> meet(const std::vector<KeyRecord>& records,
                                            const std::string& algorithms);
  void start_anew();
  std::string algorithms_for(const std::vector<KeyRecord>& records) const;
  bool wait_until(Deadline until, int other, int most_ms);
  [[nodiscard]] std::optional<Failure> shake_hands();
  [[nodiscard]] std::optional<Failure> judge_host_key(const std::vector<KeyRecord>& records);
  std::string keys_on_record(const std::vector<KeyRecord>& records) const;

  const Job& job_;
  Deadline deadline_;
  int socket_ = -1;  // owned by the library once it is configured
  ssh_session_struct* session_ = nullptr;
  ShownKey host_key_;
  bool host_key_is_new_ = false;
};

}  // namespace muster
