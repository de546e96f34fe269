// SPDX-License-Identifier: GPL-2.0-or-later
// A front that was taken over speaks to the monitor: nothing gets through but what the protocol table permits, in the
// state in which it is permitted, and what is refused leaves no descriptor behind.
#include <optional>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "agent/auth/pam.h"
#include "agent/ipc/channel.h"
#include "tests/fuzz/ipc_conversation.h"

namespace {

using namespace muster;
using fuzz::demand;

// As agent/monitor/monitor.cc takes it.
bool take(ipc::Channel& channel, ipc::Frame& frame, ipc::State& state) {
  switch (frame.tag) {
    case ipc::Tag::ready:
      demand(state == ipc::State::starting);
      state = ipc::State::serving;
      channel.enter(state);
      return true;
    case ipc::Tag::stuck: demand(state == ipc::State::serving); return true;
    case ipc::Tag::authenticate: {
      demand(state == ipc::State::serving);
      if (frame.fields.size() != 3) return false;
      const auth::Attempt attempt{std::move(frame.fields[0]), Secret(frame.fields[1]),
                                  std::move(frame.fields[2])};
      return attempt.password.size() == frame.fields[1].size();
    }
    default: std::abort();
  }
}

// False once the front has broken the protocol.
bool receive_all(ipc::Channel& channel, ipc::State& state) {
  for (;;) {
    auto arrival = channel.receive();
    if (!arrival) {
      demand(arrival.error().code == Errc::malformed);
      return false;
    }
    if (!*arrival) return true;
    demand(!(*arrival)->descriptor);
    if (!take(channel, (*arrival)->frame, state)) return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  auto [ours, theirs] = ipc::testing::new_pair();
  const int next = ::fcntl(ours.get(), F_DUPFD_CLOEXEC, 0);
  ::close(next);  // the lowest free one: still free when nothing was left open
  ipc::Channel channel(std::move(ours), ipc::Party::monitor, ipc::Party::front, ipc::State::starting);
  auto state = ipc::State::starting;
  for (std::size_t said = 0; !input.empty() && said < fuzz::kMostFrames; ++said) {
    fuzz::say_something(input, theirs.get());
    if (!receive_all(channel, state)) break;
  }
  demand(::fcntl(next, F_GETFD) < 0);
  return 0;
}
