// SPDX-License-Identifier: GPL-2.0-or-later
// The server half of WS-Management: one HTTP body in, one HTTP answer out.
//
// Ownership  the InstanceSource must outlive the Service, and the Service every fetch it has begun.
// Threads    one thread; handle(), expire() and the source's Done are called on it.
// Limits     request 512,000 octets; answer min(request's MaxEnvelopeSize, 512,000); 32 open enumerations for
//            one principal, 256 in all, 64 MiB of waiting rows in all; idle for 60 s at most. Subscriptions: see
//            subscription.h.
// Source     DSP0226 1.1, DSP0227; deviations and leniencies in docs/protocol.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/error.h"
#include "core/cim/class.h"
#include "core/cim/invocation.h"
#include "core/cim/selection.h"
#include "core/wsman/fault.h"
#include "core/wsman/item_shape.h"

namespace muster::wsman {

struct Query {
  enum class Kind { enumerate, get } kind = Kind::enumerate;
  std::string class_name;  // spelled as one of InstanceSource::classes()
  std::vector<cim::Selector>
      keys;  // get: exactly the keys of the class; enumerate: properties that must equal
  ItemShape shape = {};
};

using Rows =
    std::vector<std::string>;  // rendered instances: render.h, or item_shape.h when a shape is asked for

class InstanceSource {
 public:
  virtual ~InstanceSource() = default;
  // Called exactly once, on the service's thread, later or inside fetch().
  using Done = std::function<void(Result<Rows>)>;
  // Answers with Errc::timeout when the deadline passes. Every other error becomes the fault of its kind.
  virtual void fetch(const Query& query, std::chrono::milliseconds deadline, Done done) = 0;
  // The classes on offer: an unknown one is refused without asking, a base class is asked for as each of its
  // descendants in this order. Stable for the life of the source.
  virtual const std::vector<const cim::Class*>& classes() const = 0;
};

// What a method has answered: kReturnValue and its out-parameters, or why not.
using MethodOutcome = std::variant<cim::Arguments, Fault>;

// Who asks, as whoever let them in describes it.
struct Caller {
  std::string principal;     // opaque and unforgeable: what is bound to a caller is bound to this
  std::string subject = {};  // of a certificate
  std::string proof = {};    // that this caller is here; good for minutes
  std::string address = {};  // from where
};

// The methods of the classes, for one caller.
class MethodTarget {
 public:
  struct Bounds {
    std::chrono::milliseconds deadline;
    std::size_t octets;  // that the elements of the answer may take, as UTF-8
  };
  virtual ~MethodTarget() = default;
  // Called exactly once, on the service's thread, later or inside invoke().
  using Done = std::function<void(MethodOutcome)>;
  // The arguments fit the declaration. Answers timed_out when the deadline passes, and what was begun ends then.
  virtual void invoke(const cim::Invocation& invocation, const Bounds& bounds, Done done) = 0;
  // The caller has left: what was begun ends now, where it would change or hold anything, and Done is called.
  virtual void abandon() {}
  // Whose they are, for what goes on when the request is over.
  virtual Caller caller() const { return {}; }
};

struct Message {
  std::string content_type;  // the field's value; empty when the field is missing
  std::string soap_action;   // the field's value with or without quotes; empty when missing
  std::string_view body;     // need not outlive the call
};

struct Reply {
  int status = 200;
  std::string content_type;  // empty when there is no body
  std::string body;
};

struct ServiceIdentity {
  std::string vendor;
  std::string version;
  std::vector<std::string> security_profiles;  // whole URIs
};

// What the service takes from outside, so that tests can hold still.
struct Environment {
  std::function<std::chrono::steady_clock::time_point()> now;
  std::function<void(std::span<unsigned char>)> random;  // unguessable: enumeration contexts depend on it
};
Environment system_environment();

class Courier;
class EventSource;

class Service {
 public:
  Service(InstanceSource& source, ServiceIdentity identity, Environment environment = system_environment());
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  Service(Service&&) = delete;
  Service& operator=(Service&&) = delete;

  void identify_as(ServiceIdentity identity);  // from now on

  using Respond = std::function<void(Reply)>;
  // Keeps what it is given, to call it once at most: when the caller has left before the answer.
  using WhenGone = std::function<void(std::function<void()>)>;
  // `principal` is an opaque, unforgeable key of the authenticated caller; enumerations are bound to it.
  // `respond` is called exactly once, inside the call or when the source has answered. `methods` are those that
  // this caller is offered; null: none. Without `when_gone` a caller stays to the end.
  void handle(const std::string& principal, const Message& message, Respond respond,
              std::shared_ptr<MethodTarget> methods = nullptr, WhenGone when_gone = nullptr);

  // For a caller without credentials: Identify without versions and profiles; status 401 for anything else.
  Reply identify_anonymous(const Message& message);

  // Without a courier events are pulled, and bookmarks are not offered.
  void deliver_by(Courier& courier);
  // A source of events besides the thresholds, for classes of its own.
  void add_source(EventSource& source);

  // Drops enumerations that were idle for too long, ends subscriptions whose time is over and looks at what is
  // watched; call it about once a second.
  void expire();
  // Answers what waits for events, so that the process can end.
  void let_go();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace muster::wsman
