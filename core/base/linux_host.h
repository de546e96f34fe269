// SPDX-License-Identifier: GPL-2.0-or-later
// The machine this program runs on, read through the kernel.
//
// Paths    resolved below `root`, "" for the live machine. Kernel calls and clocks are always the live
//          machine's.
// Threads  every method may be called from any thread at the same time.
// Limits   read_file refuses a larger file, read_start cuts it. Opening never waits for the other end of a
//          FIFO.
#pragma once

#include <string>
#include <utility>

#include "core/base/host.h"
#include "core/base/kept_files.h"

namespace muster {

class LinuxHost final : public Host {
 public:
  explicit LinuxHost(std::string root = {}) : root_(std::move(root)) {}

  Result<std::string> read_file(std::string_view path, std::size_t limit = 1 << 20) const override;
  Result<std::string> read_start(std::string_view path, std::size_t limit) const override;
  Result<std::string> read_process_file(std::uint32_t pid, std::string_view file,
                                        std::size_t limit) const override;
  Result<std::string> read_within(std::string_view mount_point, std::string_view path,
                                  std::size_t limit) const override;
  Result<std::vector<std::string>> list_folder(std::string_view path) const override;
  Result<std::string> read_link(std::string_view path) const override;
  Result<FileSystemUsage> file_system_usage(std::string_view mount_point) const override;
  SystemName system_name() const override;
  Result<std::vector<InterfaceAddress>> interface_addresses() const override;
  Result<ClockState> clock_state() const override;
  Result<std::string> ask_socket(std::string_view path, std::string_view request,
                                 const Complete& complete) const override;
  long clock_ticks_per_second() const override;
  long page_bytes() const override;
  std::chrono::steady_clock::time_point now() const override;
  std::chrono::system_clock::time_point wall_clock() const override;
  std::chrono::minutes utc_offset() const override;

 private:
  std::string full(std::string_view path) const;

  std::string root_;
  mutable KeptFiles kept_;  // of the live machine
};

}  // namespace muster
