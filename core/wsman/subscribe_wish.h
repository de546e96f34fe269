// SPDX-License-Identifier: GPL-2.0-or-later
// What a Subscribe asks for: where events go, how, and for how long. The condition itself is the request's class
// and filter.
//
// Source  WS-Eventing 2004/08; DSP0226 1.1 clause 10.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace muster::wsman {

enum class DeliveryMode : std::uint8_t { push, push_with_ack, events, pull };

struct EndpointReference {
  std::string address;  // empty: none was given
  std::string headers;  // its reference parameters, as header blocks that declare their own prefixes
};

// Which lines of which file are events; of SCX_LogFile, where options say it. Without a file: nothing is said.
struct LogCondition {
  static constexpr std::size_t kMaxExpressions = 64;
  std::string file;                      // from the root on
  std::vector<std::string> expressions;  // in the syntax of RE2; a line that matches one of them is an event
};

struct ConnectionRetry {
  unsigned times = 0;  // zero, like the pause: give up at the first failure
  std::chrono::seconds pause{0};
};

// What becomes of an event that does not fit into the size that the subscriber set.
enum class Oversize : std::uint8_t { cancels, skipped, notified };

struct SubscribeWish {
  DeliveryMode mode = DeliveryMode::push;
  EndpointReference notify_to = {};
  EndpointReference end_to = {};
  std::optional<std::chrono::milliseconds> expires = {};
  std::optional<std::chrono::seconds> heartbeats = {};
  std::optional<ConnectionRetry> retry = {};
  std::optional<std::uint32_t> max_elements = {};          // of one batch
  std::optional<std::chrono::milliseconds> max_time = {};  // that an event may wait for its batch
  std::size_t max_envelope = 512000;                       // of one delivery
  Oversize oversize = Oversize::cancels;
  bool send_bookmarks = false;
  std::optional<std::string> bookmark = {};
  std::chrono::seconds interval{10};  // between two evaluations of the condition
  bool filtered = false;

  bool pulls() const { return mode == DeliveryMode::pull; }
  bool wants_bookmarks() const { return send_bookmarks || bookmark.has_value(); }
};

// "https://host:port/path" in its parts.
struct SinkAddress {
  std::string host;  // without the brackets of an IPv6 address
  std::uint16_t port = 443;
  std::string target;  // begins with "/"
};

// unsupported: another scheme, "http" above all. malformed: no address at all.
Result<SinkAddress> parse_sink(std::string_view address);

}  // namespace muster::wsman
