// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/known_hosts.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <libssh/libssh.h>

#include "core/base/fd.h"
#include "core/base/unique_handle.h"

namespace muster {
namespace {

using EntryHandle = UniqueHandle<ssh_knownhosts_entry, &ssh_knownhosts_entry_free>;

// RSA keys sign with SHA-2; ssh-rsa as an algorithm means SHA-1.
struct TypeAlgorithms {
  std::string_view type;
  std::string_view algorithms;
};
constexpr std::array<TypeAlgorithms, 5> kTypes{{{"ssh-ed25519", "ssh-ed25519"},
                                                {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"},
                                                {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"},
                                                {"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"},
                                                {"ssh-rsa", "rsa-sha2-512,rsa-sha2-256"}}};

std::string_view after_blanks(std::string_view line) {
  const auto start = line.find_first_not_of(" \t");
  return start == std::string_view::npos ? std::string_view{} : line.substr(start);
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool take_marker(std::string_view& line, std::string_view marker) {
  if (!starts_with(line, marker)) return false;
  line = after_blanks(line.substr(marker.size()));
  return true;
}

void read_line(std::string_view raw, const std::string& name, const std::string& file,
               std::vector<KeyRecord>& records) {
  std::string_view line = after_blanks(raw);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (line.empty() || line.front() == '#' || take_marker(line, "@cert-authority")) return;
  const bool revoked = take_marker(line, "@revoked");
  ssh_knownhosts_entry* raw_entry = nullptr;
  if (ssh_known_hosts_parse_line(name.c_str(), std::string(line).c_str(), &raw_entry) != SSH_OK) return;
  const EntryHandle entry(raw_entry);
  const ShownKey key = describe_key(entry->publickey);
  if (!key.fingerprint.empty()) records.push_back({key.type, key.fingerprint, file, revoked});
}

std::string fingerprint_of(ssh_key key) {
  unsigned char* hash = nullptr;
  std::size_t size = 0;
  if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0) return {};
  char* text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size);
  ssh_clean_pubkey_hash(&hash);
  if (text == nullptr) return {};
  std::string result(text);
  ssh_string_free_char(text);
  return result;
}

}  // namespace

std::string known_hosts_name(std::string_view address, std::uint16_t port) {
  std::string name(address);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return port == 22 ? name : "[" + name + "]:" + std::to_string(port);
}

Result<std::vector<KeyRecord>> read_known_hosts(const std::vector<std::string>& files,
                                                std::string_view address, std::uint16_t port) {
  const std::string name = known_hosts_name(address, port);
  std::vector<KeyRecord> records;
  for (const auto& file : files) {
    const auto content = read_file(file, kMostKnownHostsBytes);
    if (!content && content.error().code == Errc::not_found) continue;
    if (!content) return fail(content.error());
    std::string_view rest = *content;
    while (!rest.empty()) {
      const auto end = rest.find('\n');
      read_line(rest.substr(0, end), name, file, records);
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
  }
  return records;
}

KeyVerdict judge_key(const std::vector<KeyRecord>& records, const ShownKey& shown) {
  auto verdict = KeyVerdict::unknown;
  for (const auto& record : records) {
    const bool same = record.fingerprint == shown.fingerprint;
    if (record.revoked && same) return KeyVerdict::revoked;
    if (record.revoked) continue;
    if (same) verdict = KeyVerdict::match;
    if (verdict == KeyVerdict::unknown) verdict = KeyVerdict::changed;
  }
  return verdict;
}

KeyVerdict judge_pinned(std::string_view pinned, const ShownKey& shown) {
  const bool same = pinned == shown.fingerprint || pinned == shown.type + " " + shown.base64;
  return same && !shown.fingerprint.empty() ? KeyVerdict::match : KeyVerdict::changed;
}

std::string host_key_algorithms(const std::vector<std::string>& preferred_types) {
  std::string list;
  const auto add = [&list](const TypeAlgorithms& entry) {
    if (list.find(entry.algorithms) != std::string::npos) return;
    list.append(list.empty() ? "" : ",").append(entry.algorithms);
  };
  for (const auto& entry : kTypes) {
    if (std::find(preferred_types.begin(), preferred_types.end(), entry.type) != preferred_types.end()) {
      add(entry);
    }
  }
  for (const auto& entry : kTypes) add(entry);
  return list;
}

std::vector<std::string> other_host_key_algorithms(std::string_view shown_type) {
  std::vector<std::string> lists;
  for (const std::string_view family : {"ssh-ed25519", "ecdsa-", "ssh-rsa"}) {
    if (starts_with(shown_type, family)) continue;
    std::string list;
    for (const auto& entry : kTypes) {
      if (starts_with(entry.type, family)) list.append(list.empty() ? "" : ",").append(entry.algorithms);
    }
    lists.push_back(std::move(list));
  }
  return lists;
}

ShownKey describe_key(ssh_key_struct* key) {
  ShownKey shown;
  if (key == nullptr) return shown;
  if (const char* type = ssh_key_type_to_char(ssh_key_type(key)); type != nullptr) shown.type = type;
  char* base64 = nullptr;
  if (ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK || base64 == nullptr) return {};
  shown.base64 = base64;
  ssh_string_free_char(base64);
  shown.fingerprint = fingerprint_of(key);
  return shown;
}

}  // namespace muster
