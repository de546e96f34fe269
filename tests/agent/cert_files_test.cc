// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/cert_files.h"

#include <filesystem>
#include <set>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/base/fd.h"
#include "core/tls/request.h"
#include "tests/agent/temporary_folder.h"
#include "tests/core/tls/authority.h"

namespace muster::agent {
namespace {

using muster::testing::TemporaryFolder;
using tls::testing::Authority;
using tls::testing::our_authority;
using tls::testing::value_of;

const std::vector<std::string> kNames = {"web1.example", "192.0.2.7"};

std::string text_of(const std::string& path) {
  return value_of(read_file(path, 1 << 20));
}

mode_t mode_of(const std::string& path) {
  struct stat seen {};
  return ::stat(path.c_str(), &seen) == 0 ? seen.st_mode & 07777U : 0;
}

std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

std::string active_serial(const std::string& folder) {
  return value_of(active_certificates(folder)).front().serial();
}

// What a management server does with the agent's request.
std::string signed_bundle(const std::string& request_pem, const Authority& authority = our_authority(),
                          tls::Purpose purpose = tls::Purpose::agent) {
  const auto request = value_of(tls::CertificateRequest::from_pem(request_pem, "request"));
  const auto leaf = value_of(
      tls::issue_leaf(request, kNames, {.purpose = purpose}, authority.issuing_key, authority.issuing));
  return leaf.pem() + authority.issuing.pem() + authority.root.pem();
}

class CertFiles : public ::testing::Test {
 protected:
  CertFiles() { value_of(create_missing(tls_, kNames)); }

  std::string fresh_bundle() const { return signed_bundle(value_of(make_request(tls_, kNames))); }
  std::string install_fresh() {
    EXPECT_TRUE(value_of(install_bundle(tls_, fresh_bundle())));
    return active_serial(tls_);
  }
  // Refused with this code, and nothing on disk has changed.
  void expect_refused(const std::string& bundle, Errc code) {
    const auto names = names_in(tls_);
    const auto active = text_of(tls_ + "/agent.pem");
    const auto result = install_bundle(tls_, bundle);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, code) << result.error().what;
    EXPECT_EQ(names_in(tls_), names);
    EXPECT_EQ(text_of(tls_ + "/agent.pem"), active);
  }

