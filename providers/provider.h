// SPDX-License-Identifier: GPL-2.0-or-later
// The contract between the agent and one CIM class.
//
// A provider is one file, providers/<stem>.cc, that defines make_<stem>(). The build lists the
// folder and writes the registry; no other file changes.
//
// Threads  one call at a time per provider object; different providers run in parallel.
// Limits   a call that outlives its deadline is abandoned and reported as timeout, so providers
//          only read files and call the kernel. They start no process and open no network connection.
#pragma once

#include <functional>
#include <memory>

#include "core/base/error.h"
#include "core/base/host.h"
#include "core/cim/instance.h"

namespace muster {

// Called once per instance, in key order.
using Emit = std::function<void(cim::Instance)>;

class Provider {
 public:
  virtual ~Provider() = default;
  virtual const cim::ClassDecl& decl() const = 0;

  // No instances and no error means "nothing to report here", e.g. no swap configured.
  virtual Result<void> enumerate(const Emit& emit) = 0;
};

}  // namespace muster
