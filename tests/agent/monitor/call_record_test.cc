// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/call_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace muster::agent {
namespace {

using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::Pair;
using ::testing::StartsWith;

TEST(CallRecord, SaysWhoAskedForWhat) {
  const ipc::RunOrder order{
      {ipc::Caller::Kind::certificate, "00ff", "CN=ms1", "192.0.2.1"}, {}, 0, {"C", "M", {}, {}}};
  const auto fields = fields_of(order, 7);
  EXPECT_THAT(fields, Contains(Pair("call", "7")));
  EXPECT_THAT(fields, Contains(Pair("actor", "certificate CN=ms1")));
  EXPECT_THAT(fields, Contains(Pair("fingerprint", "00ff")));
}

TEST(CallRecord, CutsWhatIsLong) {
  EXPECT_EQ(arguments_text({{"a", {"1", "2"}}, {"b", {"x"}}}), "a=1; a=2; b=x");
  EXPECT_THAT(arguments_text({{"a", {std::string(kMostOfValue + 1, 'x')}}}), StartsWith("a=xxx"));
  const cim::Arguments many{{"a", std::vector<std::string>(100, std::string(1000, 'x'))}};
  EXPECT_THAT(arguments_text(many), EndsWith("; ... and more"));
  EXPECT_LT(arguments_text(many).size(), kMostOfArguments + 2 * kMostOfValue);
}

}  // namespace
}  // namespace muster::agent