  TemporaryFolder folder_;
  std::string tls_ = folder_ / "etc/tls";
};

TEST_F(CertFiles, CreateMakesAKeyForRootAloneAndASelfSignedCertificate) {
  EXPECT_EQ(mode_of(tls_ + "/agent.key"), 0600U);
  EXPECT_EQ(mode_of(tls_ + "/agent.pem"), 0644U);
  const auto bundle = value_of(active_certificates(tls_));
  ASSERT_EQ(bundle.size(), 1U);
  EXPECT_TRUE(bundle[0].self_signed());
  EXPECT_EQ(bundle[0].dns_names(), std::vector<std::string>{"web1.example"});
  EXPECT_EQ(std::filesystem::read_symlink(tls_ + "/agent.pem"), "agent-" + bundle[0].serial() + ".pem");
  const auto identity = value_of(parse_identity(value_of(read_identity(tls_))));
  EXPECT_TRUE(identity.roots.empty());
}

TEST_F(CertFiles, CreateTwiceChangesNothing) {
  const auto key = text_of(tls_ + "/agent.key");
  const auto serial = active_serial(tls_);
  EXPECT_FALSE(value_of(create_missing(tls_, {"other.example"})));
  EXPECT_EQ(text_of(tls_ + "/agent.key"), key);
  EXPECT_EQ(active_serial(tls_), serial);
}

TEST_F(CertFiles, CreateLeavesAnInstalledCertificateAlone) {
  const auto serial = install_fresh();
  EXPECT_FALSE(value_of(create_missing(tls_, kNames)));
  EXPECT_EQ(active_serial(tls_), serial);
}

TEST_F(CertFiles, CreateReplacesALinkThatLeadsNowhere) {
  std::filesystem::remove(std::filesystem::canonical(tls_ + "/agent.pem"));
  EXPECT_TRUE(value_of(create_missing(tls_, kNames)));
  EXPECT_TRUE(parse_identity(value_of(read_identity(tls_))).has_value());
}

TEST_F(CertFiles, RequestIsForTheKeyAndTheNames) {
  const auto request =
      value_of(tls::CertificateRequest::from_pem(value_of(make_request(tls_, kNames)), "request"));
  EXPECT_EQ(request.public_key_sha256(), value_of(active_certificates(tls_)).front().public_key_sha256());
}

TEST_F(CertFiles, RequestWithoutAKeySaysHowToMakeOne) {
  const auto request = make_request(folder_ / "empty", kNames);
  ASSERT_FALSE(request.has_value());
  EXPECT_EQ(request.error().code, Errc::not_found);
  EXPECT_NE(request.error().hint.find("cert create"), std::string::npos);
}

TEST_F(CertFiles, InstallSwitchesCertificateAndTrustTogether) {
  const auto bundle = fresh_bundle();
  EXPECT_TRUE(value_of(install_bundle(tls_, bundle)));
  EXPECT_EQ(text_of(tls_ + "/agent.pem"), bundle);
  const auto identity = value_of(parse_identity(value_of(read_identity(tls_))));
  ASSERT_EQ(identity.chain.size(), 2U);
  ASSERT_EQ(identity.roots.size(), 1U);
  EXPECT_EQ(identity.roots[0].sha256(), our_authority().root.sha256());
}

TEST_F(CertFiles, InstallAgainChangesNothing) {
  const auto bundle = fresh_bundle();
  EXPECT_TRUE(value_of(install_bundle(tls_, bundle)));
  const auto names = names_in(tls_);
  EXPECT_FALSE(value_of(install_bundle(tls_, bundle)));
  EXPECT_EQ(names_in(tls_), names);
}

TEST_F(CertFiles, TwoGenerationsAreKeptAndNoMore) {
  std::vector<std::string> serials = {active_serial(tls_)};
  for (int i = 0; i < 4; ++i) {
    serials.push_back(install_fresh());
    const std::set<std::string> expected = {"agent.key", "agent.pem", "previous.pem",
                                            "agent-" + serials[serials.size() - 1] + ".pem",
                                            "agent-" + serials[serials.size() - 2] + ".pem"};
    EXPECT_EQ(names_in(tls_), expected);
  }
}

TEST_F(CertFiles, InstallRefusesTheCertificateOfAnotherKey) {
  const TemporaryFolder other;
  value_of(create_missing(other.path(), kNames));
  expect_refused(signed_bundle(value_of(make_request(other.path(), kNames))), Errc::untrusted);
}

TEST_F(CertFiles, InstallRefusesAChainThatDoesNotLeadToItsRoot) {
  const Authority stranger("Stranger");
  const auto request = value_of(tls::CertificateRequest::from_pem(value_of(make_request(tls_, kNames)), "r"));
  const auto leaf =
      value_of(tls::issue_leaf(request, kNames, {}, our_authority().issuing_key, our_authority().issuing));
  expect_refused(leaf.pem() + our_authority().issuing.pem() + stranger.root.pem(), Errc::untrusted);
  expect_refused(leaf.pem() + stranger.root.pem(), Errc::untrusted);
}

TEST_F(CertFiles, InstallRefusesACertificateThatIsForClients) {
  const auto request = value_of(make_request(tls_, kNames));
  expect_refused(signed_bundle(request, our_authority(), tls::Purpose::client), Errc::untrusted);
}

TEST_F(CertFiles, InstallRefusesExpiredAndFutureCertificates) {
  const auto key = value_of(tls::Key::from_pem(text_of(tls_ + "/agent.key"), Secret(), "key"));
  const Authority& authority = our_authority();
  for (const auto& [starts, ends] : {std::pair{-48, -24}, std::pair{24, 48}}) {
    const tls::testing::Forgery wanted{.common_name = "web1.example",
                                       .extensions = tls::testing::leaf_extensions("DNS:web1.example"),
                                       .starts = std::chrono::hours(starts),
                                       .ends = std::chrono::hours(ends)};
    const auto leaf = tls::testing::forge(key, wanted, authority.signer());
    expect_refused(leaf.pem() + authority.issuing.pem() + authority.root.pem(), Errc::untrusted);
  }
}

TEST_F(CertFiles, InstallRefusesWhatIsNoBundle) {
  const auto bundle = fresh_bundle();
  const auto leaf = value_of(tls::Certificate::from_pem(bundle, "leaf")).pem();
  expect_refused("", Errc::malformed);
  expect_refused("no certificate\n", Errc::malformed);
  expect_refused(bundle.substr(0, bundle.size() / 2), Errc::malformed);
  expect_refused(leaf, Errc::malformed);
  expect_refused(leaf + our_authority().issuing.pem(), Errc::malformed);
  expect_refused(our_authority().root.pem(), Errc::malformed);
  expect_refused(text_of(tls_ + "/agent.key"), Errc::malformed);
}

TEST_F(CertFiles, RollBackGoesThereAndBack) {
  const auto first = install_fresh();
  const auto second = install_fresh();
  ASSERT_TRUE(roll_back(tls_).has_value());
  EXPECT_EQ(active_serial(tls_), first);
  ASSERT_TRUE(roll_back(tls_).has_value());
  EXPECT_EQ(active_serial(tls_), second);
}

TEST_F(CertFiles, RollBackWithoutAnEarlierCertificateChangesNothing) {
  const auto serial = active_serial(tls_);
  const auto back = roll_back(tls_);
  ASSERT_FALSE(back.has_value());
  EXPECT_EQ(back.error().code, Errc::not_found);
  EXPECT_EQ(active_serial(tls_), serial);
}

TEST_F(CertFiles, RollBackToAFileThatIsGoneChangesNothing) {
  const auto first = active_serial(tls_);
  const auto second = install_fresh();
  std::filesystem::remove(tls_ + "/agent-" + first + ".pem");
  EXPECT_FALSE(roll_back(tls_).has_value());
  EXPECT_EQ(active_serial(tls_), second);
}

TEST_F(CertFiles, InstallAfterARollBackKeepsWhatIsInUse) {
  const auto first = install_fresh();
  const auto second = install_fresh();
  ASSERT_TRUE(roll_back(tls_).has_value());
  const auto third = install_fresh();
  const std::set<std::string> expected = {"agent.key", "agent.pem", "previous.pem", "agent-" + first + ".pem",
                                          "agent-" + third + ".pem"};
  EXPECT_EQ(names_in(tls_), expected) << "second was " << second;
  ASSERT_TRUE(roll_back(tls_).has_value());
  EXPECT_EQ(active_serial(tls_), first);
}

TEST_F(CertFiles, IdentityOfAnotherKeyIsRefused) {
  const TemporaryFolder other;
  value_of(create_missing(other.path(), kNames));
  std::filesystem::copy_file(other / "agent.key", tls_ + "/agent.key",
                             std::filesystem::copy_options::overwrite_existing);
  const auto identity = parse_identity(value_of(read_identity(tls_)));
  ASSERT_FALSE(identity.has_value());
  EXPECT_EQ(identity.error().code, Errc::untrusted);
}

TEST_F(CertFiles, CreateAfterTheKeyWasLostMakesAPairThatFits) {
  std::filesystem::remove(tls_ + "/agent.key");
  EXPECT_TRUE(value_of(create_missing(tls_, kNames)));
  const auto identity = parse_identity(value_of(read_identity(tls_)));
  EXPECT_TRUE(identity.has_value()) << identity.error().what;
}

TEST_F(CertFiles, RollBackToTheCertificateOfAnotherKeyIsRefused) {
  const TemporaryFolder other;
  value_of(create_missing(other.path(), kNames));
  std::filesystem::copy_file(other / "agent.key", tls_ + "/agent.key",
                             std::filesystem::copy_options::overwrite_existing);
  const auto serial = install_fresh();
  const auto back = roll_back(tls_);
  ASSERT_FALSE(back.has_value());
  EXPECT_EQ(back.error().code, Errc::untrusted);
  EXPECT_EQ(active_serial(tls_), serial);
}

TEST_F(CertFiles, InstallRefusesARootThatComesFirst) {
  const auto bundle = fresh_bundle();
  const auto root = our_authority().root.pem();
  expect_refused(root + bundle.substr(0, bundle.size() - root.size()), Errc::malformed);
}

TEST(OwnNames, AreNeverEmpty) {
  const auto names = own_names();
  ASSERT_FALSE(names.empty());
  for (const auto& name : names) EXPECT_FALSE(name.empty());
}

}  // namespace
}  // namespace muster::agent
