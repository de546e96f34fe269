// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/mac.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/tls/text.h"

namespace muster::tls {
namespace {

using Fields = std::vector<std::string_view>;

std::span<const unsigned char> bytes(const std::string& text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

// Computed with python3: hmac.new(key, b"".join(len(f).to_bytes(8, "little") + f for f in fields), "sha256").
TEST(Mac, IsHmacSha256OfTheFieldsWithTheirLengths) {
  const std::string key(32, 'k');
  EXPECT_EQ(hex(hmac_sha256(bytes(key), Fields{"alice", "", "correct horse"})),
            "f51515c05b9714bc96c3b0b0f9ce55c9cccab9fc4b7b0f2f1f2402158140d88b");
}

TEST(Mac, DiffersForEveryListOfFieldsAndKey) {
  const std::string key(32, 'k');
  const std::vector<Fields> lists = {{},         {""},       {"", ""},   {"ab"},
                                     {"a", "b"}, {"b", "a"}, {"ab", ""}, {"", "ab"}};
  std::vector<Mac> seen{hmac_sha256(bytes(std::string(32, 'x')), Fields{"ab"})};
  for (const auto& fields : lists) {
    const Mac mac = hmac_sha256(bytes(key), fields);
    for (const auto& other : seen) EXPECT_FALSE(same_mac(mac, other));
    EXPECT_TRUE(same_mac(mac, hmac_sha256(bytes(key), fields)));
    seen.push_back(mac);
  }
}

TEST(Mac, KeysAreDrawnAtRandom) {
  Mac one{};
  Mac other{};
  random_key(one);
  random_key(other);
  EXPECT_FALSE(same_mac(one, other));
}

}  // namespace
}  // namespace muster::tls
