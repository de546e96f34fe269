// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>

#include <gtest/gtest.h>

#include "providers/registry.gen.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/rows.h"

namespace muster {
namespace {

using testing::FakeHost;
using testing::named;
using testing::number;
using testing::rows;

class RtProcessorTest : public ::testing::Test {
 protected:
  void spend(std::uint64_t user, std::uint64_t idle) {
    user_ += user;
    idle_ += idle;
    host_.with_file("/proc/stat",
                    "cpu0 " + std::to_string(user_) + " 0 0 " + std::to_string(idle_) + " 0 0 0 0 0 0\n");
  }
  std::uint64_t user_percent() { return number(named(rows(*provider_), "_Total"), "PercentUserTime"); }

  FakeHost host_;
  std::unique_ptr<Provider> provider_ = make_rt_processor(host_);
  std::uint64_t user_ = 0;
  std::uint64_t idle_ = 0;
};

TEST_F(RtProcessorTest, SaysWhatHappenedSinceTheLatestReading) {
  spend(0, 1000);
  provider_->sample();
  host_.advance(std::chrono::seconds(15));
  spend(0, 1500);
  provider_->sample();
  host_.advance(std::chrono::seconds(6));
  spend(450, 150);
  EXPECT_EQ(user_percent(), 75U);
}

TEST_F(RtProcessorTest, GoesBackOneReadingWhenTheLatestIsTooFresh) {
  spend(0, 1000);
  provider_->sample();
  host_.advance(std::chrono::seconds(15));
  spend(0, 1500);
  provider_->sample();
  host_.advance(std::chrono::seconds(1));
  spend(100, 0);
  EXPECT_EQ(user_percent(), 6U);  // 100 of 1600
}

TEST_F(RtProcessorTest, IsZeroBeforeAReadingIsOldEnough) {
  spend(1000, 1000);
  provider_->sample();
  host_.advance(std::chrono::seconds(1));
  spend(100, 0);
  EXPECT_EQ(user_percent(), 0U);
}

}  // namespace
}  // namespace muster
