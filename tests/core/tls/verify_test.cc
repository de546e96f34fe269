// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include "tests/core/tls/authority.h"

namespace muster::tls {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;
using testing::Authority;
using testing::authority_extensions;
using testing::forge;
using testing::Forgery;
using ::testing::HasSubstr;
using testing::key_of;
using testing::leaf_extensions;
using testing::our_authority;
using testing::rsa_key;
using testing::Signer;
using testing::value_of;

constexpr const char* kName = "db1.site.example";

struct IdentityCase {
  std::string name;
  std::vector<Certificate> chain;
  std::string reason;  // empty: it is the right one
};

// A leaf for the right name below our issuing CA, with one thing changed.
std::vector<Certificate> below_ours(Forgery wanted, const Key& key = key_of(KeyKind::p256)) {
  if (wanted.extensions.empty()) wanted.extensions = leaf_extensions("DNS:db1.site.example");
  return {forge(key, wanted, our_authority().signer()), our_authority().issuing};
}

std::vector<Certificate> named(const char* alternative_names) {
  return below_ours({.common_name = kName, .extensions = leaf_extensions(alternative_names)});
}

std::vector<Certificate> from_another_authority() {
  static const Authority kOther("Other");
  return {kOther.leaf(key_of(KeyKind::p256), {kName}, Purpose::agent), kOther.issuing, kOther.root};
}

// Same subject, different key: what an attacker makes who has read our CA's certificate.
std::vector<Certificate> from_a_namesake() {
  static const Authority kNamesake("Test");
  return {kNamesake.leaf(key_of(KeyKind::p256), {kName}, Purpose::agent), kNamesake.issuing};
}

std::vector<Certificate> below_a_leaf() {
  const Authority& ours = our_authority();
  const Key key = testing::new_key();
  const Certificate middle = ours.leaf(key, {"mallory.example"}, Purpose::agent);
  const Certificate leaf =
      forge(key_of(KeyKind::p256), {.extensions = leaf_extensions("DNS:db1.site.example")}, {&key, &middle});
  return {leaf, middle, ours.issuing};
}

std::vector<Certificate> below_a_forbidden_authority() {
  const Authority& ours = our_authority();
  const Key key = testing::new_key();
  const Certificate middle = forge(
      key, {.common_name = "sub-sub", .extensions = authority_extensions("critical,CA:TRUE")}, ours.signer());
  const Certificate leaf =
      forge(key_of(KeyKind::p256), {.extensions = leaf_extensions("DNS:db1.site.example")}, {&key, &middle});
  return {leaf, middle, ours.issuing};
}

std::vector<Certificate> with_damaged_signature() {
  const Certificate good = our_authority().leaf(key_of(KeyKind::p256), {kName}, Purpose::agent);
  CertificateHandle damaged(X509_dup(good.get()));
  ASN1_TIME_set(X509_getm_notAfter(damaged.get()), 4'000'000'000);
  unsigned char* der = nullptr;
  i2d_re_X509_tbs(damaged.get(), &der);
  OPENSSL_free(der);
  return {Certificate(std::move(damaged)), our_authority().issuing};
}

std::vector<IdentityCase> identities() {
  using namespace std::string_literals;
  const Authority& ours = our_authority();
  const Key& key = key_of(KeyKind::p256);
  return {
      {"the right one", {ours.leaf(key, {kName}, Purpose::agent), ours.issuing}, ""},
      {"another host",
       {ours.leaf(key, {"db2.example", "10.0.0.2"}, Purpose::agent), ours.issuing},
       "issued for db2.example, 10.0.0.2 but expected db1.site.example"},
      {"expired", below_ours({.starts = hours(-48), .ends = hours(-24)}), ": expired since 20"},
      {"not yet valid", below_ours({.starts = hours(24), .ends = hours(48)}), ": not yet valid before 20"},
      {"wrong CA", from_another_authority(), "its chain ends in an unknown root"},
      {"namesake of our CA", from_a_namesake(), "unknown issuer CN=Test root"},
      {"intermediate not sent", {ours.leaf(key, {kName}, Purpose::agent)}, "unknown issuer CN=Test issuing"},
      {"self-signed", {value_of(self_signed(key, {kName}, hours(24)))}, "self-signed"},
      {"client's certificate",
       {ours.leaf(key, {kName}, Purpose::client), ours.issuing},
       "wrong usage: it is for clientAuth only"},
      {"CN only", named(nullptr), "no subject alternative name"},
      {"wildcard", named("DNS:*.site.example"), "issued for *.site.example but expected db1.site.example"},
      {"partial wildcard", named("DNS:db*.site.example"), "issued for db*.site.example but expected"},
      {"name with a NUL",
       below_ours(
           {.extensions = {{NID_ext_key_usage, "serverAuth"}}, .raw_dns_name = "db1.site.example\0.evil"s}),
       "issued for db1.site.example\\x00.evil but expected"},
      {"address where a name is due", named("IP:10.0.0.1"), "issued for 10.0.0.1 but expected"},
      {"name in an e-mail address", named("email:db1.site.example@evil.example"),
       "no subject alternative name"},
      {"name in the URI", named("URI:https://db1.site.example/"), "no subject alternative name"},
      {"longer name", named("DNS:db1.site.example.evil"), "issued for db1.site.example.evil but expected"},
      {"SHA-1", below_ours({.digest = EVP_sha1()}), "signature algorithm too weak (ecdsa-with-SHA1)"},
      {"RSA-1024", below_ours({}, rsa_key(1024)), "key too small (1024 bits)"},
      {"path length", below_a_forbidden_authority(), "path length"},
      {"below a leaf", below_a_leaf(), "no authority"},
      {"altered", with_damaged_signature(), "signature does not verify"},
      {"nothing sent", {}, "no certificate"},
  };
}

TEST(VerifyChain, ExactlyTheRightIdentityPassesAndEachReasonNamesItsCause) {
  int passed = 0;
  for (const auto& [name, chain, reason] : identities()) {
    SCOPED_TRACE(name);
    const auto verdict = verify_chain(chain, {our_authority().root}, {.name = kName});
    EXPECT_EQ(ERR_peek_error(), 0UL);
    passed += verdict ? 1 : 0;
    EXPECT_EQ(verdict.has_value(), reason.empty()) << (verdict ? "passed" : verdict.error().what);
    if (verdict) continue;
    EXPECT_EQ(verdict.error().code, Errc::untrusted);
    EXPECT_THAT(verdict.error().what, HasSubstr(reason));
    EXPECT_NE(verdict.error().hint, "");
  }
  EXPECT_EQ(passed, 1);
}

TEST(VerifyChain, NamesSubjectAndIssuer) {
  const auto verdict =
      verify_chain(below_ours({.common_name = "db7", .starts = hours(-48), .ends = hours(-24)}),
                   {our_authority().root}, {.name = kName});
  ASSERT_FALSE(verdict);
  EXPECT_THAT(verdict.error().what, HasSubstr("certificate CN=db7 issued by CN=Test issuing: expired"));
}

TEST(VerifyChain, CaseOfNamesDoesNotMatter) {
  EXPECT_TRUE(verify_chain(named("DNS:DB1.SITE.EXAMPLE"), {our_authority().root}, {.name = kName}));
  EXPECT_TRUE(
      verify_chain(named("DNS:db1.site.example"), {our_authority().root}, {.name = "DB1.Site.Example"}));
}

TEST(VerifyChain, AddressesMatchAsAddresses) {
  const auto chain = named("IP:10.0.0.1,IP:2001:db8::1,DNS:10.0.0.9");
  const std::vector<Certificate> roots = {our_authority().root};
  EXPECT_TRUE(verify_chain(chain, roots, {.name = "10.0.0.1"}));
  EXPECT_TRUE(verify_chain(chain, roots, {.name = "2001:0db8:0:0::1"}));
  for (const char* other : {"10.0.0.2", "10.0.0.9", "::1"}) {
    const auto verdict = verify_chain(chain, roots, {.name = other});
    ASSERT_FALSE(verdict);
    EXPECT_THAT(verdict.error().what, HasSubstr("but expected " + std::string(other)));
  }
}

TEST(VerifyChain, WithoutANameOnlyThePathCounts) {
  EXPECT_TRUE(verify_chain(named("DNS:other.example"), {our_authority().root}, {}));
}

TEST(VerifyChain, ExpectedNameIsNeverCutAtANul) {
  const std::string cut("db1.site.example\0.evil", 22);
  EXPECT_FALSE(verify_chain(named("DNS:db1.site.example"), {our_authority().root}, {.name = cut}));
}

TEST(VerifyChain, JudgesByTheGivenTime) {
  const auto chain = below_ours({.starts = hours(-48), .ends = hours(-24)});
  // The issuing CA is five minutes old: only the leaf is judged, with its issuer as the anchor.
  const Certificate old_root =
      forge(our_authority().issuing_key, {.common_name = "Test issuing",
                                          .extensions = {{NID_subject_key_identifier, "hash"},
                                                         {NID_basic_constraints, "critical,CA:TRUE"},
                                                         {NID_key_usage, "critical,keyCertSign"}},
                                          .starts = hours(-100)});
  EXPECT_FALSE(verify_chain({chain[0]}, {old_root}, {}));
  EXPECT_TRUE(verify_chain({chain[0]}, {old_root}, {.at = system_clock::now() - hours(36)}));
  EXPECT_FALSE(verify_chain({chain[0]}, {old_root}, {.at = system_clock::now() - hours(60)}));
}

TEST(VerifyChain, EachPurposeAdmitsItsOwnCertificates) {
  const struct {
    Purpose issued;
    Purpose expected;
    bool passes;
  } cases[] = {
      {Purpose::agent, Purpose::agent, true},     {Purpose::agent, Purpose::client, false},
      {Purpose::agent, Purpose::gateway, false},  {Purpose::client, Purpose::agent, false},
      {Purpose::client, Purpose::client, true},   {Purpose::client, Purpose::gateway, false},
      {Purpose::gateway, Purpose::agent, true},   {Purpose::gateway, Purpose::client, true},
      {Purpose::gateway, Purpose::gateway, true},
  };
  for (const auto& [issued, expected, passes] : cases) {
    const Authority& ours = our_authority();
    const std::vector<Certificate> chain = {ours.leaf(key_of(KeyKind::p256), {kName}, issued), ours.issuing};
    const auto verdict = verify_chain(chain, {ours.root}, {.name = kName, .purpose = expected});
    EXPECT_EQ(verdict.has_value(), passes) << (verdict ? "" : verdict.error().what);
    if (!verdict) {
      EXPECT_THAT(verdict.error().what, HasSubstr("wrong usage"));
    }
  }
}

TEST(VerifyChain, IssuingAuthorityAloneIsAnAnchor) {
  const Authority& ours = our_authority();
  const Certificate leaf = ours.leaf(key_of(KeyKind::p256), {kName}, Purpose::gateway);
  for (const Purpose purpose : {Purpose::agent, Purpose::client, Purpose::gateway}) {
    EXPECT_TRUE(verify_chain({leaf}, {ours.issuing}, {.name = kName, .purpose = purpose}));
  }
}

TEST(VerifyChain, NothingTrustedMeansNobodyPasses) {
  const auto verdict = verify_chain(named("DNS:db1.site.example"), {}, {.name = kName});
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, Errc::untrusted);
}

TEST(VerificationError, ClaimsNoDetailThatIsUntrueOfTheCertificateAtHand) {
  const Certificate fine = our_authority().leaf(key_of(KeyKind::p256), {kName}, Purpose::agent);
  const std::string what = verification_error(X509_V_ERR_CERT_HAS_EXPIRED, &fine, kName).what;
  EXPECT_THAT(what, ::testing::EndsWith(": expired"));
}

TEST(VerificationError, ManagesWithoutACertificateAndWithUnknownCodes) {
  EXPECT_EQ(verification_error(X509_V_ERR_CERT_HAS_EXPIRED, nullptr, kName).what,
            "certificate of the peer: expired");
  EXPECT_THAT(verification_error(X509_V_ERR_HOSTNAME_MISMATCH, nullptr, kName).what,
              HasSubstr("expected db1.site.example"));
  EXPECT_THAT(verification_error(X509_V_ERR_SUBTREE_MINMAX, nullptr, "").what, HasSubstr("name constraints"));
}

TEST(VerificationError, ListsEightNamesAtMost) {
  std::vector<std::string> names(20);
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = "n" + std::to_string(i);
  const Certificate many = value_of(self_signed(key_of(KeyKind::p256), names, hours(1)));
  const std::string what = verification_error(X509_V_ERR_HOSTNAME_MISMATCH, &many, "x").what;
  EXPECT_THAT(what, HasSubstr("n6, n7 and 12 more but expected x"));
}

}  // namespace
}  // namespace muster::tls
