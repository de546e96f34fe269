// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/deliveries.h"

#include <gtest/gtest.h>

#include "core/wsman/ids.h"
#include "core/wsman/subscription.h"
#include "tests/agent/temporary_folder.h"
#include "tests/core/http/https_fixture.h"
#include "tests/core/wsman/eventing_fixture.h"

namespace muster::courier {
namespace {

using namespace std::chrono_literals;

class DeliveriesTest : public ::testing::Test {
 protected:
  Store store() {
    return std::move(*Store::open(folder_.path(), [] { return 7; }));
  }
  std::unique_ptr<Deliveries> deliveries() {
    return std::make_unique<Deliveries>(
        loop_, store(), Destinations({"sink:443"}), http::testing::client_context(), wsman::system_random,
        Deliveries::Listener{[](const std::string&) {},
                             [](const std::string&, const wsman::KeptEvent&) { return true; }});
  }
  static wsman::Order order(std::chrono::milliseconds lifetime) {
    using namespace wsman::testing;
    const std::string sends = delivery(wsman::names::kPushMode, notify_to("https://sink/"));
    return {"uuid:1", "alice", "stream", subscribe("TEST_Disk", sends + kFullDisks), lifetime};
  }

  muster::testing::TemporaryFolder folder_;
  http::Loop loop_;
};

TEST_F(DeliveriesTest, NothingThatIsResumedLivesLongerThanAnythingMay) {
  ASSERT_TRUE(store().keep(order(24h * 400), {}, std::chrono::system_clock::now()));
  const auto resumed = deliveries()->resume();
  ASSERT_EQ(resumed.size(), 1U);
  EXPECT_EQ(resumed[0].lifetime, wsman::Subscriptions::kLongest);
}

TEST_F(DeliveriesTest, WhoseTimeIsOverIsNotResumed) {
  ASSERT_TRUE(store().keep(order(60s), {}, std::chrono::system_clock::now() - 61s));
  EXPECT_TRUE(deliveries()->resume().empty());
}

}  // namespace
}  // namespace muster::courier
