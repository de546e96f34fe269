// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ca/authority.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/tls/issue.h"
#include "core/tls/verify.h"
#include "orchestrator/ca/key_file.h"

namespace muster {
namespace {

using ::testing::HasSubstr;

class AuthorityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "muster-ca-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Authority make() {
    const auto created = Authority::create(folder_, "test");
    EXPECT_TRUE(created) << created.error().what;
    auto opened = Authority::open(folder_);
    EXPECT_TRUE(opened) << opened.error().what;
    return std::move(*opened);
  }
  static tls::CertificateRequest request() {
    const auto key = tls::Key::generate(tls::KeyKind::p256);
    return std::move(*tls::CertificateRequest::create(*key, "ignored.example", {"ignored.example"}));
  }
  std::string folder_;
};

TEST_F(AuthorityTest, opening_where_none_is_says_how_to_make_one) {
  const auto opened = Authority::open(folder_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::not_found);
  EXPECT_THAT(opened.error().hint, HasSubstr("muster init"));
}

TEST_F(AuthorityTest, a_second_one_is_refused_and_the_first_stays) {
  const auto first = make().root().sha256();
  const auto again = Authority::create(folder_, "test");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::denied);
  EXPECT_EQ(Authority::open(folder_)->root().sha256(), first);
}

TEST_F(AuthorityTest, what_it_signs_verifies_against_its_root_for_exactly_the_given_names) {
  const auto authority = make();
  const auto pem = authority.sign_agent(request(), {"web1.example", "192.0.2.7"});
  ASSERT_TRUE(pem) << pem.error().what;
  const auto chain = tls::Certificate::bundle_from_pem(*pem, "chain");
  ASSERT_TRUE(chain);
  ASSERT_EQ(chain->size(), 3U);
  EXPECT_EQ((*chain)[2].sha256(), authority.root().sha256());
  for (const auto* name : {"web1.example", "192.0.2.7"}) {
    const auto verified = tls::verify_chain(*chain, {authority.root()}, {name, tls::Purpose::agent, {}});
    EXPECT_TRUE(verified) << verified.error().what;
  }
  EXPECT_FALSE(tls::verify_chain(*chain, {authority.root()}, {"ignored.example", tls::Purpose::agent, {}}));
  EXPECT_FALSE(tls::verify_chain(*chain, {authority.root()}, {"web1.example", tls::Purpose::client, {}}));
}

TEST_F(AuthorityTest, signing_without_or_with_impossible_names_is_refused) {
  const auto authority = make();
  for (const auto& names : std::vector<std::vector<std::string>>{{}, {""}, {"*.example"}, {"a b"}}) {
    EXPECT_FALSE(authority.sign_agent(request(), names));
  }
}

TEST_F(AuthorityTest, the_chain_has_the_promised_kinds_and_lives) {
  const auto authority = make();
  EXPECT_TRUE(authority.root().is_authority());
  EXPECT_TRUE(authority.root().self_signed());
  EXPECT_TRUE(authority.issuing().is_authority());
  EXPECT_FALSE(authority.client().is_authority());
  EXPECT_THAT(authority.client().extended_key_usages(), ::testing::ElementsAre("clientAuth"));
  const auto years = [](const tls::Certificate& certificate) {
    return std::chrono::duration<double, std::ratio<365L * 86400>>(certificate.not_after() -
                                                                   certificate.not_before())
        .count();
  };
  EXPECT_NEAR(years(authority.root()), 10, 0.1);
  EXPECT_NEAR(years(authority.issuing()), 2, 0.1);
  EXPECT_NEAR(years(authority.client()), 1, 0.1);
}

TEST_F(AuthorityTest, it_makes_a_client_context) {
  EXPECT_TRUE(make().client_context());
}

TEST_F(AuthorityTest, keys_and_folders_are_closed_to_others) {
  const auto authority = make();
  const auto mode = [this](const std::string& name) {
    struct stat found {};
    EXPECT_EQ(::stat((folder_ + "/" + name).c_str(), &found), 0) << name;
    return found.st_mode & 0777U;
  };
  EXPECT_EQ(mode("ca"), 0700U);
  for (const auto* key : {"ca/root.key", "ca/issuing.key", "client.key"}) EXPECT_EQ(mode(key), 0600U) << key;
}

TEST_F(AuthorityTest, a_key_that_others_may_read_is_refused) {
  make();
  for (const auto* name : {"/ca/issuing.key", "/client.key"}) {
    const auto path = folder_ + name;
    ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
    const auto opened = Authority::open(folder_);
    ASSERT_FALSE(opened) << name;
    EXPECT_EQ(opened.error().code, Errc::denied);
    EXPECT_THAT(opened.error().what, HasSubstr(path));
    ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  }
}

TEST_F(AuthorityTest, a_key_that_is_a_symbolic_link_is_refused) {
  make();
  const auto path = folder_ + "/client.key";
  std::filesystem::rename(path, path + ".real");
  std::filesystem::create_symlink(path + ".real", path);
  const auto opened = Authority::open(folder_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::denied);
}

