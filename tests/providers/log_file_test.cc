// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "providers/registry.gen.h"
#include "tests/fakes/fake_host.h"

namespace muster {
namespace {

TEST(LogFileProvider, RefusesToListAndToFind) {
  const testing::FakeHost host;
  const auto provider = make_log_file(host);
  const Emit none = [](const cim::Instance&) { FAIL(); };
  const auto listed = provider->enumerate(none);
  ASSERT_FALSE(listed.has_value());
  EXPECT_EQ(listed.error().code, Errc::unsupported);
  const auto found = provider->find({{"Name", "/var/log/syslog"}}, none);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, Errc::unsupported);
}

}  // namespace
}  // namespace muster
