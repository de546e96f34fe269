// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/host_key.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "orchestrator/inventory/text.h"

namespace muster {
namespace {

constexpr std::string_view kFingerprint = "SHA256:";
constexpr std::size_t kFingerprintDigits = 43;
constexpr std::size_t kLineBytes = 8192;
constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::array<std::string_view, 5> kTypes{"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                                                 "ecdsa-sha2-nistp521", "ssh-rsa"};

tl::unexpected<Error> refuse(std::string_view why) {
  return fail(
      Errc::malformed, std::string(why),
      "on the host run: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub, and give the SHA256:... part");
}

std::string_view without_padding(std::string_view text) {
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
  text = without_padding(text);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<unsigned>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>((bits >> held) & 0xFFU);
  }
  return out;
}

Result<std::string> read_fingerprint(std::string_view text) {
  const std::string_view digits = without_padding(text.substr(kFingerprint.size()));
  if (digits.size() != kFingerprintDigits || !decode_base64(digits)) {
    return refuse("is not a SHA256 fingerprint of 43 base64 digits");
  }
  return std::string(kFingerprint) + std::string(digits);
}

// The blob repeats the type behind a length of four bytes, highest first.
bool blob_has_type(const std::string& blob, std::string_view type) {
  const std::string length{'\0', '\0', '\0', static_cast<char>(type.size())};
  return blob.size() > length.size() + type.size() && blob.compare(0, 4, length) == 0 &&
         blob.compare(4, type.size(), type) == 0;
}

}  // namespace

Result<std::string> read_host_key(std::string_view text) {
  text = trimmed(text);
  if (text.substr(0, kFingerprint.size()) == kFingerprint) return read_fingerprint(text);
  if (text.size() > kLineBytes) return refuse("is too long for a host key");
  const std::string_view type = text.substr(0, text.find(' '));
  if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) {
    return refuse("is neither a SHA256 fingerprint nor a public host key");
  }
  const std::string_view rest = trimmed(text.substr(type.size()));
  const std::string_view base64 = rest.substr(0, rest.find_first_of(" \t"));
  const std::optional<std::string> blob = decode_base64(base64);
  if (!blob || !blob_has_type(*blob, type)) return refuse("does not hold a key of the type it names");
  return std::string(type) + " " + std::string(base64);
}

}  // namespace muster
