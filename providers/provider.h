// SPDX-License-Identifier: GPL-2.0-or-later
// The contract between the agent and one CIM class.
//
// A provider is one file, providers/<stem>.cc, that defines make_<stem>(). The build lists the
// folder and writes the registry; no other file changes.
//
// Threads  one call at a time per provider object.
// Limits   a call that outlives its deadline is abandoned and reported as timeout, so providers
//          only read files and call the kernel. They start no process and open no network connection.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/host.h"
#include "core/cim/instance.h"
#include "core/cim/invocation.h"
#include "core/cim/selection.h"

namespace muster {

// Called once per instance, in key order.
using Emit = std::function<void(cim::Instance)>;

class CallRecords;

// What a provider may need to know beyond the machine itself.
struct ProviderSetting {
  std::vector<std::string> certificate_files;  // as the agent's configuration lists them
  const CallRecords* calls = nullptr;          // outlives the last call of a provider; nullptr: not kept
};

class Provider {
 public:
  virtual ~Provider() = default;
  virtual const cim::Class& cim_class() const = 0;

  // Told once before the first call, or never.
  virtual void settle(const ProviderSetting& /*setting*/) {}

  // No instances and no error means "nothing to report here", e.g. no swap configured.
  virtual Result<void> enumerate(const Emit& emit) = 0;

  // The instances with these keys (none or one). Override where one can be had for less than all.
  virtual Result<void> find(const std::vector<cim::Selector>& keys, const Emit& emit) {
    return enumerate([&](cim::Instance instance) {
      if (cim::selects(keys, instance)) emit(std::move(instance));
    });
  }

  // One of the methods of its class that only read, with arguments that fit the declaration. A call whose answer
  // was lost is made again. Methods that act for their caller are the agent's business: agent/executor.
  virtual Result<cim::Arguments> invoke(const cim::Invocation& call) {
    return fail(Errc::unsupported, call.class_name + ": " + call.method + " is not offered here");
  }

  // Rates need two readings. A provider that reports them says how often it wants sample() called;
  // zero means never. Between samples enumerate() reports the latest interval.
  virtual std::chrono::seconds sampling_interval() const { return std::chrono::seconds(0); }
  virtual void sample() {}
};

}  // namespace muster
