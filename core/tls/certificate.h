// SPDX-License-Identifier: GPL-2.0-or-later
// An X.509 certificate and what people ask about it.
//
// Units   times are UTC; fingerprints and serials are lower-case hexadecimal without colons.
// Limits  a PEM bundle holds at most 16 certificates and 256 KiB.
// Source  RFC 5280.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/tls/handles.h"
#include "core/tls/key.h"

namespace muster::tls {

class Certificate {
 public:
  static Result<Certificate> from_pem(std::string_view pem, std::string_view object);
  static Result<std::vector<Certificate>> bundle_from_pem(std::string_view pem, std::string_view object);
  explicit Certificate(CertificateHandle handle) : handle_(std::move(handle)) {}
  Certificate(const Certificate& other);
  Certificate& operator=(const Certificate& other);
  Certificate(Certificate&&) noexcept = default;
  Certificate& operator=(Certificate&&) noexcept = default;
  ~Certificate() = default;

  std::string pem() const;
  std::string subject() const;      // RFC 2253, "CN=db1.example"
  std::string common_name() const;  // the last CN, or ""; see dns_names()
  std::string issuer() const;
  std::string serial() const;
  std::string sha256() const;                            // of the DER form
  std::string public_key_sha256() const;                 // of the SubjectPublicKeyInfo
  std::vector<std::string> dns_names() const;            // bytes that are no visible ASCII as \xNN
  std::vector<std::string> ip_addresses() const;         // textual
  std::vector<std::string> extended_key_usages() const;  // "serverAuth", "clientAuth", else the OID
  std::chrono::system_clock::time_point not_before() const;
  std::chrono::system_clock::time_point not_after() const;
  bool is_authority() const;  // basicConstraints CA:TRUE
  bool self_signed() const;

  // ok, or `untrusted`: "CERTIFICATE does not belong to KEY ..."
  Result<void> matches(const Key& key) const;

  X509* get() const { return handle_.get(); }

 private:
  CertificateHandle handle_;
};

// "2026-11-20 09:14:56 UTC"
std::string utc_text(std::chrono::system_clock::time_point time);

}  // namespace muster::tls
