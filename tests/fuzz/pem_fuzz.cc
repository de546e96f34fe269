// SPDX-License-Identifier: GPL-2.0-or-later
// PEM from elsewhere: certificates, bundles and keys. What is taken must be within the limits, answer every question
// about itself in printable text, and survive being written and read again.
// Dictionary  pem
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/tls/certificate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using namespace muster;

constexpr std::size_t kMaxBundleBytes = std::size_t{256} * 1024;
constexpr std::size_t kMaxCertificates = 16;

void must(bool holds) {
  if (!holds) std::abort();
}

void must_be_printable(std::string_view text) {
  for (const char c : text) must(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

void ask_everything(const tls::Certificate& certificate) {
  must_be_printable(certificate.subject());
  must_be_printable(certificate.issuer());
  must_be_printable(certificate.common_name());
  for (const auto& name : certificate.dns_names()) must_be_printable(name);
  for (const auto& address : certificate.ip_addresses()) must_be_printable(address);
  for (const auto& usage : certificate.extended_key_usages()) must_be_printable(usage);
  must(certificate.sha256().size() == 64 && certificate.public_key_sha256().size() == 64);
  must_be_printable(certificate.serial());
  must_be_printable(tls::utc_text(certificate.not_before()) + tls::utc_text(certificate.not_after()));
  static_cast<void>(certificate.is_authority());
  static_cast<void>(certificate.self_signed());
  const auto again = tls::Certificate::from_pem(certificate.pem(), "again");
  must(again.has_value() && again->sha256() == certificate.sha256());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view pem(reinterpret_cast<const char*>(data), size);
  const auto one = tls::Certificate::from_pem(pem, "input");
  if (one) ask_everything(*one);
  const auto bundle = tls::Certificate::bundle_from_pem(pem, "input");
  if (bundle) {
    must(!bundle->empty() && bundle->size() <= kMaxCertificates && size <= kMaxBundleBytes);
    for (const auto& certificate : *bundle) ask_everything(certificate);
  }
  const auto key = tls::Key::from_pem(pem, Secret(), "input");
  if (!key) return 0;
  must(key->public_key_sha256().size() == 64 && !key->algorithm().empty());
  if (one) static_cast<void>(one->matches(*key).has_value());
  const auto written = key->pem(Secret());
  must(written.has_value());
  const auto again = tls::Key::from_pem(written->reveal(), Secret(), "again");
  must(again.has_value() && again->public_key_sha256() == key->public_key_sha256());
  return 0;
}
