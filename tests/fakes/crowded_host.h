// SPDX-License-Identifier: GPL-2.0-or-later
// Machines that are too large to keep as files: hundreds of mounts, thousands of processes.
#pragma once

#include <cstddef>
#include <string>

#include "tests/fakes/fake_host.h"

namespace muster::testing {

inline constexpr std::size_t kCrowdedMounts = 500;
inline constexpr std::size_t kCrowdedProcesses = 10'000;

inline std::string mount_line(const std::string& number, bool disk) {
  return number + " 1 " + (disk ? "8:" : "0:") + number + " / /mnt/" + number + " rw - " +
         (disk ? "xfs /dev/sd" : "nfs4 dead.example:/") + number + " rw\n";
}

inline std::string stat_line(const std::string& pid) {
  return pid + " (worker " + pid + ") S 1 1 1 0 -1 4194560 2609 0 3 0 14 17 5 6 20 0 1 0 104166 1425408 " +
         "283 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
}

inline std::string status_lines(const std::string& pid) {
  return "Name:\tworker\nTgid:\t" + pid + "\nPid:\t" + pid +
         "\nUid:\t1000\t1000\t1000\t1000\nVmData:\t 400 kB\n";
}

// Every fifth mount is a disk; the others are NFS from a server that has gone. Asked for any of them the host
// answers as a kernel does that has given up; a live one would never answer.
inline FakeHost host_with_many_mounts() {
  auto host = FakeHost::from_tree(MUSTER_SOURCE_DIR "/tests/trees/bookworm");
  std::string mounts = "1 0 254:1 / / rw - ext4 /dev/vda1 rw\n";
  for (std::size_t i = 1; i < kCrowdedMounts; ++i) {
    const auto number = std::to_string(i);
    const bool disk = i % 5 == 0;
    mounts += mount_line(number, disk);
    if (disk) {
      host.with_usage("/mnt/" + number, {4096, 1U << 30U, 1U << 29U, 1U << 29U, 1000, 500, 255, false});
    }
  }
  return host.with_file("/proc/1/mountinfo", mounts);
}

inline FakeHost host_with_many_processes() {
  auto host = FakeHost::from_tree(MUSTER_SOURCE_DIR "/tests/trees/bookworm");
  for (std::size_t i = 0; i < kCrowdedProcesses; ++i) {
    const auto pid = std::to_string(1000 + i);
    const auto folder = "/proc/" + pid;
    host.with_file(folder + "/stat", stat_line(pid));
    host.with_file(folder + "/status", status_lines(pid));
    host.with_file(folder + "/cmdline", std::string("/usr/bin/worker\0--number\0", 25) + pid);
  }
  return host;
}

}  // namespace muster::testing
