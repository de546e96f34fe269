// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/destinations.h"

#include <gtest/gtest.h>

namespace muster::courier {
namespace {

TEST(Destinations, AllowWhatIsWrittenDownAndNothingElse) {
  const Destinations some({"sink.example:5723", "[::1]:1", "10.0.0.1:443"});
  for (const char* const address : {"https://sink.example:5723/any?thing", "https://SINK.example:5723/",
                                    "https://[::1]:1/", "https://10.0.0.1/"}) {
    EXPECT_TRUE(some.allow(std::string(address))) << address;
  }
  for (const char* const address :
       {"https://sink.example/", "https://sink.example:443/", "https://sink.example.evil:5723/",
        "https://evil.sink.example:5723/", "http://sink.example:5723/", "https://sink.example:5723@evil/",
        "https://10.0.0.2/", "https://[::2]:1/", ""}) {
    EXPECT_FALSE(some.allow(std::string(address))) << address;
  }
}

TEST(Destinations, WithoutAnyNothingIsAllowed) {
  EXPECT_FALSE(Destinations({}).allow(std::string("https://localhost/")));
}

}  // namespace
}  // namespace muster::courier
