// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/issue.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include "core/tls/verify.h"
#include "tests/core/tls/authority.h"

namespace muster::tls {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::system_clock;
using testing::Authority;
using ::testing::ElementsAre;
using testing::forge;
using ::testing::HasSubstr;
using testing::key_of;
using testing::our_authority;
using testing::value_of;

std::string extension_text(const Certificate& certificate, int nid) {
  const int at = X509_get_ext_by_NID(certificate.get(), nid, -1);
  if (at < 0) return "absent";
  X509_EXTENSION* extension = X509_get_ext(certificate.get(), at);
  const UniqueHandle<BIO, &BIO_free_all> bio(BIO_new(BIO_s_mem()));
  X509V3_EXT_print(bio.get(), extension, 0, 0);
  std::string text(4096, '\0');
  text.resize(static_cast<std::size_t>(BIO_read(bio.get(), text.data(), static_cast<int>(text.size()))));
  return (X509_EXTENSION_get_critical(extension) == 1 ? "critical " : "") + text;
}

TEST(SelfSigned, NeverFailsOnAHostName) {
  using Names = std::vector<std::string>;
  const struct {
    Names names;
    Names dns;
    Names addresses;
  } cases[] = {
      {{"db1.example", "db1", "10.0.0.1", "::1"}, {"db1.example", "db1"}, {"10.0.0.1", "::1"}},
      {{}, {"localhost"}, {}},
      {{""}, {"localhost"}, {}},
      {{"(none)"}, {"localhost"}, {}},
      {{"localhost"}, {"localhost"}, {}},
      {{std::string(300, 'x')}, {"localhost"}, {}},
      {{std::string(63, 'x') + "." + std::string(63, 'y')},
       {std::string(63, 'x') + "." + std::string(63, 'y')},
       {}},
      {{"my host"}, {"localhost"}, {}},
      {{"b\xc3\xbc"
        "cher"},
       {"localhost"},
       {}},
      {{"\xff\xfe"}, {"localhost"}, {}},
      {{std::string("a\0b", 3)}, {"localhost"}, {}},
      {{"DNS:evil,IP:1.2.3.4"}, {"localhost"}, {}},
      {{"*"}, {"localhost"}, {}},
      {{"web_1"}, {"web_1"}, {}},
      {{"odd name", "10.0.0.1"}, {}, {"10.0.0.1"}},
  };
  for (const auto& [names, dns, addresses] : cases) {
    SCOPED_TRACE(names.empty() ? "no name" : names.front());
    const auto made = self_signed(key_of(KeyKind::p256), names, hours(24));
    ASSERT_TRUE(made) << made.error().what;
    EXPECT_EQ(made->dns_names(), dns);
    EXPECT_EQ(made->ip_addresses(), addresses);
    EXPECT_NE(made->common_name(), "");
    EXPECT_TRUE(made->self_signed());
    EXPECT_TRUE(verify_chain({*made}, {*made}, {.name = dns.empty() ? addresses[0] : dns[0]}));
    EXPECT_EQ(ERR_peek_error(), 0UL);
  }
}

TEST(SelfSigned, CommonNameIsCutAndTheFullNameIsInTheSan) {
  const std::string name = std::string(60, 'x') + ".department.example";
  const Certificate made = value_of(self_signed(key_of(KeyKind::p256), {name}, hours(24)));
  EXPECT_EQ(made.common_name(), name.substr(0, 64));
  EXPECT_THAT(made.dns_names(), ElementsAre(name));
}

TEST(Issue, AuthoritiesMayNotNestFurther) {
  const Authority& authority = our_authority();
  EXPECT_THAT(extension_text(authority.root, NID_basic_constraints),
              HasSubstr("critical CA:TRUE, pathlen:1"));
  EXPECT_THAT(extension_text(authority.issuing, NID_basic_constraints),
              HasSubstr("critical CA:TRUE, pathlen:0"));
  EXPECT_EQ(extension_text(authority.issuing, NID_key_usage), "critical Certificate Sign, CRL Sign");
  EXPECT_EQ(extension_text(authority.root, NID_ext_key_usage), "absent");
}

TEST(Issue, LeafFollowsItsProfile) {
  const struct {
    Purpose purpose;
    std::vector<std::string> usages;
  } cases[] = {{Purpose::agent, {"serverAuth"}},
               {Purpose::client, {"clientAuth"}},
               {Purpose::gateway, {"serverAuth", "clientAuth"}}};
  for (const auto& [purpose, usages] : cases) {
    const Certificate leaf = our_authority().leaf(key_of(KeyKind::p384), {"db1.example"}, purpose);
    EXPECT_EQ(leaf.extended_key_usages(), usages);
    EXPECT_EQ(extension_text(leaf, NID_basic_constraints), "critical CA:FALSE");
    EXPECT_EQ(extension_text(leaf, NID_key_usage), "critical Digital Signature");
    EXPECT_NE(extension_text(leaf, NID_subject_key_identifier), "absent");
    EXPECT_THAT(extension_text(leaf, NID_authority_key_identifier),
                HasSubstr(extension_text(our_authority().issuing, NID_subject_key_identifier)));
    EXPECT_EQ(X509_get_version(leaf.get()), X509_VERSION_3);
  }
}

TEST(Issue, RsaLeavesMayEncipherKeysForOldClients) {
  const Certificate leaf = our_authority().leaf(key_of(KeyKind::rsa3072), {"db1"}, Purpose::agent);
  EXPECT_EQ(extension_text(leaf, NID_key_usage), "critical Digital Signature, Key Encipherment");
}

TEST(Issue, WhatTheRequestAsksForIsIgnored) {
  const RequestHandle crafted(X509_REQ_new());
  const Key& key = key_of(KeyKind::p256);
  X509_REQ_set_pubkey(crafted.get(), key.get());
  X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(crafted.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("evil"), -1, -1, 0);
  STACK_OF(X509_EXTENSION)* wanted = nullptr;
  for (const auto& [nid, text] :
       {std::pair(NID_basic_constraints, "critical,CA:TRUE"),
        std::pair(NID_subject_alt_name, "DNS:evil.example,DNS:*"),
        std::pair(NID_ext_key_usage, "codeSigning"), std::pair(NID_key_usage, "keyCertSign")}) {
    const UniqueHandle<X509_EXTENSION, &X509_EXTENSION_free> one(
        X509V3_EXT_conf_nid(nullptr, nullptr, nid, text));
    ASSERT_NE(X509v3_add_ext(&wanted, one.get(), -1), nullptr);
  }
  EXPECT_EQ(X509_REQ_add_extensions(crafted.get(), wanted), 1);
  sk_X509_EXTENSION_pop_free(wanted, &X509_EXTENSION_free);
  ASSERT_GT(X509_REQ_sign(crafted.get(), key.get(), EVP_sha256()), 0);
  const UniqueHandle<BIO, &BIO_free_all> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), crafted.get());
  std::string pem(8192, '\0');
  pem.resize(static_cast<std::size_t>(BIO_read(bio.get(), pem.data(), static_cast<int>(pem.size()))));

  const auto request = value_of(CertificateRequest::from_pem(pem, "evil.csr"));
  const Authority& authority = our_authority();
  const Certificate leaf =
      value_of(issue_leaf(request, {"db1.example"}, {}, authority.issuing_key, authority.issuing));
  EXPECT_EQ(leaf.subject(), "CN=db1.example");
  EXPECT_FALSE(leaf.is_authority());
  EXPECT_THAT(leaf.dns_names(), ElementsAre("db1.example"));
  EXPECT_THAT(leaf.extended_key_usages(), ElementsAre("serverAuth"));
  EXPECT_EQ(extension_text(leaf, NID_key_usage), "critical Digital Signature");
}

