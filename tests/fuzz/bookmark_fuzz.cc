// SPDX-License-Identifier: GPL-2.0-or-later
// A subscriber's bookmark in three streams on disk: an empty one, one with events, and one whose oldest gave way. It
// is a fault, or a number from which each event that is kept can be read.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <unistd.h>

#include "agent/courier/bookmark.h"
#include "agent/courier/event_log.h"
#include "core/base/fd.h"
#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using muster::courier::EventLog;
using muster::fuzz::demand;

// The files go as soon as they are open; generations and names are those of the kept inputs.
std::array<EventLog, 3> make_logs() {
  std::string folder = "/tmp/muster-bookmark-XXXXXX";
  demand(::mkdtemp(folder.data()) != nullptr);
  const std::string path = folder + "/log";
  const auto open = [&](const char* stream, std::uint64_t generation, int events, std::uint64_t first) {
    auto log = EventLog::open(path, stream, generation);
    demand(log.has_value());
    for (int i = 0; i < events; ++i) demand(log->append("event").has_value());
    demand(log->forget_below(first).has_value());
    ::unlink(path.c_str());
    return std::move(*log);
  };
  std::array<EventLog, 3> logs{open("empty", 1, 0, 1), open("some", 2, 5, 1), open("late", 3, 5, 4)};
  ::rmdir(folder.c_str());
  return logs;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster;
  static const std::array<EventLog, 3> kLogs = make_logs();
  fuzz::Input input(data, size);
  const EventLog& log = kLogs.at(input.choice(3));
  const auto text = input.rest();
  std::uint64_t number = 0;
  if (const auto fault = courier::read_bookmark(text, log, number)) {
    demand(fault->code == wsman::FaultCode::invalid_bookmark && !fault->detail.empty());
    return 0;
  }
  demand(number + 1 >= log.first() && number <= log.last());
  for (std::uint64_t next = number + 1; next <= log.last(); ++next) demand(log.read(next).has_value());
  std::uint64_t again = 0;
  demand(!courier::read_bookmark(courier::bookmark_of(log, number), log, again) && again == number);
  return 0;
}
