// SPDX-License-Identifier: GPL-2.0-or-later
// The decision, as a table: who asks for what under which grants.
#include "agent/grants.h"

#include <gtest/gtest.h>

namespace muster::agent {
namespace {

const std::string kPrint(64, 'a');
const std::string kOther(64, 'b');

Asker user(const std::string& name, std::vector<std::string> groups = {}) {
  return {false, name, {}, std::move(groups)};
}
Asker certificate(const std::string& print, const std::string& subject = "CN=ms1") {
  return {true, print, subject, {}};
}

Grant grant(Role role) {
  Grant out;
  out.role = role;
  return out;
}
Grant to_users(Role role, std::vector<std::string> users) {
  Grant out = grant(role);
  out.users = std::move(users);
  return out;
}
Grant to_groups(Role role, std::vector<std::string> groups) {
  Grant out = grant(role);
  out.groups = std::move(groups);
  return out;
}
Grant to_certificates(Role role, std::vector<std::string> list, const std::string& account) {
  Grant out = grant(role);
  out.certificates = std::move(list);
  out.run_as = account;
  return out;
}

TEST(Grants, DecideByRoleAndName) {
  constexpr Role kOperate = Role::operate;
  constexpr Role kAdminister = Role::administer;
  std::string colons;
  for (int i = 0; i < 32; ++i) colons += i == 0 ? "AA" : ":AA";
  struct Case {
    const char* what;
    std::vector<Grant> grants;
    Asker asker;
    Role needed;
    std::string account;  // empty: denied
  };
  const Case table[] = {
      {"nothing is granted by default", {}, user("alice"), kOperate, ""},
      {"an empty grant fits nobody", {grant(kAdminister)}, user("alice"), kOperate, ""},
      {"a user by name", {to_users(kAdminister, {"bob", "alice"})}, user("alice"), kAdminister, "alice"},
      {"admin includes operator", {to_users(kAdminister, {"alice"})}, user("alice"), kOperate, "alice"},
      {"operator is no admin", {to_users(kOperate, {"alice"})}, user("alice"), kAdminister, ""},
      {"operator", {to_users(kOperate, {"alice"})}, user("alice"), kOperate, "alice"},
      {"another user", {to_users(kAdminister, {"alice"})}, user("mallory"), kOperate, ""},
      {"names compare with case", {to_users(kAdminister, {"Alice"})}, user("alice"), kOperate, ""},
      {"a group",
       {to_groups(kAdminister, {"wheel"})},
       user("alice", {"users", "wheel"}),
       kAdminister,
       "alice"},
      {"not a group's name as a user", {to_groups(kAdminister, {"alice"})}, user("alice"), kOperate, ""},
      {"not a user's name as a group",
       {to_users(kAdminister, {"wheel"})},
       user("alice", {"wheel"}),
       kOperate,
       ""},
      {"a fingerprint",
       {to_certificates(kAdminister, {kPrint}, "ops")},
       certificate(kPrint),
       kAdminister,
       "ops"},
      {"with colons",
       {to_certificates(kAdminister, {colons}, "ops")},
       certificate(kPrint),
       kAdminister,
       "ops"},
      {"another fingerprint",
       {to_certificates(kAdminister, {kOther}, "ops")},
       certificate(kPrint),
       kOperate,
       ""},
      {"a subject", {to_certificates(kOperate, {"CN=ms1"}, "ops")}, certificate(kOther), kOperate, "ops"},
      {"another subject", {to_certificates(kOperate, {"CN=ms2"}, "ops")}, certificate(kOther), kOperate, ""},
      {"a subject that looks like a fingerprint is none",
       {to_certificates(kOperate, {kPrint}, "ops")},
       certificate(kOther, kPrint),
       kOperate,
       ""},
      {"a user named like a subject",
       {to_certificates(kOperate, {"CN=ms1"}, "ops")},
       user("CN=ms1"),
       kOperate,
       ""},
      {"a certificate named like a user",
       {to_users(kAdminister, {kPrint, "CN=ms1"})},
       certificate(kPrint),
       kOperate,
       ""},
      {"the first that fits",
       {to_users(kOperate, {"alice"}), to_certificates(kAdminister, {kPrint}, "one"),
        to_certificates(kAdminister, {kPrint}, "two")},
       certificate(kPrint),
       kAdminister,
       "one"},
      {"a later one when the first is too little",
       {to_certificates(kOperate, {kPrint}, "one"), to_certificates(kAdminister, {kPrint}, "two")},
       certificate(kPrint),
       kAdminister,
       "two"},
  };
  for (const Case& each : table) {
    const auto permission = decide(each.grants, each.asker, each.needed);
    EXPECT_EQ(permission ? permission->account : "", each.account) << each.what;
    if (!permission) {
      EXPECT_EQ(permission.error().code, Errc::denied) << each.what;
    }
  }
}

TEST(Grants, ARefusalNamesWhoAskedAndTheRoleThatIsMissing) {
  const auto refused = decide({}, user("alice"), Role::administer);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().what,
            "user alice: no [[grant]] in agent.toml gives the role admin that this needs");
  const auto other = decide({}, certificate(kPrint), Role::operate);
  ASSERT_FALSE(other.has_value());
  EXPECT_NE(other.error().what.find("certificate CN=ms1"), std::string::npos);
  EXPECT_NE(other.error().what.find("role operator"), std::string::npos);
}

TEST(Grants, RootIsActedAsOnlyWhereTheGrantSaysSo) {
  EXPECT_TRUE(check_account({"alice", false}, 1000).has_value());
  EXPECT_TRUE(check_account({"root", true}, 0).has_value());
  const auto refused = check_account({"toor", false}, 0);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::denied);
}

TEST(Grants, AFingerprintIsSixtyFourDigitsWithOrWithoutColons) {
  EXPECT_EQ(fingerprint_of(std::string(64, 'A')), kPrint);
  EXPECT_EQ(fingerprint_of(std::string(63, 'a')), "");
  EXPECT_EQ(fingerprint_of(std::string(65, 'a')), "");
  EXPECT_EQ(fingerprint_of("CN=ms1"), "");
  EXPECT_EQ(fingerprint_of(""), "");
}

}  // namespace
}  // namespace muster::agent
