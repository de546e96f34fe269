// SPDX-License-Identifier: GPL-2.0-or-later
// A front that was taken over speaks to the monitor: nothing gets through but what the protocol table permits, in the
// state in which it is permitted, and what is refused leaves no descriptor behind.
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "agent/auth/pam.h"
#include "agent/host/rows_writer.h"
#include "agent/ipc/channel.h"
#include "agent/ipc/run_order.h"
#include "agent/ipc/watch_order.h"
#include "tests/fuzz/ipc_conversation.h"

namespace {

using namespace muster;
using fuzz::demand;

// As agent/monitor/monitor.cc takes it; each returns false for what costs the front its life.
class Monitor {
 public:
  explicit Monitor(Fd socket)
      : channel_(std::move(socket), ipc::Party::monitor, ipc::Party::front, ipc::State::starting) {}

  bool receive_all() {
    for (;;) {
      auto arrival = channel_.receive();
      if (!arrival) {
        demand(arrival.error().code == Errc::malformed);
        return false;
      }
      if (!*arrival) return true;
      demand(!(*arrival)->descriptor);
      if (!take((*arrival)->frame)) return false;
    }
  }

 private:
  bool take(ipc::Frame& frame) {
    demand((frame.tag == ipc::Tag::ready) == (state_ == ipc::State::starting));
    switch (frame.tag) {
      case ipc::Tag::ready: channel_.enter(state_ = ipc::State::serving); return true;
      case ipc::Tag::stuck:
      case ipc::Tag::wants_courier: return true;
      case ipc::Tag::unwatch: return frame.fields.size() == 1;
      case ipc::Tag::vouch: {
        ipc::Caller caller;
        return frame.fields.size() == 4 && ipc::read_kind(frame.fields[1], caller.kind);
      }
      case ipc::Tag::authenticate: {
        if (frame.fields.size() != 3) return false;
        const auth::Attempt attempt{frame.fields[0], Secret(frame.fields[1]), frame.fields[2]};
        demand(attempt.password.size() == frame.fields[1].size());
        return true;
      }
      case ipc::Tag::run:
      case ipc::Tag::watch: return take_order(std::move(frame));
      default: std::abort();
    }
  }

  bool take_order(ipc::Frame frame) {
    if (!order_.add(std::move(frame), ipc::kMaxOrderBytes)) return false;
    if (!order_.over()) return true;
    const auto order = ipc::parse_run(std::exchange(order_, {}).take());
    if (!order) return false;
    demand(order->deadline.count() >= 0);
    const auto again = ipc::parse_run(ipc::run_rows(*order));
    demand(again.has_value() && ipc::run_rows(*again) == ipc::run_rows(*order));
    if (const auto watch = ipc::parse_watch(order->call)) {
      demand(ipc::is_watch_name(watch->name) && watch->file.starts_with('/') && !watch->expressions.empty());
    }
    return true;
  }

  ipc::Channel channel_;
  ipc::State state_ = ipc::State::starting;
  agent::RowsReader order_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  auto [ours, theirs] = ipc::testing::new_pair();
  const int next = ::fcntl(ours.get(), F_DUPFD_CLOEXEC, 0);
  ::close(next);  // the lowest free one: still free when nothing was left open
  Monitor monitor(std::move(ours));
  for (std::size_t said = 0; !input.empty() && said < fuzz::kMostFrames; ++said) {
    fuzz::say_something(input, theirs.get());
    if (!monitor.receive_all()) break;
  }
  demand(::fcntl(next, F_GETFD) < 0);
  return 0;
}
