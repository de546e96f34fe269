// SPDX-License-Identifier: GPL-2.0-or-later
// The package's way to one host: a channel of the login user beside the root script, which asks for the
// package when it needs it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "orchestrator/provision/host_line.h"
#include "orchestrator/provision/visit_end.h"
#include "orchestrator/ssh/channel.h"
#include "orchestrator/ssh/job.h"
#include "orchestrator/ssh/message.h"
#include "orchestrator/ssh/session.h"

namespace muster {

class PackageUpload {
 public:
  using Tell = std::function<void(const Told&)>;

  // References outlive it; `package` is an open file.
  PackageUpload(SshSession& session, const Job& job, int package, Tell tell);

  // Does nothing in a journey without a package.
  void start();
  VisitEnd advance();
  bool may_send() const { return channel_ && channel_->may_send(); }

  // The root script asks: what the host was thought to have is brought after all.
  void want();
  // Once, when it is wanted and whole: where it lies on the host.
  std::optional<std::string> take_path();
  // Root has its copy: the upload may go.
  void release();

 private:
  enum class Need { unless_there, forced };

  void open(Need need);
  VisitEnd line(const HostLine& line);
  void bring_if_wanted();

  SshSession& session_;
  const Job& job_;
  int package_;
  Tell tell_;
  std::unique_ptr<SshChannel> channel_;
  std::string folder_;
  bool whole_ = false;
  bool there_ = false;  // the host has this package already
  bool wanted_ = false;
};

}  // namespace muster