TEST(Issue, InvalidNamesAreMalformed) {
  const auto request = value_of(CertificateRequest::create(key_of(KeyKind::p256), "db1", {}));
  const Authority& authority = our_authority();
  const std::vector<std::string> lists[] = {{}, {""}, {"*.example"}, {"good", "bad name"}, {"10.0.0.999"}};
  for (const auto& names : lists) {
    const auto leaf = issue_leaf(request, names, {}, authority.issuing_key, authority.issuing);
    ASSERT_FALSE(leaf);
    EXPECT_EQ(leaf.error().code, Errc::malformed);
    EXPECT_NE(leaf.error().hint, "");
  }
}

TEST(Issue, NotBeforeAllowsForClockDriftAndLifetimeCountsFromNow) {
  const Certificate made = value_of(self_signed(key_of(KeyKind::p256), {"a"}, hours(48)));
  const auto now = system_clock::now();
  EXPECT_NEAR(std::chrono::duration<double>(now - made.not_before()).count(), 300, 60);
  EXPECT_NEAR(std::chrono::duration<double>(made.not_after() - now).count(), 48 * 3600, 60);
}

TEST(Issue, NoCertificateOutlivesItsIssuer) {
  const auto key = testing::new_key();
  const Certificate root = value_of(make_root(key, "short", hours(10)));
  const Certificate issuing = value_of(make_issuing(key_of(KeyKind::p256), "sub", key, root, hours(1000)));
  EXPECT_EQ(issuing.not_after(), root.not_after());
}

