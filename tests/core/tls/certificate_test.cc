// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include "tests/core/tls/authority.h"

namespace muster::tls {
namespace {

using std::chrono::system_clock;
using testing::Authority;
using ::testing::ElementsAre;
using testing::forge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::key_of;
using testing::our_authority;
using ::testing::StartsWith;
using testing::value_of;

TEST(Certificate, TellsWhatItSays) {
  const Certificate leaf = our_authority().leaf(key_of(KeyKind::p256),
                                                {"db1.example", "10.0.0.7", "2001:db8::7"}, Purpose::gateway);
  EXPECT_EQ(leaf.subject(), "CN=db1.example");
  EXPECT_EQ(leaf.common_name(), "db1.example");
  EXPECT_EQ(leaf.issuer(), "CN=Test issuing");
  EXPECT_THAT(leaf.dns_names(), ElementsAre("db1.example"));
  EXPECT_THAT(leaf.ip_addresses(), ElementsAre("10.0.0.7", "2001:db8::7"));
  EXPECT_THAT(leaf.extended_key_usages(), ElementsAre("serverAuth", "clientAuth"));
  EXPECT_FALSE(leaf.is_authority());
  EXPECT_FALSE(leaf.self_signed());
  EXPECT_EQ(leaf.public_key_sha256(), key_of(KeyKind::p256).public_key_sha256());
  EXPECT_EQ(leaf.sha256().size(), 64U);
  EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST(Certificate, SurvivesPemAndCopies) {
  const Certificate& root = our_authority().root;
  const Certificate again = value_of(Certificate::from_pem(root.pem(), "ca.pem"));
  EXPECT_EQ(again.sha256(), root.sha256());
  EXPECT_TRUE(again.is_authority());
  EXPECT_TRUE(again.self_signed());
  EXPECT_THAT(again.extended_key_usages(), IsEmpty());
  Certificate copy = again;
  copy = our_authority().issuing;
  copy = again;
  EXPECT_EQ(copy.sha256(), root.sha256());
}

TEST(Certificate, BundleKeepsOrderAndIgnoresOtherBlocks) {
  const Authority& authority = our_authority();
  const std::string pem = "comment\n" + authority.issuing.pem() +
                          std::string(value_of(authority.root_key.pem(Secret())).reveal()) +
                          authority.root.pem();
  const auto bundle = value_of(Certificate::bundle_from_pem(pem, "chain.pem"));
  ASSERT_EQ(bundle.size(), 2U);
  EXPECT_EQ(bundle[0].sha256(), authority.issuing.sha256());
  EXPECT_EQ(bundle[1].sha256(), authority.root.sha256());
  EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST(Certificate, BundleHoldsSixteenAtMost) {
  std::string pem;
  for (int i = 0; i < 16; ++i) pem += our_authority().root.pem();
  EXPECT_EQ(value_of(Certificate::bundle_from_pem(pem, "many.pem")).size(), 16U);
  const auto seventeen = Certificate::bundle_from_pem(pem + our_authority().root.pem(), "many.pem");
  ASSERT_FALSE(seventeen);
  EXPECT_THAT(seventeen.error().what, HasSubstr("more than 16"));
}

TEST(Certificate, TextThatIsNoCertificateIsMalformed) {
  const std::string good = our_authority().root.pem();
  const std::string encrypted =
      "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
      "AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END CERTIFICATE-----\n";
  const std::string inputs[] = {"",
                                "hello",
                                good.substr(0, good.size() / 2),
                                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                                std::string(300'000, 'x'),
                                encrypted};
  for (const std::string& input : inputs) {
    SCOPED_TRACE(input.substr(0, 80));
    const auto one = Certificate::from_pem(input, "ca.pem");
    const auto many = Certificate::bundle_from_pem(input, "ca.pem");
    ASSERT_FALSE(one);
    ASSERT_FALSE(many);
    EXPECT_EQ(one.error().code, Errc::malformed);
    EXPECT_EQ(many.error().code, Errc::malformed);
    EXPECT_THAT(one.error().what, StartsWith("ca.pem: "));
    EXPECT_EQ(ERR_peek_error(), 0UL);
  }
}

TEST(Certificate, DamagedSecondBlockSpoilsTheBundle) {
  const std::string good = our_authority().root.pem();
  EXPECT_FALSE(Certificate::bundle_from_pem(good + good.substr(0, good.size() / 2), "ca.pem"));
}

TEST(Certificate, NamesWithOddBytesAreEscaped) {
  using namespace std::string_literals;
  const Certificate odd =
      forge(key_of(KeyKind::p256), {.common_name = "b\xc3\xbc\n", .raw_dns_name = "db1\0.evil\\"s});
  EXPECT_THAT(odd.dns_names(), ElementsAre("db1\\x00.evil\\x5c"));
  EXPECT_EQ(odd.common_name(), "b\\xc3\\xbc\\x0a");
  EXPECT_EQ(odd.subject().find('\n'), std::string::npos);
}

TEST(Certificate, UnknownUsageIsShownAsOid) {
  const Certificate odd =
      forge(key_of(KeyKind::p256), {.extensions = {{NID_ext_key_usage, "1.2.3.4,clientAuth"}}});
  EXPECT_THAT(odd.extended_key_usages(), ElementsAre("1.2.3.4", "clientAuth"));
}

TEST(Certificate, SerialIsLowerCaseHexOfWholeBytes) {
  const struct {
    const char* hex;
    const char* expected;
  } cases[] = {{"0", "00"}, {"A", "0a"}, {"FF01", "ff01"}, {"-1B", "-1b"}};
  for (const auto& [digits, expected] : cases) {
    CertificateHandle handle(X509_new());
    BIGNUM* number = nullptr;
    BN_hex2bn(&number, digits);
    const UniqueHandle<BIGNUM, &BN_free> owner(number);
    ASSERT_NE(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(handle.get())), nullptr);
    EXPECT_EQ(Certificate(std::move(handle)).serial(), expected);
  }
}

TEST(Certificate, EndOfTimeIsClampedNotWrapped) {
  CertificateHandle handle(X509_new());
  ASSERT_EQ(ASN1_TIME_set_string(X509_getm_notBefore(handle.get()), "500101000000Z"), 1);
  ASSERT_EQ(ASN1_TIME_set_string(X509_getm_notAfter(handle.get()), "99991231235959Z"), 1);
  const Certificate forever(std::move(handle));
  EXPECT_GT(forever.not_after(), system_clock::now() + std::chrono::hours(24 * 365 * 200));
  EXPECT_EQ(utc_text(forever.not_before()), "1950-01-01 00:00:00 UTC");
}

TEST(Certificate, MatchesItsOwnKeyOnly) {
  const Certificate& root = our_authority().root;
  EXPECT_TRUE(root.matches(our_authority().root_key));
  const auto other = root.matches(our_authority().issuing_key);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Errc::untrusted);
  EXPECT_THAT(other.error().what, HasSubstr("CN=Test root does not belong to"));
}

TEST(UtcText, IsReadable) {
  EXPECT_EQ(utc_text(system_clock::from_time_t(1795166096)), "2026-11-20 09:14:56 UTC");
}

}  // namespace
}  // namespace muster::tls
