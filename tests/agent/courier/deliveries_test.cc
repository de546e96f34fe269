// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/deliveries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wsman/ids.h"
#include "core/wsman/subscription.h"
#include "tests/agent/temporary_folder.h"
#include "tests/core/http/https_fixture.h"
#include "tests/core/wsman/eventing_fixture.h"

namespace muster::courier {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DeliveriesTest : public ::testing::Test {
 protected:
  Store store() {
    return std::move(*Store::open(folder_.path(), [] { return 7; }));
  }
  std::unique_ptr<Deliveries> deliveries() {
    return std::make_unique<Deliveries>(
        loop_, store(), Destinations({"sink:443"}), http::testing::client_context(), wsman::system_random,
        Deliveries::Listener{[](const std::string&) {},
                             [this](const std::string&, const wsman::KeptEvent& event) {
                               heard_.push_back(event.item.substr(0, 4));
                               return true;
                             },
                             [this](const std::string&, std::uint64_t events) {
                               if (listens_) heard_.push_back("dropped " + std::to_string(events));
                               return listens_;
                             }});
  }
  static wsman::Order order(std::chrono::milliseconds lifetime) {
    using namespace wsman::testing;
    const std::string sends = delivery(wsman::names::kPushMode, notify_to("https://sink/"));
    return {"uuid:1", "alice", "stream", subscribe("TEST_Disk", sends + kFullDisks), lifetime};
  }

  static wsman::Order pull() {
    using namespace wsman::testing;
    return {"uuid:2", "alice", "stream",
            subscribe("TEST_Disk", delivery(wsman::names::kPullMode) + "<w:SendBookmarks/>" + kFullDisks),
            1h};
  }

  muster::testing::TemporaryFolder folder_;
  http::Loop loop_;
  bool listens_ = true;
  std::vector<std::string> heard_;
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

TEST_F(DeliveriesTest, APullHearsOnceOfEventsThatCouldNotBeKept) {
  const auto all = deliveries();
  ASSERT_FALSE(all->open(pull()));
  all->lost("stream", 2);
  all->lost("another", 5);
  ASSERT_FALSE(all->put("stream", "<1/>", Deliveries::Loss::counted));
  listens_ = false;
  all->tick();
  EXPECT_THAT(heard_, IsEmpty()) << "in their order";
  all->lost("stream", 1);
  listens_ = true;
  all->tick();
  all->tick();
  EXPECT_THAT(heard_, ElementsAre("dropped 3", "<1/>"));
}

TEST_F(DeliveriesTest, APullHearsOfEventsThatAFullLogGaveUp) {
  const auto all = deliveries();
  ASSERT_FALSE(all->open(pull()));
  const std::string filling(EventLog::kMostBytes / 3 - 100, 'x');
  for (int i = 1; i <= 5; ++i) {
    ASSERT_FALSE(all->put("stream", "<" + std::to_string(i) + "/>" + filling, Deliveries::Loss::none));
  }
  all->tick();
  EXPECT_THAT(heard_, ElementsAre("dropped 2", "<3/>", "<4/>", "<5/>"));
}

}  // namespace
}  // namespace muster::courier
