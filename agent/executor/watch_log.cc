// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/watch_log.h"

#include <algorithm>
#include <ctime>
#include <string_view>
#include <utility>
#include <vector>

#include <poll.h>

#include "agent/executor/line_matcher.h"
#include "agent/executor/log_file.h"
#include "agent/executor/log_reader.h"
#include "agent/executor/watch_place.h"

namespace muster::executor {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t kFrameOctets = std::size_t{40} * 1024;  // of numbers and lines; a frame holds more
constexpr std::size_t kFrameLines = 250;                      // two fields each
constexpr auto kIdleSave =
    60s;                     // for which a place without events may be behind: nothing is told twice by that
constexpr auto kTouch = 1h;  // after which one is written again, so that it is not taken for forgotten

milliseconds processor_time() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::duration_cast<milliseconds>(std::chrono::seconds(used.tv_sec) +
                                                  std::chrono::nanoseconds(used.tv_nsec));
}

// The lines of one frame.
class Batch {
 public:
  Batch(const LineMatcher& matcher, std::size_t most) : matcher_(matcher), most_(most) {}

  Next take(std::string_view line) {
    std::string numbers = matcher_.matches(line);
    if (numbers.empty()) return Next::go_on;
    line = line.substr(0, kMaxLineOctets);
    octets_ += numbers.size() + line.size();
    if (!fields_.empty() && (lines() == most_ || octets_ > kFrameOctets)) return Next::stop;
    fields_.push_back(std::move(numbers));
    fields_.emplace_back(line);
    return Next::go_on;
  }
  std::size_t lines() const { return fields_.size() / 2; }
  std::vector<std::string> fields() { return std::move(fields_); }

 private:
  const LineMatcher& matcher_;
  std::size_t most_;
  std::vector<std::string> fields_;
  std::size_t octets_ = 0;
};

class Watcher {
 public:
  Watcher(const ipc::WatchOrder& order, const std::string& folder, ipc::Channel& front, const Report& report)
      : order_(order), folder_(folder), front_(front), report_(report), matcher_(order.expressions) {}

  Result<void> begin() {
    if (!matcher_.invalid().empty()) {
      return fail(Errc::malformed, "regexps: expression " + matcher_.invalid() +
                                       " (counted from 0) is none of RE2's, or is too long");
    }
    if (auto found = find_place(); !found) return found;
    if (order_.place == ipc::Place::kept) {
      sweep_places(folder_, std::chrono::system_clock::now());
      if (auto saved = save(); !saved) return saved;
    }
    return front_.send({ipc::Tag::watching, 0, {}});
  }

  // Ends with an error; unreachable is the front's end.
  Result<void> run() {
    for (;;) {
      const auto busy_before = processor_time();
      const auto rest = look();
      if (!rest) return fail(rest.error());
      const milliseconds pause = *rest == Rest::more ? 1s : milliseconds(order_.interval);
      if (auto word = wait_for_word(std::max(pause, processor_time() - busy_before)); !word || *word) {
        return fail(!word ? word.error()
                          : Error{Errc::malformed, "front: a word that was not asked for", {}});
      }
    }
  }

 private:
  Result<void> find_place() {
    if (order_.begin == ipc::Begin::where_it_was) {
      if (auto kept = load_place(folder_, order_.name, order_.file)) {
        state_ = std::move(*kept);
        const auto readable = open_log(order_.file);
        if (readable || readable.error().code == Errc::not_found) return {};
        return fail(readable.error());
      }
    }
    state_ = {};
    state_.file = order_.file;
    state_.qid = order_.name;
    return move_to_end(state_);
  }

  Result<void> save() {
    saved_at_ = Clock::now();
    unsaved_ = false;
    return save_place(folder_, state_);
  }

  // What is new, frame by frame.
  Result<Rest> look() {
    const auto deadline = Clock::now() + kLook;
    for (std::size_t lines = 0; lines < kMostAtOnce;) {
      Batch batch(matcher_, std::min(kFrameLines, kMostAtOnce - lines));
      LogState state = state_;
      const auto rest =
          read_new_lines(state, deadline, [&](std::string_view line) { return batch.take(line); });
      if (!rest) return fail(rest.error());
      const std::size_t found = batch.lines();
      if (found > 0) {
        if (auto taken = hand_over(batch.fields()); !taken) return fail(taken.error());
        taken_ += found;
        report_(taken_);
      }
      if (auto moved = move_to(std::move(state), found > 0); !moved) return fail(moved.error());
      if (*rest == Rest::none || Clock::now() >= deadline) return *rest;
      lines += found;
    }
    return Rest::more;
  }

  Result<void> move_to(LogState state, bool with_events) {
    unsaved_ = unsaved_ || state != state_;
    state_ = std::move(state);
    const auto since = Clock::now() - saved_at_;
    const bool due = with_events || (unsaved_ && since >= kIdleSave) || since >= kTouch;
    return due && order_.place == ipc::Place::kept ? save() : Result<void>{};
  }

  // As long as it takes: the sink may be full.
  Result<void> hand_over(std::vector<std::string> fields) {
    const std::uint64_t number = ++frames_;
    if (auto sent = front_.send({ipc::Tag::matches, number, std::move(fields)}); !sent) return sent;
    if (auto sent = front_.flush_and_wait(); !sent) return sent;
    for (;;) {
      const auto word = wait_for_word(1h);
      if (!word) return fail(word.error());
      const auto& taken = *word;
      if (taken == number) return {};
      if (taken) return fail(Errc::malformed, "front: takes what was not sent");
    }
  }

  // The number of the frame that the front has taken; nullopt: the time is over.
  Result<std::optional<std::uint64_t>> wait_for_word(milliseconds time) {
    pollfd wait{front_.fd(), POLLIN, 0};
    if (::poll(&wait, 1, static_cast<int>(time.count())) <= 0) return std::optional<std::uint64_t>{};
    auto arrival = front_.receive();
    if (!arrival) return fail(arrival.error());
    const auto& word = *arrival;
    return word ? std::optional(word->frame.id) : std::nullopt;
  }

  const ipc::WatchOrder& order_;
  const std::string& folder_;
  ipc::Channel& front_;
  const Report& report_;
  LineMatcher matcher_;
  LogState state_;
  bool unsaved_ = false;
  Clock::time_point saved_at_{};
  std::size_t taken_ = 0;
  std::uint64_t frames_ = 0;
};

}  // namespace

Result<void> watch_log(const ipc::WatchOrder& order, const std::string& folder, ipc::Channel& front,
                       const Report& report) {
  Watcher watcher(order, folder, front, report);
  auto done = watcher.begin();
  if (done) done = watcher.run();
  return !done && done.error().code == Errc::unreachable ? Result<void>{} : done;
}

}  // namespace muster::executor
