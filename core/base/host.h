// SPDX-License-Identifier: GPL-2.0-or-later
// The machine being observed, as the providers may see it: read-only files, a few kernel calls, two clocks, and
// questions to local services.
//
// Paths    absolute, as on a live system ("/proc/meminfo"). The real host resolves them under
//          a root prefix, so a recorded tree can stand in for a machine.
// Errors   not_found, denied, malformed (file larger than limit), timeout, internal.
// Threads  every method may be called from any thread at the same time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace muster {

// statvfs(3), in bytes and counts.
struct FileSystemUsage {
  std::uint64_t block_bytes = 0;
  std::uint64_t size_bytes = 0;
  std::uint64_t free_bytes = 0;       // including what is reserved for root
  std::uint64_t available_bytes = 0;  // what an ordinary user may still take
  std::uint64_t inodes = 0;
  std::uint64_t free_inodes = 0;
  std::uint32_t max_name_bytes = 0;
  bool read_only = false;
};

// uname(2).
struct SystemName {
  std::string system;   // "Linux"
  std::string node;     // host name
  std::string release;  // kernel release
  std::string version;
  std::string machine;  // "x86_64"
};

// An address of a network interface, as the kernel lists them.
struct InterfaceAddress {
  enum class Family { ipv4, ipv6 };
  std::string interface;  // "eth0", also for an address with a label of its own such as eth0:1
  Family family = Family::ipv4;
  std::string address;
  std::uint32_t prefix_bits = 0;
  std::string broadcast;  // empty without
  bool up = false;        // the interface is switched on
};

// adjtimex(2).
struct ClockState {
  bool synchronised = false;
  std::chrono::nanoseconds offset{0};          // what is still to be corrected
  std::chrono::microseconds maximum_error{0};  // grows until somebody sets the clock right
  std::chrono::microseconds estimated_error{0};
  double frequency_ppm = 0;  // correction of the clock's speed, in millionths
};

class Host {
 public:
  virtual ~Host() = default;

  // Whole file, at most `limit` bytes. Files in /proc report size 0; the content is still read.
  virtual Result<std::string> read_file(std::string_view path, std::size_t limit = 1 << 20) const = 0;

  // The first `limit` bytes of a file, or all of it when it is shorter. For text that others may make as long
  // as they please, such as a command line.
  virtual Result<std::string> read_start(std::string_view path, std::size_t limit) const = 0;

  // The first `limit` bytes of a file in the folder of a process: "stat", "status", "cmdline". Asked for thousands of
  // times in a row.
  virtual Result<std::string> read_process_file(std::uint32_t pid, std::string_view file,
                                                std::size_t limit) const {
    return read_start(std::string("/proc/").append(std::to_string(pid)).append("/").append(file), limit);
  }

  // The same as read_start() for a path below the mount point that does not leave its file system on the way: what others can
  // name may lie where reading never returns. Links are followed as if the mount point were "/".
  virtual Result<std::string> read_within(std::string_view mount_point, std::string_view path,
                                          std::size_t limit) const = 0;

  // Names of a folder's entries without "." and "..", in no order.
  virtual Result<std::vector<std::string>> list_folder(std::string_view path) const = 0;

  virtual Result<std::string> read_link(std::string_view path) const = 0;
  // Waits as long as the file system does, forever if it hangs: never ask about network or user-space file
  // systems.
  virtual Result<FileSystemUsage> file_system_usage(std::string_view mount_point) const = 0;
  virtual SystemName system_name() const = 0;
  // In the kernel's order: the first of an interface and family is its main one.
  virtual Result<std::vector<InterfaceAddress>> interface_addresses() const = 0;
  virtual Result<ClockState> clock_state() const = 0;

  // Says whether the answer is there; an error ends the conversation.
  using Complete = std::function<Result<bool>(std::string_view answer)>;
  // Sends the request to a local stream socket and returns what came back by the time it was complete.
  // Limits  kSocketDeadline and kSocketLimit for all of it.
  virtual Result<std::string> ask_socket(std::string_view path, std::string_view request,
                                         const Complete& complete) const = 0;
  static constexpr std::chrono::seconds kSocketDeadline{3};
  static constexpr std::size_t kSocketLimit = std::size_t{8} << 20;

  virtual long clock_ticks_per_second() const = 0;
  virtual long page_bytes() const = 0;

  // Steady time: only differences mean anything.
  virtual std::chrono::steady_clock::time_point now() const = 0;
  // Wall clock.
  virtual std::chrono::system_clock::time_point wall_clock() const = 0;
  // Local time minus UTC, now.
  virtual std::chrono::minutes utc_offset() const = 0;
};

}  // namespace muster
