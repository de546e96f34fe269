// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/order_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "agent/courier/event_log.h"
#include "agent/ipc/frame.h"
#include "core/base/replace_file.h"

namespace muster::courier {
namespace {

using std::chrono::milliseconds;

constexpr mode_t kMode = 0600;
constexpr std::uint64_t kMark = 0x4d75737465723031U;  // so that a file of zeros is no position

using Place = std::array<std::uint64_t, 5>;
using EarlierPlace = std::array<std::uint64_t, 3>;

template <class Numbers>
std::string_view bytes_of(const Numbers& place) {
  return {reinterpret_cast<const char*>(place.data()), sizeof place};
}

Place place_of(Position position) {
  Place place{position.taken, position.dropped, position.told, position.generation, 0};
  place.back() = kMark ^ checksum(bytes_of(place));
  return place;
}

EarlierPlace earlier_place_of(Position position) {
  return {position.taken, position.dropped, kMark ^ position.taken ^ (position.dropped << 32U)};
}

// The octets that the position takes; 0 when it is none.
std::size_t read_position(std::string_view content, Position& out) {
  Place place{};
  std::memcpy(place.data(), content.data(), std::min(content.size(), sizeof place));
  out = {place[0], place[1], place[2], place[3]};
  if (content.size() >= sizeof place && place == place_of(out)) return sizeof place;
  out = {place[0], place[1], 0, 0};  // told once more, which does no harm
  const std::string earlier(bytes_of(earlier_place_of(out)));
  return content.starts_with(earlier) ? earlier.size() : 0;
}

bool read_milliseconds(const std::string& text, OrderFile::Time& out) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  out = OrderFile::Time(std::chrono::duration_cast<OrderFile::Time::duration>(milliseconds(count)));
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Result<OrderFile> OrderFile::make(const std::string& path, const wsman::Order& order, Position position,
                                  Time now) {
  OrderFile file(path, order, position, now + order.lifetime);
  if (auto written = file.write(file.dies_); !written) {
    file.remove();
    return fail(written.error());
  }
  return file;
}

Result<void> OrderFile::write(Time dies) {
  const auto end = std::chrono::duration_cast<milliseconds>(dies.time_since_epoch()).count();
  const ipc::Frame frame{
      ipc::Tag::order, 0, {order_.id, order_.principal, order_.stream, order_.text, std::to_string(end)}};
  std::string content(bytes_of(place_of(position_)));
  content += ipc::encode(frame);
  auto made = replace_file(path_, content, kMode);
  if (!made) return fail(made.error());
  file_ = std::move(made->file);
  on_disk_ = true;
  named_ = made->durable.has_value();
  dies_ = dies;
  return std::move(made->durable);
}

Result<OrderFile> OrderFile::read(const std::string& path) {
  const auto content = read_file(path, ipc::kMaxFrameBytes + sizeof(Place));
  if (!content) return fail(content.error());
  const auto bad = [&] { return fail(Errc::malformed, path + ": no subscription"); };
  Position position;
  const std::size_t size = read_position(*content, position);
  if (size == 0) return bad();
  const auto frame = ipc::decode(std::string_view(*content).substr(size));
  Time dies;
  if (!frame || frame->fields.size() != 5 || !read_milliseconds(frame->fields[4], dies)) return bad();
  const auto& fields = frame->fields;
  OrderFile file(path, {fields[0], fields[1], fields[2], fields[3], {}}, position, dies);
  if (size != sizeof(Place)) {
    if (auto written = file.write(dies); !written) return fail(written.error());
    return file;
  }
  file.file_ = Fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.file_) return fail(errno_error(path));
  return file;
}

Result<void> OrderFile::move_to(Position position) {
  if (position == position_) return {};
  on_disk_ = false;
  const Place place = place_of(position);
  if (::pwrite(file_.get(), place.data(), sizeof place, 0) != static_cast<ssize_t>(sizeof place)) {
    return fail(errno_error(path_));
  }
  position_ = position;
  return {};
}

Result<void> OrderFile::sync() {
  if (!on_disk_ && ::fdatasync(file_.get()) != 0) return fail(errno_error(path_));
  on_disk_ = true;
  if (named_) return {};
  auto synced = sync_folder_of(path_);
  named_ = synced.has_value();
  return synced;
}

Result<void> OrderFile::renew(milliseconds lifetime, Time now) {
  return write(now + lifetime);
}

void OrderFile::remove() {
  ::unlink(path_.c_str());
  file_.reset();
}

}  // namespace muster::courier
