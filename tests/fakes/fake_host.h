// SPDX-License-Identifier: GPL-2.0-or-later
// A host made of strings. Reads of unknown paths fail as they would on a live machine.
//
// A recorded machine is a folder: files and links below root/, and host.txt with what only the kernel can
// tell:
//   uname SYSTEM NODE RELEASE MACHINE VERSION...
//   wall SECONDS_SINCE_1970
//   usage MOUNT_POINT BLOCK_BYTES SIZE FREE AVAILABLE INODES FREE_INODES MAX_NAME
//   address INTERFACE 4|6 ADDRESS PREFIX_BITS up|down [BROADCAST]
//   clock synchronised|free OFFSET_NS MAXIMUM_ERROR_US ESTIMATED_ERROR_US FREQUENCY_PPM
// A file where the machine has a socket holds what the service behind it answered.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/base/host.h"

namespace muster::testing {

class FakeHost final : public Host {
 public:
  FakeHost& with_file(std::string path, std::string content) {
    enter_in_folder(path);
    files_.insert_or_assign(std::move(path), std::move(content));
    return *this;
  }
  FakeHost& with_link(std::string path, std::string target) {
    enter_in_folder(path);
    links_.insert_or_assign(std::move(path), std::move(target));
    return *this;
  }
  FakeHost& with_usage(std::string mount_point, FileSystemUsage usage) {
    usages_.insert_or_assign(std::move(mount_point), usage);
    return *this;
  }
  // Below a folder that this user may not enter.
  FakeHost& with_closed(std::string mount_point) {
    closed_.insert(std::move(mount_point));
    return *this;
  }
  FakeHost& with_address(InterfaceAddress address) {
    addresses_.push_back(std::move(address));
    return *this;
  }
  FakeHost& with_clock(ClockState clock) {
    clock_ = clock;
    return *this;
  }
  // As under ProtectClock= of systemd.
  FakeHost& with_forbidden_clock() {
    clock_forbidden_ = true;
    return *this;
  }
  FakeHost& with_name(SystemName name) {
    name_ = std::move(name);
    return *this;
  }
  FakeHost& at(std::chrono::system_clock::time_point wall) {
    wall_ = wall;
    return *this;
  }
  FakeHost& with_utc_offset(std::chrono::minutes offset) {
    utc_offset_ = offset;
    return *this;
  }
  FakeHost& advance(std::chrono::milliseconds by) {
    now_ += by;
    wall_ += by;
    return *this;
  }
  // The file stays listed in its folder, and cannot be read any more: a process that is just ending.
  FakeHost& vanish(const std::string& path) {
    files_.erase(path);
    return *this;
  }
  FakeHost& remove(const std::string& path) {
    files_.erase(path);
    const auto slash = path.rfind('/');
    folders_[path.substr(0, slash)].erase(path.substr(slash + 1));
    return *this;
  }

  // How often a path was read: what a provider may not read, it does not.
  std::size_t reads(const std::string& path) const {
    const auto found = reads_.find(path);
    return found == reads_.end() ? 0 : found->second;
  }
  std::size_t usages_asked() const { return usages_asked_; }

  static FakeHost from_tree(const std::filesystem::path& folder) {
    FakeHost host;
    host.load_files(folder / "root");
    std::ifstream facts(folder / "host.txt");
    for (std::string line; std::getline(facts, line);) host.load_fact(line);
    return host;
  }

  Result<std::string> read_file(std::string_view path, std::size_t limit = 1 << 20) const override {
    auto content = content_of(path);
    if (content && content->size() > limit) return fail(Errc::malformed, std::string(path) + ": too large");
    return content;
  }
  Result<std::string> read_start(std::string_view path, std::size_t limit) const override {
    auto content = content_of(path);
    if (content && content->size() > limit) content->resize(limit);
    return content;
  }
  Result<std::string> read_within(std::string_view mount_point, std::string_view path,
                                  std::size_t limit) const override {
    return read_start(std::string(mount_point == "/" ? "" : mount_point).append(path), limit);
  }
  Result<std::vector<std::string>> list_folder(std::string_view path) const override {
    const auto found = folders_.find(path == "/" ? "" : path);
    if (found == folders_.end()) return absent(path);
    return std::vector<std::string>(found->second.begin(), found->second.end());
  }
  Result<std::string> read_link(std::string_view path) const override {
    const auto found = links_.find(path);
    if (found == links_.end()) return absent(path);
    return found->second;
  }
  Result<FileSystemUsage> file_system_usage(std::string_view mount_point) const override {
    ++usages_asked_;
    if (closed_.contains(mount_point)) {
      return fail(Errc::denied, std::string(mount_point) + ": Permission denied");
    }
    const auto found = usages_.find(mount_point);
    if (found == usages_.end()) return absent(mount_point);
    return found->second;
  }
  SystemName system_name() const override { return name_; }
  Result<std::vector<InterfaceAddress>> interface_addresses() const override { return addresses_; }
  Result<ClockState> clock_state() const override {
    if (clock_forbidden_) return fail(Errc::denied, "adjtimex: Operation not permitted");
    if (!clock_) return fail(Errc::not_found, "adjtimex: Function not implemented");
    return *clock_;
  }
  Result<std::string> ask_socket(std::string_view path, std::string_view request,
                                 const Complete& complete) const override {
    auto answer = content_of(path);
    if (!answer) return answer;
    asked_ = request;
    const auto done = complete(*answer);
    if (!done) return fail(done.error());
    if (!*done) return fail(Errc::unreachable, std::string(path) + ": the connection was closed");
    return answer;
  }
  const std::string& asked() const { return asked_; }  // the last request to a socket
  long clock_ticks_per_second() const override { return 100; }
  long page_bytes() const override { return 4096; }
  std::chrono::steady_clock::time_point now() const override { return now_; }
  std::chrono::system_clock::time_point wall_clock() const override { return wall_; }
  std::chrono::minutes utc_offset() const override { return utc_offset_; }