TEST(Issue, LifetimeMustBeSensible) {
  for (const hours lifetime : {hours(0), hours(-1), hours(24 * 366 * 101), hours::max()}) {
    const auto made = self_signed(key_of(KeyKind::p256), {"a"}, lifetime);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::malformed);
  }
}

TEST(Issue, OnlyALivingAuthorityWithItsOwnKeySigns) {
  const Authority& authority = our_authority();
  const Key key = testing::new_key();
  const Certificate leaf = authority.leaf(key, {"db1"}, Purpose::agent);
  const Certificate dead = forge(key, {.common_name = "dead",
                                       .extensions = testing::authority_extensions("critical,CA:TRUE"),
                                       .starts = hours(-48),
                                       .ends = hours(-24)});
  const auto request = value_of(CertificateRequest::create(key, "x", {}));
  const struct {
    const Key& key;
    const Certificate& issuer;
    const char* reason;
  } cases[] = {{key, leaf, "is no certificate authority"},
               {key, authority.issuing, "does not belong to"},
               {key, dead, "expired"}};
  for (const auto& [issuer_key, issuer, reason] : cases) {
    const auto made = issue_leaf(request, {"x"}, {}, issuer_key, issuer);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::untrusted);
    EXPECT_THAT(made.error().what, HasSubstr(reason));
  }
}

TEST(Issue, SerialsArePositiveLongAndDifferent) {
  std::set<std::string> serials;
  for (int i = 0; i < 50; ++i) {
    const Certificate made = value_of(self_signed(key_of(KeyKind::p256), {"a"}, hours(1)));
    EXPECT_EQ(ASN1_STRING_type(X509_get0_serialNumber(made.get())), V_ASN1_INTEGER);
    EXPECT_LE(made.serial().size(), 40U);
    EXPECT_TRUE(made.serial().size() < 40 || made.serial().front() < '8') << made.serial();
    EXPECT_GE(made.serial().size(), 34U);  // shorter once in 2^24 certificates
    serials.insert(made.serial());
  }
  EXPECT_EQ(serials.size(), 50U);
}

TEST(Issue, SignsWithTheDigestOfTheKey) {
  const auto digest = [](const Key& key) {
    const Certificate made = value_of(self_signed(key, {"a"}, hours(1)));
    return X509_get_signature_nid(made.get());
  };
  EXPECT_EQ(digest(key_of(KeyKind::p256)), NID_ecdsa_with_SHA256);
  EXPECT_EQ(digest(key_of(KeyKind::p384)), NID_ecdsa_with_SHA384);
  EXPECT_EQ(digest(key_of(KeyKind::rsa3072)), NID_sha256WithRSAEncryption);
}

}  // namespace
}  // namespace muster::tls
