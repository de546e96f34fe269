// SPDX-License-Identifier: GPL-2.0-or-later
// Every tag in every direction and state, with and without a descriptor: what is not written down here is
// refused on arrival and cannot be sent.
#include "agent/ipc/protocol.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/agent/ipc/raw_socket.h"

namespace muster::ipc {
namespace {

using testing::new_pair;
using testing::open_descriptors;
using testing::send_raw;

constexpr Party kParties[] = {Party::monitor, Party::front, Party::providers, Party::executor,
                              Party::courier};
constexpr State kStates[] = {State::starting, State::serving};
constexpr const char* kPartyNames[] = {"monitor", "front", "providers", "executor", "courier"};
constexpr const char* kStateNames[] = {"starting", "serving"};
constexpr std::uint16_t kTags = 48;  // more than there are: unknown ones are refused like the rest

// The protocol, written a second time on purpose: a change of the table has to be made here too.
const std::set<std::string> kPermitted = {
    "1 front>monitor starting",    "2 front>monitor serving",    "6 front>monitor serving",
    "3 monitor>front serving",     "4 monitor>front serving fd", "5 monitor>front serving",
    "7 front>providers serving",   "8 providers>front serving",  "9 providers>front serving",
    "20 front>providers serving",  "21 monitor>front serving",   "10 front>monitor serving",
    "11 monitor>front serving fd", "9 monitor>front serving",    "8 executor>front serving",
    "9 executor>front serving",    "30 front>monitor serving",   "31 monitor>front serving fd",
    "32 front>courier serving",    "33 front>courier serving",   "34 front>courier serving",
    "35 front>courier serving",    "36 courier>front serving",   "37 courier>front serving",
    "38 courier>front serving",    "39 courier>front serving",   "12 front>monitor serving",
    "13 front>monitor serving",    "14 front>monitor serving",   "15 executor>front serving",
    "16 executor>front serving",   "17 front>executor serving",  "18 front>executor serving",
};

struct Cell {
  std::uint16_t tag;
  Party from;
  Party to;
  State state;
  bool descriptor;

  std::string name() const {
    return std::to_string(tag) + " " + kPartyNames[static_cast<int>(from)] + ">" +
           kPartyNames[static_cast<int>(to)] + " " + kStateNames[static_cast<int>(state)] +
           (descriptor ? " fd" : "");
  }
};

void add_cells(std::vector<Cell>& cells, std::uint16_t tag, Party from, Party to) {
  for (const State state : kStates) {
    cells.push_back({tag, from, to, state, false});
    cells.push_back({tag, from, to, state, true});
  }
}

std::vector<Cell> all_cells() {
  std::vector<Cell> cells;
  for (std::uint16_t tag = 0; tag < kTags; ++tag) {
    for (const Party from : kParties) {
      for (const Party to : kParties) add_cells(cells, tag, from, to);
    }
  }
  cells.push_back({0xffff, Party::front, Party::monitor, State::serving, false});
  return cells;
}

TEST(Protocol, OnArrivalLetsNothingThroughButThePermittedCells) {
  std::set<std::string> arrived;
  for (const Cell& cell : all_cells()) {
    auto [ours, theirs] = new_pair();
    Channel channel(std::move(ours), cell.to, cell.from, cell.state);
    send_raw(theirs.get(), encode({static_cast<Tag>(cell.tag), 1, {"a", "b", "c"}}),
             cell.descriptor ? theirs.get() : -1);
    const auto arrival = channel.receive();
    if (!arrival) {
      EXPECT_EQ(arrival.error().code, Errc::malformed) << cell.name();
      continue;
    }
    ASSERT_TRUE(arrival->has_value()) << cell.name();
    EXPECT_EQ(static_cast<bool>((*arrival)->descriptor), cell.descriptor) << cell.name();
    arrived.insert(cell.name());
  }
  EXPECT_EQ(arrived, kPermitted);
}

TEST(Protocol, OnDepartureLetsNothingThroughButThePermittedCells) {
  std::set<std::string> sent;
  for (const Cell& cell : all_cells()) {
    auto [ours, theirs] = new_pair();
    Channel channel(std::move(ours), cell.from, cell.to, cell.state);
    const auto result =
        channel.send({static_cast<Tag>(cell.tag), 1, {}}, cell.descriptor ? theirs.get() : -1);
    if (result) {
      sent.insert(cell.name());
    } else {
      EXPECT_EQ(result.error().code, Errc::internal) << cell.name();
      char byte = 0;
      EXPECT_LT(::recv(theirs.get(), &byte, 1, 0), 0) << cell.name() << " left all the same";
    }
  }
  EXPECT_EQ(sent, kPermitted);
}

TEST(Protocol, DescriptorOfARefusedFrameIsClosed) {
  auto [ours, theirs] = new_pair();
  Channel channel(std::move(ours), Party::monitor, Party::front, State::serving);
  const int before = open_descriptors();
  send_raw(theirs.get(), encode({Tag::stuck, 0, {}}), theirs.get());
  EXPECT_FALSE(channel.receive().has_value());
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace muster::ipc