 private:
  static tl::unexpected<Error> absent(std::string_view path) {
    return fail(Errc::not_found, std::string(path) + ": No such file or directory");
  }

  Result<std::string> content_of(std::string_view path) const {
    ++reads_[std::string(path)];
    const auto found = files_.find(path);
    if (found == files_.end()) return absent(path);
    return found->second;
  }

  void enter_in_folder(const std::string& path) {
    for (auto slash = path.rfind('/'); slash != std::string::npos;
         slash = slash == 0 ? slash : path.rfind('/', slash - 1)) {
      const auto end = path.find('/', slash + 1);
      folders_[path.substr(0, slash)].insert(
          path.substr(slash + 1, end == std::string::npos ? end : end - slash - 1));
      if (slash == 0) return;
    }
  }

  void load_files(const std::filesystem::path& root) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      const auto path = "/" + std::filesystem::relative(entry.path().parent_path(), root).string() + "/" +
                        entry.path().filename().string();
      const auto clean = std::filesystem::path(path).lexically_normal().string();
      if (entry.is_symlink()) {
        with_link(clean, std::filesystem::read_symlink(entry.path()).string());
      } else if (entry.is_regular_file()) {
        std::ostringstream content;
        content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        with_file(clean, content.str());
      }
    }
  }

  void load_fact(const std::string& line) {
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    if (kind == "uname") {
      words >> name_.system >> name_.node >> name_.release >> name_.machine >> std::ws;
      std::getline(words, name_.version);
    } else if (kind == "wall") {
      std::int64_t seconds = 0;
      words >> seconds;
      wall_ = std::chrono::system_clock::time_point(std::chrono::seconds(seconds));
    } else if (kind == "usage") {
      std::string mount;
      FileSystemUsage u;
      words >> mount >> u.block_bytes >> u.size_bytes >> u.free_bytes >> u.available_bytes >> u.inodes >>
          u.free_inodes >> u.max_name_bytes;
      with_usage(mount, u);
    } else if (kind == "address") {
      load_address(words);
    } else if (kind == "clock") {
      load_clock(words);
    }
  }

  void load_address(std::istringstream& words) {
    InterfaceAddress address;
    std::string family;
    std::string state;
    words >> address.interface >> family >> address.address >> address.prefix_bits >> state >>
        address.broadcast;
    address.family = family == "4" ? InterfaceAddress::Family::ipv4 : InterfaceAddress::Family::ipv6;
    address.up = state == "up";
    with_address(std::move(address));
  }

  void load_clock(std::istringstream& words) {
    std::string state;
    std::int64_t offset = 0;
    std::int64_t maximum = 0;
    std::int64_t estimated = 0;
    ClockState clock;
    words >> state >> offset >> maximum >> estimated >> clock.frequency_ppm;
    clock.synchronised = state == "synchronised";
    clock.offset = std::chrono::nanoseconds(offset);
    clock.maximum_error = std::chrono::microseconds(maximum);
    clock.estimated_error = std::chrono::microseconds(estimated);
    with_clock(clock);
  }

  std::map<std::string, std::string, std::less<>> files_;
  std::map<std::string, std::string, std::less<>> links_;
  std::map<std::string, std::set<std::string>, std::less<>> folders_;
  std::map<std::string, FileSystemUsage, std::less<>> usages_;
  std::set<std::string, std::less<>> closed_;
  std::vector<InterfaceAddress> addresses_;
  std::optional<ClockState> clock_;
  bool clock_forbidden_ = false;
  mutable std::string asked_;
  mutable std::map<std::string, std::size_t> reads_;
  mutable std::size_t usages_asked_ = 0;
  SystemName name_{"Linux", "fake", "6.1.0", "#1 SMP", "x86_64"};
  std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
  std::chrono::system_clock::time_point wall_{std::chrono::seconds(1795168496)};
  std::chrono::minutes utc_offset_{0};
};

}  // namespace muster::testing