TEST_F(AuthorityTest, a_pair_that_does_not_belong_together_is_refused) {
  make();
  const auto other = folder_ + "/other";
  ASSERT_TRUE(Authority::create(other, "other"));
  std::filesystem::copy_file(other + "/ca/issuing.pem", folder_ + "/ca/issuing.pem",
                             std::filesystem::copy_options::overwrite_existing);
  const auto opened = Authority::open(folder_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::untrusted);
}

TEST_F(AuthorityTest, odd_names_are_refused_before_anything_is_written) {
  for (const auto& name : {std::string(), std::string(41, 'x'), std::string("a\nb"), std::string("Zürich")}) {
    EXPECT_FALSE(Authority::create(folder_, name)) << name;
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(AuthorityTest, a_state_folder_that_others_may_change_is_refused) {
  ASSERT_EQ(::chmod(folder_.c_str(), 0777), 0);
  const auto created = Authority::create(folder_, "test");
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, Errc::denied);
}

TEST_F(AuthorityTest, what_a_killed_run_left_is_swept_away) {
  std::filesystem::create_directories(folder_ + "/ca.new");
  const auto authority = make();
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/ca.new"));
}

constexpr std::chrono::hours kDay{24};

TEST(ClientRenewal, is_due_in_the_last_third_unless_the_issuer_leaves_no_more) {
  const auto key = tls::Key::generate(tls::KeyKind::p256);
  const auto issuer = tls::make_root(*key, "issuer", 730 * kDay);
  const auto client = tls::self_signed(*key, {"localhost"}, 300 * kDay);
  const auto end = client->not_after();
  EXPECT_FALSE(wants_renewal(*client, *issuer, end - 101 * kDay));
  EXPECT_TRUE(wants_renewal(*client, *issuer, end - 99 * kDay));
  EXPECT_TRUE(wants_renewal(*client, *issuer, end + 5 * kDay)) << "expired";
  const auto ending = tls::make_root(*key, "issuer", 300 * kDay);
  EXPECT_FALSE(wants_renewal(*client, *ending, end - 99 * kDay));
  EXPECT_FALSE(wants_renewal(*client, *ending, end + 5 * kDay)) << "nothing can be issued";
}

TEST_F(AuthorityTest, whoever_reads_while_the_client_certificate_is_renewed_has_a_pair) {
  const auto first = make().client().sha256();
  const CertifiedKey issuing{*load_key_file(folder_ + "/ca/issuing.key"),
                             load_certificates(folder_ + "/ca/issuing.pem")->front()};
  auto pair = load_client(folder_);
  ASSERT_TRUE(pair);
  std::atomic<int> refused = 0;
  std::jthread reader([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) refused += Authority::open(folder_) ? 0 : 1;
  });
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(renew_client(folder_, *pair, issuing));
  reader.request_stop();
  reader.join();
  EXPECT_EQ(refused, 0);
  const auto renewed = Authority::open(folder_)->client().sha256();
  EXPECT_EQ(renewed, pair->chain.front().sha256());
  EXPECT_NE(renewed, first);
}

TEST_F(AuthorityTest, agents_are_renewed_in_the_last_third_of_what_a_new_certificate_would_get) {
  const auto authority = make();
  const auto now = std::chrono::system_clock::now();
  EXPECT_EQ(authority.renewal_margin(now), std::chrono::seconds(397 * kDay) / 3);
  const auto late = authority.issuing().not_after() - 90 * kDay;
  EXPECT_EQ(authority.renewal_margin(late), std::chrono::seconds(30 * kDay));
  EXPECT_EQ(authority.renewal_margin(late + 100 * kDay).count(), 0);
}

TEST_F(AuthorityTest, an_issuing_authority_that_ends_soon_is_worth_a_warning) {
  const auto authority = make();
  const auto end = authority.issuing().not_after();
  EXPECT_FALSE(authority.warning(end - 61 * kDay));
  const auto soon = authority.warning(end - 59 * kDay);
  ASSERT_TRUE(soon);
  EXPECT_THAT(soon->what, HasSubstr("expires in 59 days"));
  EXPECT_THAT(authority.warning(end + kDay)->what, HasSubstr("has expired"));
}

TEST_F(AuthorityTest, of_two_that_are_made_at_once_one_is_refused_and_the_other_whole) {
  std::atomic<int> made = 0;
  const auto create = [&] { made += Authority::create(folder_, "test") ? 1 : 0; };
  std::jthread one(create);
  std::jthread other(create);
  one.join();
  other.join();
  EXPECT_EQ(made, 1);
  EXPECT_TRUE(Authority::open(folder_));
}

TEST_F(AuthorityTest, a_client_certificate_of_another_key_is_refused) {
  make();
  const auto other = folder_ + "/other";
  ASSERT_TRUE(Authority::create(other, "other"));
  std::filesystem::copy_file(other + "/client.key", folder_ + "/client.key",
                             std::filesystem::copy_options::overwrite_existing);
  const auto opened = Authority::open(folder_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::untrusted);
  EXPECT_THAT(opened.error().what, HasSubstr("client.pem"));
}

}  // namespace
}  // namespace muster
