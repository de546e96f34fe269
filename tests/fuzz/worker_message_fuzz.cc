// SPDX-License-Identifier: GPL-2.0-or-later
// What an SSH worker tells the management server; a hostile SSH server may have taken it over. The first byte says in
// what pieces it arrives. What decodes is within the limits and means the same after it was encoded again.
#include <string>
#include <string_view>
#include <variant>

#include "orchestrator/ssh/message.h"
#include "tests/fuzz/input.h"

namespace {

using namespace muster;
using fuzz::demand;

constexpr std::size_t kMostText = std::size_t{16} * 1024;

std::size_t longest_text(const Told& told) {
  struct Longest {
    std::size_t operator()(const told::HostKey& key) const {
      return std::max({key.type.size(), key.base64.size(), key.fingerprint.size()});
    }
    std::size_t operator()(const told::Begun& begun) const { return begun.step.size(); }
    std::size_t operator()(const told::Finished& finished) const { return finished.step.size(); }
    std::size_t operator()(const told::Failed& failed) const {
      return std::max(failed.step.size(), failed.failure.text.size());
    }
    std::size_t operator()(const told::Known& known) const { return known.facts.size(); }
    std::size_t operator()(const told::Question& question) const {
      return std::max(question.step.size(), question.text.size());
    }
    std::size_t operator()(const told::Done& /*done*/) const { return 0; }
  };
  return std::visit(Longest{}, told);
}

void check(const Frame& frame) {
  demand(frame.body.size() <= kMaxFrameBytes);
  const auto told = decode_told(frame);
  if (!told) {
    demand(told.error().code == Errc::malformed);
    return;
  }
  demand(longest_text(*told) <= kMostText);
  const auto encoded = encode_told(*told);
  const auto again = decode_told(encoded);
  demand(again.has_value() && again->index() == told->index());
  demand(encode_told(*again).body == encoded.body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t piece = input.choice(64) + 1;
  const auto all = input.rest();
  FrameReader reader;
  for (std::size_t at = 0; at < all.size(); at += piece) {
    if (!reader.feed(all.substr(at, piece))) break;
    while (const auto frame = reader.next()) check(*frame);
  }
  return 0;
}
