// SPDX-License-Identifier: GPL-2.0-or-later
// The monitor's end of the channel to the front: the logins and orders that the front brings, and what it is handed.
//
// Errors   a front that breaks the protocol is killed; its death is what the monitor then sees.
// Threads  the monitor's one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>

#include "agent/config.h"
#include "agent/host/rows_writer.h"
#include "agent/ipc/channel.h"
#include "agent/monitor/executors.h"
#include "agent/monitor/logins.h"
#include "agent/monitor/tickets.h"
#include "agent/monitor/workers.h"
#include "core/base/fd.h"

namespace muster::agent {

class FrontDesk {
 public:
  // `serves` is called whenever a front has become ready.
  FrontDesk(const Config& config, Workers& workers, std::function<void()> serves);

  void open(Fd channel);  // to a front that is starting and has all there is to hand over
  void close();           // it has ended: nobody is left to answer to
  bool serves() const { return serves_; }
  // It asked for a courier since it was handed one.
  bool wants_courier() const { return wants_courier_; }

  // At once, or when the front serves.
  void hand_host(Fd channel);
  void hand_identity();
  void hand_settings();
  // At once; only to a front that serves.
  void hand_courier(const Fd& channel);

  // The rules for logins and grants are those of the configuration again.
  void follow_config();
  void look_again_who_may_watch() { executors_.look_again_who_may_watch(); }

  void append_descriptors(std::vector<pollfd>& wait) const;
  int wait_milliseconds() const;  // -1: for ever
  void work();                    // after poll(2)

 private:
  struct Order {
    std::uint64_t id;
    ipc::Tag tag;
    RowsReader rows;
  };

  void receive();
  void take(ipc::Frame& frame);
  void take_login(ipc::Frame& frame);
  void take_order(ipc::Frame& frame);
  void take_proof(const ipc::Frame& frame);
  void is_ready();
  void tell(std::uint64_t id, bool accepted, const std::string& user);
  void send(const ipc::Frame& frame, int descriptor = -1);
  void end_front();
  void forget_secrets();

  const Config& config_;
  Workers& workers_;
  std::function<void()> serves_call_;
  std::optional<ipc::Channel> channel_;
  Fd host_for_later_;
  bool serves_ = false;
  bool wants_courier_ = false;
  bool identity_unsent_ = false;
  bool settings_unsent_ = false;
  Logins logins_;
  Tickets tickets_;
  std::optional<Order> order_;  // of which not all frames have come yet
  Executors executors_;
};

}  // namespace muster::agent
