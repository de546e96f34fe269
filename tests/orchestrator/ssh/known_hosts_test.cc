// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/known_hosts.h"

#include <cstdio>

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster {
namespace {

constexpr std::string_view kKeyA = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
constexpr std::string_view kKeyB = "AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";
constexpr std::string_view kFingerprintA = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";

class KnownHosts : public testing::Test {
 protected:
  void SetUp() override { file_ = testing::TempDir() + "known_hosts_" + std::to_string(::getpid()); }
  void TearDown() override { std::remove(file_.c_str()); }

  std::vector<KeyRecord> read(const std::string& content, std::string_view address = "web1",
                              std::uint16_t port = 22) {
    EXPECT_TRUE(write_file_atomically(file_, content, 0600));
    auto records = read_known_hosts({file_, "/nonexistent/known_hosts"}, address, port);
    EXPECT_TRUE(records) << records.error().what;
    return records.value_or(std::vector<KeyRecord>{});
  }
  static std::string line(const std::string& names, std::string_view key) {
    return names + " ssh-ed25519 " + std::string(key) + " comment\n";
  }

  std::string file_;
};

ShownKey shown(std::string_view key, const std::vector<KeyRecord>& from = {}) {
  ShownKey result{"ssh-ed25519", std::string(key), ""};
  if (!from.empty()) result.fingerprint = from.front().fingerprint;
  return result;
}

TEST_F(KnownHosts, FindsItsHostAmongOthers) {
  const auto records = read("# comment\n\n" + line("db1", kKeyB) + line("web1,10.0.0.7", kKeyA));
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].type, "ssh-ed25519");
  EXPECT_EQ(records[0].fingerprint, kFingerprintA);
  EXPECT_EQ(judge_key(records, shown(kKeyA, records)), KeyVerdict::match);
}

TEST_F(KnownHosts, OtherKeyOnRecordIsAChange) {
  const auto a = read(line("web1", kKeyA));
  const auto b = read(line("web1", kKeyB));
  EXPECT_EQ(judge_key(a, shown(kKeyB, b)), KeyVerdict::changed);
  EXPECT_EQ(judge_key({}, shown(kKeyB, b)), KeyVerdict::unknown);
  EXPECT_EQ(judge_key(read(line("web1", kKeyA) + line("web1", kKeyB)), shown(kKeyB, b)), KeyVerdict::match);
}

TEST_F(KnownHosts, RevokedKeyIsRefusedEvenWhenItIsOnRecordToo) {
  const auto records = read(line("web1", kKeyA) + "@revoked " + line("web1", kKeyA));
  EXPECT_EQ(judge_key(records, shown(kKeyA, records)), KeyVerdict::revoked);
}

TEST_F(KnownHosts, AuthoritiesBrokenLinesAndMissingFilesAreNoRecords) {
  EXPECT_TRUE(read("@cert-authority " + line("web1", kKeyA)).empty());
  EXPECT_TRUE(read("web1 ssh-ed25519\nweb1\nweb1 ssh-ed25519 !!!!\nweb1 nonsense AAAA\n").empty());
  EXPECT_TRUE(read("").empty());
}

TEST_F(KnownHosts, FileThatCannotBeReadIsAnError) {
  const auto folder = read_known_hosts({testing::TempDir()}, "web1", 22);
  EXPECT_FALSE(folder);
  const auto large = read_known_hosts({"/dev/zero"}, "web1", 22);
  ASSERT_FALSE(large);
  EXPECT_NE(large.error().what.find("/dev/zero"), std::string::npos);
}

TEST_F(KnownHosts, AnotherPortIsAnotherHost) {
  const auto content = line("[web1]:2222", kKeyA) + line("db1", kKeyB);
  EXPECT_TRUE(read(content, "web1", 22).empty());
  EXPECT_EQ(read(content, "web1", 2222).size(), 1U);
  EXPECT_EQ(read(line("web1", kKeyA), "WEB1", 22).size(), 1U);
}

TEST_F(KnownHosts, HashedNamesAreFound) {
  // HMAC-SHA1 of "web1" with twenty known bytes of salt.
  const auto content = std::string("|1|MDEyMzQ1Njc4OTAxMjM0NTY3ODk=|") +
                       "ljBUnhAuznDzk5WL9dhfW5W19Ck=" + " ssh-ed25519 " + std::string(kKeyA) + "\n";
  EXPECT_EQ(read(content, "web1").size(), 1U);
  EXPECT_TRUE(read(content, "web2").empty());
}

TEST(HostKey, PinIsTheFingerprintOrTheKeyAndNothingElse) {
  const ShownKey key{"ssh-ed25519", "AAAA", "SHA256:abc"};
  EXPECT_EQ(judge_pinned("SHA256:abc", key), KeyVerdict::match);
  EXPECT_EQ(judge_pinned("ssh-ed25519 AAAA", key), KeyVerdict::match);
  for (const auto* other : {"", "SHA256:ab", "sha256:abc", "ssh-ed25519 AAAB", "ssh-rsa AAAA", "AAAA"}) {
    EXPECT_EQ(judge_pinned(other, key), KeyVerdict::changed) << other;
  }
  EXPECT_EQ(judge_pinned("", ShownKey{}), KeyVerdict::changed);
}

TEST(HostKey, OtherFamiliesThanTheShownOneAreAskedForOnceEach) {
  const std::string ecdsa = "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521";
  const std::string rsa = "rsa-sha2-512,rsa-sha2-256";
  EXPECT_EQ(other_host_key_algorithms("ssh-ed25519"), (std::vector<std::string>{ecdsa, rsa}));
  EXPECT_EQ(other_host_key_algorithms("ecdsa-sha2-nistp384"), (std::vector<std::string>{"ssh-ed25519", rsa}));
  EXPECT_EQ(other_host_key_algorithms("ssh-rsa"), (std::vector<std::string>{"ssh-ed25519", ecdsa}));
}

TEST(HostKey, RecordedTypesAreAskedForFirstAndEachOnce) {
  EXPECT_EQ(host_key_algorithms({}).substr(0, 11), "ssh-ed25519");
  EXPECT_EQ(host_key_algorithms({"ssh-rsa"}).substr(0, 25), "rsa-sha2-512,rsa-sha2-256");
  EXPECT_EQ(host_key_algorithms({"ssh-rsa", "ssh-rsa"}), host_key_algorithms({"ssh-rsa"}));
  EXPECT_EQ(host_key_algorithms({"ssh-rsa"}).size(), host_key_algorithms({}).size());
  EXPECT_EQ(host_key_algorithms({"ssh-dss"}), host_key_algorithms({}));
}

}  // namespace
}  // namespace muster
