// SPDX-License-Identifier: GPL-2.0-or-later
// One authentication attempt in a process of its own, so that a PAM module that crashes, leaks, sleeps or
// hangs costs one attempt and not the monitor.
//
// Limits  the child is killed at kDeadline.
// Threads the monitor's one thread.
#pragma once

#include <chrono>
#include <cstdint>

#include <sys/types.h>

#include "agent/auth/pam.h"
#include "core/base/fd.h"

namespace muster::auth {

inline constexpr std::chrono::seconds kDeadline{10};

// Who may log in at all; checked before PAM is asked.
struct Policy {
  std::string pam_service = "muster";
  bool allow_root = false;
};

class PamChild {
 public:
  // Forks. The result arrives as one byte on fd().
  static Result<PamChild> start(const Policy& policy, Attempt attempt, std::uint64_t id);

  PamChild(const PamChild&) = delete;
  PamChild& operator=(const PamChild&) = delete;
  PamChild(PamChild&&) noexcept = default;
  PamChild& operator=(PamChild&&) noexcept = default;
  ~PamChild() = default;

  int fd() const { return result_.get(); }
  pid_t pid() const { return pid_; }
  std::uint64_t id() const { return id_; }
  const std::string& user() const { return user_; }
  std::chrono::steady_clock::time_point started() const { return started_; }

  // Call when fd() is readable or the deadline has passed: kills what is left and gives the verdict. Anything but
  // the child's explicit "yes" is no. The process is the caller's to reap.
  bool finish();
  // After finish(): whether the child has said either. One that was killed or crashed has not.
  bool answered() const { return answered_; }

 private:
  PamChild() = default;
  Fd result_;
  pid_t pid_ = -1;
  std::uint64_t id_ = 0;
  std::string user_;
  std::chrono::steady_clock::time_point started_;
  bool answered_ = false;
};

}  // namespace muster::auth
