// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/event_message.h"

#include <gtest/gtest.h>

#include "core/wsman/prescan.h"
#include "tests/fakes/golden.h"

namespace muster::wsman {
namespace {

TEST(EventMessage, MessagesAreTheRecordedOctets) {
  const EndpointReference to{"https://sink:5723/events?a&b", "<x:id xmlns:x=\"urn:x\">7</x:id>"};
  const std::string item = "<p:TEST_Disk xmlns:p=\"urn:disk\"><p:Name>sda</p:Name></p:TEST_Disk>";
  const std::string items[] = {item, item};
  const SinkHead plain{to, "uuid:1"};
  const SinkHead acked{to, "uuid:2", Ack::wanted, "muster:1:<2>"};
  const std::pair<std::string, std::string> cases[] = {
      {"event", event_message(plain, item)},
      {"event_with_ack_and_bookmark", event_message(acked, item)},
      {"events", events_message(acked, items)},
      {"heartbeat", heartbeat_message(plain)},
      {"dropped_events", dropped_events_message(plain, 12)},
      {"subscription_end",
       subscription_end_message(plain, "uuid:sub", EndStatus::delivery_failure, "no <answer>")},
  };
  for (const auto& [name, got] : cases) {
    EXPECT_TRUE(prescan(got)) << name;
    EXPECT_EQ(got + "\n", muster::testing::golden("wsman/message_" + name + ".xml", got + "\n")) << name;
  }
}

}  // namespace
}  // namespace muster::wsman
