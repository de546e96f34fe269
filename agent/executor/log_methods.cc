// SPDX-License-Identifier: GPL-2.0-or-later
// GetMatchedRows and ResetStateFile: what is new in a log file, and up to where each qid has read it.
//
// Paths   FOLDER/log-HASH.state, one for each file and qid; written as a whole. FOLDER/lock-NN: held while one is used.
// Limits  kMaxRows rows, kMaxRowOctets of a line, kMaxStates positions of one account.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include "agent/executor/action.h"
#include "agent/executor/line_matcher.h"
#include "agent/executor/log_reader.h"
#include "agent/executor/log_state.h"
#include "core/base/fd.h"
#include "core/base/folder.h"
#include "core/tls/digest.h"
#include "core/wsman/escape.h"

namespace muster::executor {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxRows = 500;
constexpr std::size_t kMaxRowOctets = std::size_t{8} * 1024;
constexpr std::size_t kMaxStates = 1024;
constexpr std::size_t kMaxName = 4096;   // of a file, and of a qid
constexpr std::size_t kHashDigits = 32;  // of the name of a position
constexpr std::size_t kElement = 17;     // <p:rows></p:rows>
constexpr std::size_t kWorstEscape = 6;  // octets of XML for one of text
constexpr std::size_t kSpecialRows = 1024;
constexpr auto kToAnswer = 500ms;  // what is left of the deadline when reading stops

struct Place {
  std::string folder;
  std::string state;
  std::string lock;
};

Place place_of(const Surroundings& surroundings, const std::string& file, const std::string& qid) {
  const std::string hash =
      tls::sha256_of(std::to_string(file.size()) + ":" + file + qid).substr(0, kHashDigits);
  return {surroundings.folder, surroundings.folder + "/log-" + hash + ".state",
          surroundings.folder + "/lock-" + hash.substr(0, 2)};
}

// Two calls for one position would both find what is new: the second waits.
Result<Fd> lock(const Place& place, const Surroundings& surroundings) {
  Fd file(::open(place.lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return fail(errno_error(place.lock));
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return fail(errno_error(place.lock));
    if (std::chrono::steady_clock::now() >= surroundings.deadline - kToAnswer) {
      return fail(Errc::timeout, "another call reads on from the same position");
    }
    pollfd wait{surroundings.caller, POLLIN, 0};
    if (::poll(&wait, 1, 5) > 0) return fail(Errc::unreachable, "nobody waits for the answer any more");
  }
  return file;
}

Result<std::optional<LogState>> load(const Place& place, const std::string& file, const std::string& qid) {
  const auto text = read_file(place.state, kMaxStateBytes);
  if (!text && text.error().code == Errc::not_found) return std::optional<LogState>{};
  if (!text) return fail(text.error());
  auto state = parse_log_state(*text);
  if (!state || state->file != file || state->qid != qid) {
    return fail(Errc::malformed, "qid " + qid + ": its position is damaged; ResetStateFile makes a new one");
  }
  return std::optional<LogState>(std::move(*state));
}

std::size_t count_states(const std::string& folder) {
  const auto names = names_in(folder);
  return static_cast<std::size_t>(std::count_if(
      names.begin(), names.end(), [](const std::string& name) { return name.ends_with(".state"); }));
}

Result<void> save(const Place& place, const LogState& state, bool is_new) {
  if (is_new && count_states(place.folder) >= kMaxStates) {
    return fail(Errc::denied,
                "this account has " + std::to_string(kMaxStates) + " positions in log files already");
  }
  return write_file_atomically(place.state, state_text(state), 0600);
}

// Rows as long as there is room for them.
class Rows {
 public:
  Rows(const LineMatcher& matcher, std::size_t octets)
      : matcher_(matcher), room_(octets - std::min(octets, kSpecialRows)) {
    if (!matcher.invalid().empty()) rows_.push_back("InvalidRegexp;" + matcher.invalid());
  }

  Next take(std::string_view line) {
    std::string row = matcher_.matches(line);
    if (row.empty()) return Next::go_on;
    if (matched_ == kMaxRows) return Next::stop;
    row.append(";").append(line.substr(0, kMaxRowOctets));
    if (matched_ == 0) {
      row.resize(std::min(row.size(), room_ / kWorstEscape));  // one has to fit, or none ever will
    }
    std::string escaped;
    wsman::append_escaped(escaped, row);
    if (escaped.size() + kElement > room_ && matched_ > 0) return Next::stop;
    room_ -= std::min(room_, escaped.size() + kElement);
    rows_.push_back(std::move(row));
    ++matched_;
    return Next::go_on;
  }

  std::vector<std::string> finish(Rest rest) {
    if (rest == Rest::more) rows_.emplace_back("MoreRowsAvailable;true");
    return std::move(rows_);
  }

 private:
  const LineMatcher& matcher_;
  std::size_t room_;
  std::size_t matched_ = 0;
  std::vector<std::string> rows_;
};

struct Asked {
  std::string file;
  std::string qid;
};

Result<Asked> asked_for(const cim::Invocation& call) {
  Asked asked{cim::text_of(call.arguments, "filename"), cim::text_of(call.arguments, "qid")};
  if (!asked.file.starts_with('/') || asked.file.size() > kMaxName) {
    return fail(Errc::malformed, "filename: must be a path from the root on");
  }
  if (asked.qid.empty() || asked.qid.size() > kMaxName) {
    return fail(Errc::malformed, "qid: is empty or too long");
  }
  if (const std::string elevation = cim::text_of(call.arguments, "elevationType"); !elevation.empty()) {
    return fail(Errc::malformed, "elevationType: " + elevation +
                                     " is not offered; give the account a group that may read the file");
  }
  return asked;
}

Outcome answer(std::vector<std::string> rows, const Place& place, const std::optional<LogState>& before) {
  Outcome outcome;
  outcome.words = std::to_string(rows.size()) + " rows";
  outcome.answer = {{std::string(cim::kReturnValue), {std::to_string(rows.size())}}};
  if (!rows.empty()) outcome.answer.push_back({"rows", std::move(rows)});
  outcome.undo = [place, before] {
    if (before) {
      static_cast<void>(write_file_atomically(place.state, state_text(*before), 0600).has_value());
    } else {
      ::unlink(place.state.c_str());
    }
  };
  return outcome;
}

}  // namespace

Result<Outcome> get_matched_rows(const cim::Invocation& call, const Surroundings& surroundings) {
  const auto asked = asked_for(call);
  if (!asked) return fail(asked.error());
  const Place place = place_of(surroundings, asked->file, asked->qid);
  const auto held = lock(place, surroundings);
  if (!held) return fail(held.error());
  auto before = load(place, asked->file, asked->qid);
  if (!before) return fail(before.error());
  const cim::Argument* expressions = cim::find_argument(call.arguments, "regexps");
  const LineMatcher matcher(expressions == nullptr ? std::vector<std::string>{} : expressions->values);
  Rows rows(matcher, surroundings.answer_octets);
  LogState state = before->value_or(LogState{});
  state.file = asked->file;
  state.qid = asked->qid;
  Rest rest = Rest::none;
  if (!*before || std::exchange(state.skip, false)) {
    if (auto moved = move_to_end(state); !moved) return fail(moved.error());
  } else {
    const auto read = read_new_lines(state, surroundings.deadline - kToAnswer,
                                     [&](std::string_view line) { return rows.take(line); });
    if (!read) return fail(read.error());
    rest = *read;
  }
  if (*before != state) {
    if (auto saved = save(place, state, !*before); !saved) return fail(saved.error());
  }
  return answer(rows.finish(rest), place, *before);
}

Result<Outcome> reset_state_file(const cim::Invocation& call, const Surroundings& surroundings) {
  const auto asked = asked_for(call);
  if (!asked) return fail(asked.error());
  const Place place = place_of(surroundings, asked->file, asked->qid);
  const auto held = lock(place, surroundings);
  if (!held) return fail(held.error());
  LogState state;
  state.file = asked->file;
  state.qid = asked->qid;
  state.skip = cim::is_true(call.arguments, "resetOnRead");
  if (!state.skip) {
    if (auto moved = move_to_end(state); !moved) return fail(moved.error());
  }
  const bool is_new = ::access(place.state.c_str(), F_OK) != 0;
  if (auto saved = save(place, state, is_new); !saved) return fail(saved.error());
  Outcome outcome;
  outcome.words = "position reset";
  outcome.answer = {{std::string(cim::kReturnValue), {"0"}}};
  return outcome;
}

}  // namespace muster::executor
