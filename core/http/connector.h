// SPDX-License-Identifier: GPL-2.0-or-later
// Finds the addresses of a host and connects to the first that answers, each getting its share of the time.
//
// Errors     unreachable (name not found, refused, no route, reset), timeout (the last address was silent).
// Ownership  dropping the connector drops the attempt; the callback is not called then.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/http/loop.h"

namespace muster::http {

class Connector {
 public:
  using Done = std::function<void(Result<Fd>)>;  // called once, never from inside start()

  static std::unique_ptr<Connector> start(Loop& loop, std::string host, std::uint16_t port,
                                          std::chrono::milliseconds time, Done done);
  virtual ~Connector() = default;
};

// "db1:1270", "[::1]:1270"
std::string host_and_port(const std::string& host, std::uint16_t port);

}  // namespace muster::http
