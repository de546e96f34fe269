// SPDX-License-Identifier: GPL-2.0-or-later
// The monitor's memory of whom it has let in to watch which log file. A watch outlives the proof that its caller brought,
// and the front, and the agent; so what was granted with a proof may be begun again without one, for kLife after the
// last proof, and nothing else may: caller, file and expressions have to be the same.
//
// Paths    FOLDER/NAME.permit, the folder and the files root's alone; for watches whose place is kept. The others are
//          remembered as long as the front lives.
// Limits   kMost on disk, the one that ends first goes; as many in memory.
// Errors   internal, denied: it could not be written down.
// Threads  the monitor's one.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/ipc/run_order.h"
#include "agent/ipc/watch_order.h"
#include "core/base/error.h"

namespace muster::agent {

inline constexpr char kPermitFolder[] = "/watches";

class WatchPermits {
 public:
  using Time = std::chrono::system_clock::time_point;
  static constexpr std::chrono::hours kLife{8 *
                                            24};  // a subscription has at most seven days until it is renewed
  static constexpr std::size_t kMost = 64;

  explicit WatchPermits(std::string folder) : folder_(std::move(folder)) {}

  // The caller has just been let in. On disk when it returns, if the watch's place is kept.
  Result<void> add(const ipc::Caller& caller, const ipc::WatchOrder& watch, Time now);
  // The caller, with the certificate's subject of that time; nullopt: was not let in for this, or too long ago.
  std::optional<ipc::Caller> find(const ipc::Caller& caller, const ipc::WatchOrder& watch, Time now) const;
  // The caller has just been let in again. A permit that is not there, or is another caller's, stays as it is.
  Result<void> renew(const std::string& name, const ipc::Caller& caller, Time now);
  void remove(const std::string& name);
  void front_has_gone() { fleeting_.clear(); }

 private:
  struct Permit {
    ipc::Caller caller;  // of a user without proof
    std::string what;    // hash of file and expressions
    std::string file;    // for people
    Time until;
  };
  std::string path(const std::string& name) const;
  std::optional<Permit> read(const std::string& name, Time now) const;
  Result<void> write(const std::string& name, const Permit& permit) const;
  void make_room(Time now);

  std::string folder_;
  std::map<std::string, Permit> fleeting_;
};

}  // namespace muster::agent
