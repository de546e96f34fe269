// SPDX-License-Identifier: GPL-2.0-or-later
// A worker's whole life: one host over one SSH connection. Probe and upload are in flight together;
// everything that root does goes through one further channel.
//
// Order   host key, login, probe; the root script starts only once the probe has found a platform that we
// serve, and
//         sudo gets at most one password.
// Errors  the first failure is told to the management server and ends the visit.
#pragma once

#include <memory>
#include <string>

#include "core/base/fd.h"
#include "orchestrator/provision/facts.h"
#include "orchestrator/provision/host_line.h"
#include "orchestrator/provision/package_upload.h"
#include "orchestrator/provision/visit_end.h"
#include "orchestrator/ssh/channel.h"
#include "orchestrator/ssh/job.h"
#include "orchestrator/ssh/message.h"
#include "orchestrator/ssh/session.h"

namespace muster {

class Visit {
 public:
  // `socket` leads to the management server; `package` may be empty.
  Visit(int socket, Job job, Fd package);
  // True when the host is done; the outcome has been told.
  bool run();

 private:
  VisitEnd connect();
  VisitEnd await_consent();
  VisitEnd work();
  VisitEnd turn();

  void open_root();
  VisitEnd advance_root();
  VisitEnd root_line(const HostLine& line);
  VisitEnd root_ended();
  void start_root_script();
  VisitEnd hear_sudo();

  VisitEnd advance_probe();
  VisitEnd advance_upload();
  void offer_package();

  VisitEnd hear_server();
  void tell(const Told& told) const;
  bool finished() const;

  int socket_;
  Job job_;
  Fd package_;
  Deadline deadline_;
  FrameReader from_server_;
  SshSession session_;
  Facts facts_;
  std::string step_ = "connect";

  std::unique_ptr<SshChannel> probe_;
  bool probed_ = false;

  PackageUpload upload_;

  std::unique_ptr<SshChannel> root_;
  Terminal terminal_ = Terminal::none;
  bool root_ready_ = false;
  bool script_sent_ = false;
  bool root_finished_ = false;
  std::string noise_;     // what was not ours, for diagnosis
  std::string question_;  // lines of the next question
};

}  // namespace muster
