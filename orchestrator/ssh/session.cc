// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/session.h"

#include <algorithm>
#include <array>

#include <libssh/libssh.h>
#include <poll.h>

#include "core/base/log.h"
#include "core/base/unique_handle.h"

namespace muster {
namespace {

constexpr std::size_t kErrorBytes = 300;
constexpr std::chrono::seconds kHandshakeWait{30};  // banner and key exchange; a tarpit sends for ever
constexpr int kSafetyWakeMs = 1000;                 // the library may hold packets that poll() does not see

// Cheap first. chacha20-poly1305 is left out: without strict key exchange its prefix can be cut
// (CVE-2023-48795).
constexpr const char* kKeyExchanges =
    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"
    "diffie-hellman-group16-sha512,diffie-hellman-group14-sha256";
constexpr const char* kCiphers = "aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes256-ctr,aes128-ctr";
constexpr const char* kMacs =
    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512";

// The library connects nowhere (it is given a socket) and judges no key, but it wants a name, and refuses some that
// hosts have, such as those with an underscore.
constexpr const char* kAnyHost = "host";

bool set_all(ssh_session session, const Job& job, int socket, const std::string& key_algorithms) {
  const int off = 0;
  const unsigned port = job.port;
  bool ok = ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &off) == SSH_OK;
  ok = ok && ssh_options_set(session, SSH_OPTIONS_HOST, kAnyHost) == SSH_OK;
  ok = ok && ssh_options_set(session, SSH_OPTIONS_PORT, &port) == SSH_OK;
  ok = ok && ssh_options_set(session, SSH_OPTIONS_USER, job.user.c_str()) == SSH_OK;
  ok = ok && ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null") == SSH_OK;  // judged by ourselves
  ok = ok && ssh_options_set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") == SSH_OK;
  ok = ok && ssh_options_set(session, SSH_OPTIONS_HOSTKEYS, key_algorithms.c_str()) == SSH_OK;
  ok = ok && ssh_options_set(session, SSH_OPTIONS_KEY_EXCHANGE, kKeyExchanges) == SSH_OK;
  ok = ok && ssh_options_set(session, SSH_OPTIONS_CIPHERS_C_S, kCiphers) == SSH_OK;
  ok = ok && ssh_options_set(session, SSH_OPTIONS_CIPHERS_S_C, kCiphers) == SSH_OK;
  ok = ok && ssh_options_set(session, SSH_OPTIONS_HMAC_C_S, kMacs) == SSH_OK;
  ok = ok && ssh_options_set(session, SSH_OPTIONS_HMAC_S_C, kMacs) == SSH_OK;
  ok = ok && ssh_options_set(session, SSH_OPTIONS_COMPRESSION, "no") == SSH_OK;
  if (!job.agent_socket.empty()) {
    ok = ok && ssh_options_set(session, SSH_OPTIONS_IDENTITY_AGENT, job.agent_socket.c_str()) == SSH_OK;
  }
  return ok && ssh_options_set(session, SSH_OPTIONS_FD, &socket) == SSH_OK;
}

}  // namespace

SshSession::SshSession(const Job& job, Deadline deadline)
    : job_(job), deadline_(deadline), session_(ssh_new()) {}

SshSession::~SshSession() {
  if (session_ == nullptr) return;
  ssh_disconnect(session_);
  ssh_free(session_);
}

std::optional<Failure> SshSession::open() {
  std::vector<KeyRecord> records;
  const auto& pinned = job_.host_keys.pinned;
  if (pinned.empty()) {
    auto read = read_known_hosts(job_.host_keys.files, job_.address, job_.port);
    if (!read) {
      return Failure{FailureCode::host_key_unknown,
                     read.error().what + ": not connected, for the keys on record cannot be read"};
    }
    records = std::move(*read);
  }
  auto failed = meet(records, algorithms_for(records));
  const bool bare_fingerprint = pinned.find(' ') == std::string::npos && !pinned.empty();
  if (!failed || failed->code != FailureCode::host_key_changed || !bare_fingerprint) return failed;
  for (const auto& algorithms : other_host_key_algorithms(host_key_.type)) {
    start_anew();
    if (!meet(records, algorithms)) return std::nullopt;
  }
  return failed;
}

std::optional<Failure> SshSession::meet(const std::vector<KeyRecord>& records,
                                        const std::string& algorithms) {
  auto socket = connect_tcp(job_.address, job_.port, deadline_);
  if (!socket) return socket.error();
  socket_ = socket->release();
  if (session_ == nullptr || !set_all(session_, job_, socket_, algorithms)) {
    return Failure{FailureCode::ssh_protocol,
                   "libssh refused the options of this session, user " + job_.user};
  }
  ssh_set_blocking(session_, 0);
  if (auto failed = shake_hands()) return failed;
  return judge_host_key(records);
}

