// SPDX-License-Identifier: GPL-2.0-or-later
// What a sink says to a delivery: taken, refused for good, or neither, so that it is sent again.
//
// Limits  of an answer 64 KiB are looked at; it passes the pre-scan before any parser sees it.
// Source  DSP0226 1.1 clauses 10.2.9 (Ack) and 10.8 (DeliveryRefused). The action of an Ack is also taken as two
//         services of the field misspell it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/wsman/event_message.h"

namespace muster::wsman {

enum class Reception : std::uint8_t { taken, refused, failed };

struct SinkReply {
  Reception reception = Reception::failed;
  std::string why;  // of what was not taken
};

// With Ack::wanted only an Ack that relates to `message_id` says that it was taken; else the status alone does.
SinkReply read_sink_reply(int status, std::string_view body, Ack ack, std::string_view message_id);

}  // namespace muster::wsman
