// SPDX-License-Identifier: GPL-2.0-or-later
// Is the key that a server shows the one on record? Reads OpenSSH's known_hosts files, hashed names included.
//
// Paths   read only; the management server appends accepted keys itself.
// Source  sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". Certificate authorities there (@cert-authority) are passed
//         over.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/ssh/job.h"

struct ssh_key_struct;

namespace muster {

enum class KeyVerdict {
  match,
  unknown,  // nothing on record for this host
  changed,  // other keys are on record
  revoked,
};

struct KeyRecord {
  std::string type;         // "ssh-ed25519"
  std::string fingerprint;  // "SHA256:..."
  std::string file;
  bool revoked = false;
};

struct ShownKey {
  std::string type;
  std::string base64;
  std::string fingerprint;
};

inline constexpr std::size_t kMostKnownHostsBytes = std::size_t{16} * 1024 * 1024;

// A file that is not there holds no records; one that cannot be read is an error, for the key that it holds
// might have changed.
Result<std::vector<KeyRecord>> read_known_hosts(const std::vector<std::string>& files,
                                                std::string_view address, std::uint16_t port);

// How a host is called in known_hosts: "address", or "[address]:port" for any other port than 22.
std::string known_hosts_name(std::string_view address, std::uint16_t port);

KeyVerdict judge_key(const std::vector<KeyRecord>& records, const ShownKey& shown);
KeyVerdict judge_pinned(std::string_view pinned, const ShownKey& shown);

// Host key algorithms to ask for: the recorded types first, so that a server with several keys shows the
// known one.
std::string host_key_algorithms(const std::vector<std::string>& preferred_types);

// For each family of key types but that of `shown_type` the algorithms to ask for: a pin that is a bare
// fingerprint does not say of which type its key is.
std::vector<std::string> other_host_key_algorithms(std::string_view shown_type);

// Empty members when the library fails.
ShownKey describe_key(ssh_key_struct* key);

}  // namespace muster
