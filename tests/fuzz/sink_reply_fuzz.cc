// SPDX-License-Identifier: GPL-2.0-or-later
// What a sink answers to a delivery, and the address at which a subscriber wants to have events.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/wsman/sink_reply.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster::wsman;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Ack ack : {Ack::wanted, Ack::not_wanted}) {
    const SinkReply reply = read_sink_reply(200, text, ack, "uuid:1");
    if (reply.why.size() > 1024) std::abort();
    if (read_sink_reply(404, text, ack, "uuid:1").reception == Reception::taken) std::abort();
  }
  if (const auto sink = parse_sink(text)) {
    if (sink->host.empty() || sink->port == 0 || !sink->target.starts_with('/')) std::abort();
  }
  return 0;
}
