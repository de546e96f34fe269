// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/log_reader.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "agent/executor/log_file.h"

namespace muster::executor {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kChunk = std::size_t{64} * 1024;

// Whether what lies before the position's offset is what was read then.
bool holds_position(const LogFile& file, const LogState& state) {
  if (file.size < state.offset) return false;
  const auto now = fingerprint(file, state.offset);
  return now && *now == state.fingerprint;
}

bool is_of_inode(const LogFile& file, const LogState& state) {
  return file.device == state.device && file.inode == state.inode;
}

void attach(LogState& state, const LogFile& file) {
  state.device = file.device;
  state.inode = file.inode;
  state.offset = 0;
  state.fingerprint.clear();
}

// Which of the rotated files holds the position: by inode, else a copy with the same beginning.
std::vector<LogFile>::iterator find_position(std::vector<LogFile>& files, const LogState& state) {
  const auto by_inode = std::find_if(files.begin(), files.end(), [&](const LogFile& each) {
    return is_of_inode(each, state) && holds_position(each, state);
  });
  if (by_inode != files.end() || state.offset == 0) return by_inode;
  // The youngest of those that begin alike.
  const auto copy = std::find_if(files.rbegin(), files.rend(),
                                 [&](const LogFile& each) { return holds_position(each, state); });
  return copy == files.rend() ? files.end() : std::prev(copy.base());
}

enum class End { whole_lines, everything };

// Takes lines of one file from the position on.
class LineReader {
 public:
  LineReader(LogState& state, Clock::time_point deadline, const TakeLine& take)
      : state_(state), deadline_(deadline), take_(take) {}

  Result<Rest> read(const LogFile& file, End end) {
    for (;;) {
      if (Clock::now() >= deadline_) return Rest::more;
      auto chunk = octets_at(file, state_.offset, kChunk);
      if (!chunk) return fail(chunk.error());
      const bool last = chunk->size() < kChunk;
      const std::uint64_t before = state_.offset;
      const bool stopped =
          !take_lines(*chunk) || (last && end == End::everything && !take_rest(*chunk, before));
      if (stopped) return Rest::more;
      if (last) return Rest::none;
      if (state_.offset == before && !take_piece(*chunk)) return Rest::more;
    }
  }

 private:
  bool take_lines(std::string_view chunk) {
    for (std::size_t end = chunk.find('\n'); end != std::string_view::npos; end = chunk.find('\n')) {
      if (!take_line(chunk.substr(0, end), end + 1)) return false;
      chunk.remove_prefix(end + 1);
    }
    return true;
  }
  // The end of a file to which nothing will be added.
  bool take_rest(std::string_view chunk, std::uint64_t before) {
    chunk.remove_prefix(static_cast<std::size_t>(state_.offset - before));
    return chunk.empty() || take_line(chunk, chunk.size());
  }
  bool take_piece(std::string_view chunk) { return take_line(chunk, chunk.size()); }

  bool take_line(std::string_view line, std::size_t octets) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (take_(line) == Next::stop) return false;
    state_.offset += octets;
    return true;
  }

  LogState& state_;
  Clock::time_point deadline_;
  const TakeLine& take_;
};

static_assert(kMaxLine == kChunk, "a chunk without a line end is a piece of a line");

// The rotated files from the one that holds the position on; the position moves along. `current` is the file that
// has the path now, if there is one with content: until then the last rotated one may still be written to.
Result<Rest> read_rotated(LogState& state, const LogFile* current, LineReader& reader) {
  auto files = rotated_files(state.file);
  auto file = find_position(files, state);
  for (bool first = true; file != files.end(); ++file, first = false) {
    if (current != nullptr && file->device == current->device && file->inode == current->inode) continue;
    if (!first || !is_of_inode(*file, state)) {
      const LogState before = state;
      attach(state, *file);
      if (first) {  // a copy: the same octets under another inode
        state.offset = before.offset;
        state.fingerprint = before.fingerprint;
      }
    }
    const bool over = current != nullptr || std::next(file) != files.end();
    const auto rest = reader.read(*file, over ? End::everything : End::whole_lines);
    auto mark = fingerprint(*file, state.offset);
    if (!rest || !mark) return fail(!rest ? rest.error() : mark.error());
    state.fingerprint = std::move(*mark);
    if (*rest == Rest::more) return Rest::more;
  }
  return Rest::none;
}

}  // namespace

Result<Rest> read_new_lines(LogState& state, Clock::time_point deadline, const TakeLine& take) {
  LineReader reader(state, deadline, take);
  auto current = open_log(state.file);
  if (!current && current.error().code != Errc::not_found) return fail(current.error());
  const bool goes_on = current && is_of_inode(*current, state) && holds_position(*current, state);
  const bool written = current && current->size > 0;
  if (!goes_on && state.inode != 0) {
    auto rest = read_rotated(state, written ? &*current : nullptr, reader);
    if (!rest || *rest == Rest::more || !written) return rest;
  }
  if (!current) return Rest::none;
  if (!goes_on) attach(state, *current);
  auto rest = reader.read(*current, End::whole_lines);
  auto mark = fingerprint(*current, state.offset);
  if (!rest || !mark) return fail(!rest ? rest.error() : mark.error());
  state.fingerprint = std::move(*mark);
  return rest;
}

Result<void> move_to_end(LogState& state) {
  state.device = state.inode = state.offset = 0;
  state.fingerprint.clear();
  const auto file = open_log(state.file);
  if (!file && file.error().code == Errc::not_found) return {};
  if (!file) return fail(file.error());
  attach(state, *file);
  const std::uint64_t begin = file->size - std::min<std::uint64_t>(file->size, kChunk);
  const auto tail = octets_at(*file, begin, kChunk);
  if (!tail) return fail(tail.error());
  const std::size_t line_end = tail->rfind('\n');
  // A last line of more than a chunk without an end is passed over whole.
  state.offset = line_end == std::string::npos ? (begin == 0 ? 0 : file->size) : begin + line_end + 1;
  auto mark = fingerprint(*file, state.offset);
  if (!mark) return fail(mark.error());
  state.fingerprint = std::move(*mark);
  return {};
}

}  // namespace muster::executor
