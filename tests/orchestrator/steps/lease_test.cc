// SPDX-License-Identifier: GPL-2.0-or-later
// The lease of what runs long on a host: orchestrator/provision/script.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/steps/host_box.h"

namespace muster {
namespace {

using ::testing::EndsWith;

class Leasing final : public Step {
 public:
  explicit Leasing(std::string_view script) : script_(script) {}
  std::string_view name() const override { return "leasing"; }
  Place place() const override { return Place::root; }
  std::string_view script() const override { return script_; }

 private:
  std::string_view script_;
};

std::string script_of(std::string_view fragment) {
  std::vector<std::unique_ptr<Step>> steps;
  steps.push_back(std::make_unique<Leasing>(fragment));
  return compose_script(steps, Place::root, "mtest", {{"lock_seconds", "5"}, {"lock_tries", "1"}});
}

// The watcher ends with the command, however short that is: it would take the next answer for itself.
TEST(Lease, WhatFollowsIsAnsweredHoweverShortTheCommandWas) {
  const test::HostBox box;
  if (!box.works()) GTEST_SKIP() << "no namespaces here";
  const auto script = script_of(R"sh(left=200
while [ "$left" -gt 0 ]; do
  leased /dev/null true || stop E-SCRIPT "true failed"
  left=$((left - 1))
done
ask leasing
read -r word <"$work/answer"
say "fact word=$word")sh");
  EXPECT_THAT(test::converse(box, script, {{"leasing", "well"}}).output,
              EndsWith("mtest ask leasing\nmtest fact word=well\nmtest end\n"));
}

TEST(Lease, TheCommandAndWhatItStartedEndWithTheConnection) {
  const test::HostBox box;
  if (!box.works()) GTEST_SKIP() << "no namespaces here";
  test::Talk talk(
      box,
      script_of("leased /dev/null sh -c 'sleep infinity & echo $! >/run/began; wait'; say fact late=yes"));
  talk.hear("mtest begin");
  ASSERT_TRUE(box.eventually("[ -s /run/began ]"));
  talk.cut();
  EXPECT_EQ(talk.end(), 74);
  EXPECT_TRUE(box.eventually("[ ! -e /proc/$(cat /run/began)/exe ]"));
}

}  // namespace
}  // namespace muster