void SshSession::start_anew() {
  if (session_ != nullptr) {
    ssh_disconnect(session_);
    ssh_free(session_);
  }
  session_ = ssh_new();
  socket_ = -1;
}

std::string SshSession::algorithms_for(const std::vector<KeyRecord>& records) const {
  std::vector<std::string> types;
  for (const auto& record : records) {
    if (!record.revoked) types.push_back(record.type);
  }
  const auto& pinned = job_.host_keys.pinned;
  if (const auto space = pinned.find(' '); space != std::string::npos) {
    types.push_back(pinned.substr(0, space));
  }
  return host_key_algorithms(types);
}

std::optional<Failure> SshSession::shake_hands() {
  const auto until = std::min(deadline_, std::chrono::steady_clock::now() + kHandshakeWait);
  for (;;) {
    const int rc = ssh_connect(session_);
    if (rc == SSH_OK) return std::nullopt;
    if (rc != SSH_AGAIN) return Failure{FailureCode::ssh_protocol, "SSH handshake: " + error_text()};
    if (!wait_until(until, -1, kSafetyWakeMs)) {
      return Failure{FailureCode::timeout, "SSH handshake: no answer"};
    }
  }
}

std::optional<Failure> SshSession::judge_host_key(const std::vector<KeyRecord>& records) {
  ssh_key raw = nullptr;
  if (ssh_get_server_publickey(session_, &raw) != SSH_OK) {
    return Failure{FailureCode::ssh_protocol, "SSH host key: " + error_text()};
  }
  const UniqueHandle<ssh_key_struct, &ssh_key_free> key(raw);
  host_key_ = describe_key(key.get());
  if (host_key_.fingerprint.empty()) return Failure{FailureCode::ssh_protocol, "SSH host key: not readable"};
  const bool pinned = !job_.host_keys.pinned.empty();
  const auto verdict =
      pinned ? judge_pinned(job_.host_keys.pinned, host_key_) : judge_key(records, host_key_);
  const std::string shown = "shown: " + host_key_.type + " " + host_key_.fingerprint;
  switch (verdict) {
    case KeyVerdict::match: return std::nullopt;
    case KeyVerdict::revoked: return Failure{FailureCode::host_key_changed, shown + ", which is revoked"};
    case KeyVerdict::changed:
      return Failure{FailureCode::host_key_changed,
                     shown + "; on record: " +
                         (pinned ? job_.host_keys.pinned + " (muster_host_key)" : keys_on_record(records))};
    case KeyVerdict::unknown: break;
  }
  if (!job_.host_keys.accept_new) return Failure{FailureCode::host_key_unknown, shown};
  host_key_is_new_ = true;
  return std::nullopt;
}

std::string SshSession::keys_on_record(const std::vector<KeyRecord>& records) const {
  std::string text;
  for (const auto& record : records) {
    if (record.revoked || text.size() > kErrorBytes) continue;
    text.append(text.empty() ? "" : ", ")
        .append(record.type + " " + record.fingerprint + " (" + record.file + ")");
  }
  return text;
}

bool SshSession::wait(int other, int most_ms) {
  return wait_until(deadline_, other, most_ms);
}

bool SshSession::wait_until(Deadline until, int other, int most_ms) {
  const int left = milliseconds_until(until, most_ms);
  if (left == 0 && most_ms > 0) return false;
  std::array<pollfd, 2> waits{pollfd{socket_, POLLIN, 0}, pollfd{other, POLLIN, 0}};
  if ((ssh_get_poll_flags(session_) & SSH_WRITE_PENDING) != 0) waits[0].events |= POLLOUT;
  ::poll(waits.data(), waits.size(), left);
  return milliseconds_until(until, 1) > 0;
}

bool SshSession::connected() const {
  return session_ != nullptr && ssh_is_connected(session_) == 1;
}

std::string SshSession::error_text() const {
  const char* text = session_ == nullptr ? "out of memory" : ssh_get_error(session_);
  auto shown = log::printable(std::string_view(text == nullptr ? "" : text).substr(0, kErrorBytes));
  return shown.empty() ? "the connection was closed" : shown;
}

Failure SshSession::broken() const {
  return {FailureCode::ssh_protocol, "SSH connection lost: " + error_text()};
}

}  // namespace muster
