// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/auth/known_certificates.h"

#include <gtest/gtest.h>

#include "tests/core/tls/authority.h"

namespace muster::auth {
namespace {

http::Peer new_peer(const std::string& name) {
  const auto key = tls::testing::new_key();
  return {"192.0.2.9", tls::testing::our_authority().leaf(key, {name}, tls::Purpose::client)};
}

std::string key_of(const http::Peer& peer) {
  return "certificate:" + peer.certificate->sha256();
}

TEST(KnownCertificates, KnowNobodyWithoutCertificate) {
  KnownCertificates known;
  EXPECT_FALSE(known.principal_of({"192.0.2.9", {}}).has_value());
}

TEST(KnownCertificates, AnswerForEachPeerAsIfTheyHadNeverSeenAnother) {
  KnownCertificates known;
  std::vector<http::Peer> peers;
  for (std::size_t i = 0; i < KnownCertificates::kMost + 3; ++i) {
    peers.push_back(new_peer("ms" + std::to_string(i)));
  }
  for (int round = 0; round < 3; ++round) {
    for (const auto& peer : peers) {
      const auto principal = known.principal_of(peer);
      ASSERT_TRUE(principal.has_value());
      EXPECT_EQ(principal->key(), key_of(peer));
      EXPECT_EQ(principal->words(), "certificate " + peer.certificate->subject());
    }
  }
}

// An allocator likes to give a freed certificate's place to the next one.
TEST(KnownCertificates, DoNotTakeALaterCertificateForAnEarlierOne) {
  KnownCertificates known;
  for (int i = 0; i < 8; ++i) {
    const auto peer = new_peer("ms" + std::to_string(i));
    const auto principal = known.principal_of(peer);
    ASSERT_TRUE(principal.has_value());
    EXPECT_EQ(principal->key(), key_of(peer));
  }
}

}  // namespace
}  // namespace muster::auth
