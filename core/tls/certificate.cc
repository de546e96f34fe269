// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/certificate.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/tls/openssl_error.h"
#include "core/tls/text.h"

namespace muster::tls {
namespace {

using NamesHandle = UniqueHandle<GENERAL_NAMES, &GENERAL_NAMES_free>;
using UsagesHandle = UniqueHandle<EXTENDED_KEY_USAGE, &EXTENDED_KEY_USAGE_free>;
using NumberHandle = UniqueHandle<BIGNUM, &BN_free>;

constexpr std::size_t kMaxPemBytes = 262'144;
constexpr std::size_t kMaxCertificates = 16;

Result<void> short_enough(std::string_view pem, std::string_view object) {
  if (pem.size() <= kMaxPemBytes) return {};
  return fail(Errc::malformed, std::string(object) + ": too long for certificates (256 KiB at most)");
}

CertificateHandle read_one(BIO* bio) {
  return CertificateHandle(PEM_read_bio_X509(bio, nullptr, &no_passphrase, nullptr));
}

// Only "no further block" ends a bundle well; any other error is a damaged block.
bool at_end() {
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

Error no_certificate(std::string_view object) {
  Error error = at_end() ? Error{Errc::malformed, std::string(object) + ": holds no certificate", {}}
                         : openssl_error(Errc::malformed, std::string(object) + ": damaged certificate");
  ERR_clear_error();
  error.hint = "expected PEM text that begins with -----BEGIN CERTIFICATE-----";
  return error;
}

std::string name_text(const X509_NAME* name) {
  const BioHandle bio = writing();
  if (X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
  return std::string(written(bio.get()));
}

std::chrono::system_clock::time_point time_point(const ASN1_TIME* time) {
  using Clock = std::chrono::system_clock;
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) {
    ERR_clear_error();
    return {};
  }
  const std::chrono::seconds since(::timegm(&parts));
  // 99991231235959Z is the usual "never", and beyond what the clock's type can hold.
  constexpr auto kLast = std::chrono::floor<std::chrono::seconds>(Clock::duration::max());
  constexpr auto kFirst = std::chrono::ceil<std::chrono::seconds>(Clock::duration::min());
  return Clock::time_point(std::clamp(since, kFirst, kLast));
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  const std::span bytes(ASN1_STRING_get0_data(address),
                        static_cast<std::size_t>(ASN1_STRING_length(address)));
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
  if (bytes.size() != 4 && bytes.size() != 16) return hex(bytes);
  return ::inet_ntop(family, bytes.data(), text.data(), text.size()) != nullptr ? text.data() : hex(bytes);
}

std::string string_text(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

// Calls `take(GENERAL_NAME&)` for each subject alternative name.
template <class Take>
void each_name(const X509* certificate, Take take) {
  const NamesHandle names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (!names) ERR_clear_error();
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    take(*sk_GENERAL_NAME_value(names.get(), i));
  }
}

std::string usage_text(const ASN1_OBJECT* usage) {
  if (const int nid = OBJ_obj2nid(usage); nid == NID_server_auth || nid == NID_client_auth) {
    return OBJ_nid2sn(nid);
  }
  std::array<char, 128> oid{};
  OBJ_obj2txt(oid.data(), static_cast<int>(oid.size()), usage, 1);
  return oid.data();
}

}  // namespace

Result<Certificate> Certificate::from_pem(std::string_view pem, std::string_view object) {
  if (auto fits = short_enough(pem, object); !fits) return fail(std::move(fits.error()));
  ERR_clear_error();
  const BioHandle bio = reading(pem);
  CertificateHandle handle = read_one(bio.get());
  if (!handle) return fail(no_certificate(object));
  return Certificate(std::move(handle));
}

Result<std::vector<Certificate>> Certificate::bundle_from_pem(std::string_view pem, std::string_view object) {
  if (auto fits = short_enough(pem, object); !fits) return fail(std::move(fits.error()));
  ERR_clear_error();
  const BioHandle bio = reading(pem);
  std::vector<Certificate> bundle;
  while (CertificateHandle handle = read_one(bio.get())) {
    if (bundle.size() == kMaxCertificates) {
      return fail(Errc::malformed, std::string(object) + ": holds more than 16 certificates",
                  "leave only the certificates that are needed in this file");
    }
    bundle.emplace_back(std::move(handle));
  }
  if (bundle.empty() || !at_end()) return fail(no_certificate(object));
  ERR_clear_error();
  return bundle;
}

Certificate::Certificate(const Certificate& other) : handle_(other.handle_.get()) {
  if (handle_) X509_up_ref(handle_.get());
}

Certificate& Certificate::operator=(const Certificate& other) {
  if (this != &other) *this = Certificate(other);
  return *this;
}

std::string Certificate::pem() const {
  const BioHandle bio = writing();
  if (PEM_write_bio_X509(bio.get(), handle_.get()) != 1) return {};
  return std::string(written(bio.get()));
}

std::string Certificate::subject() const {
  return name_text(X509_get_subject_name(handle_.get()));
}

std::string Certificate::issuer() const {
  return name_text(X509_get_issuer_name(handle_.get()));
}

std::string Certificate::common_name() const {
  const X509_NAME* name = X509_get_subject_name(handle_.get());
  int last = -1;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0;) last = at;
  if (last < 0) return {};
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
  const UniqueHandle<unsigned char, [](unsigned char* bytes) { OPENSSL_free(bytes); }> owner(utf8);
  if (size < 0) {
    ERR_clear_error();
    return {};
  }
  return printable({reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size)});
}

std::string Certificate::serial() const {
  const NumberHandle number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(handle_.get()), nullptr));
  if (!number) return {};
  std::vector<unsigned char> bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), bytes.data());
  const std::string digits = bytes.empty() ? "00" : hex(bytes);
  return BN_is_negative(number.get()) == 1 ? "-" + digits : digits;
}

std::string Certificate::sha256() const {
  return der_sha256(handle_.get(), &i2d_X509);
}

std::string Certificate::public_key_sha256() const {
  return der_sha256(X509_get_X509_PUBKEY(handle_.get()), &i2d_X509_PUBKEY);
}

std::vector<std::string> Certificate::dns_names() const {
  std::vector<std::string> names;
  each_name(handle_.get(), [&names](const GENERAL_NAME& name) {
    if (name.type == GEN_DNS) names.push_back(printable(string_text(name.d.dNSName)));
  });
  return names;
}

std::vector<std::string> Certificate::ip_addresses() const {
  std::vector<std::string> addresses;
  each_name(handle_.get(), [&addresses](const GENERAL_NAME& name) {
    if (name.type == GEN_IPADD) addresses.push_back(address_text(name.d.iPAddress));
  });
  return addresses;
}

std::vector<std::string> Certificate::extended_key_usages() const {
  const UsagesHandle usages(
      static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(handle_.get(), NID_ext_key_usage, nullptr, nullptr)));
  if (!usages) ERR_clear_error();
  std::vector<std::string> names;
  for (int i = 0; usages && i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
    names.push_back(usage_text(sk_ASN1_OBJECT_value(usages.get(), i)));
  }
  return names;
}

std::chrono::system_clock::time_point Certificate::not_before() const {
  return time_point(X509_get0_notBefore(handle_.get()));
}

std::chrono::system_clock::time_point Certificate::not_after() const {
  return time_point(X509_get0_notAfter(handle_.get()));
}

bool Certificate::is_authority() const {
  return (X509_get_extension_flags(handle_.get()) & EXFLAG_CA) != 0;
}

bool Certificate::self_signed() const {
  const bool own = X509_self_signed(handle_.get(), 1) == 1;
  ERR_clear_error();
  return own;
}

Result<void> Certificate::matches(const Key& key) const {
  if (X509_check_private_key(handle_.get(), key.get()) == 1) return {};
  ERR_clear_error();
  return fail(Errc::untrusted,
              "certificate " + subject() + " does not belong to the private key with public key SHA-256 " +
                  key.public_key_sha256(),
              "certificate and key come from different requests: install them as a pair");
}

std::string utc_text(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  std::array<char, 48> text{};
  if (::gmtime_r(&seconds, &parts) == nullptr) return {};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts)};
}

}  // namespace muster::tls
