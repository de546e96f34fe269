// SPDX-License-Identifier: GPL-2.0-or-later
// One thread's event loop. Asio is inside and stays inside core/http.
//
// Threads  every method belongs to the thread in run(), except post() and stop(), which any thread may call.
// Signals  making a Loop ignores SIGPIPE for the whole process: a program that executes others resets it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "core/base/error.h"

namespace boost::asio {
class io_context;
}

namespace muster::http {

class Resolver;

// Dropping it cancels the callback.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  Loop(Loop&&) = delete;
  Loop& operator=(Loop&&) = delete;

  // Returns after stop(), or when nothing is left to wait for.
  void run();
  void stop();
  void post(std::function<void()> work);

  // The descriptor stays the caller's and must outlive the subscription; it is non-blocking meanwhile. The
  // callback may drop the subscription.
  [[nodiscard]] std::unique_ptr<Subscription> when_readable(int fd, std::function<void()> ready);
  [[nodiscard]] std::unique_ptr<Subscription> when_writable(int fd,
                                                            std::function<void()> ready);  // level: repeats
  [[nodiscard]] std::unique_ptr<Subscription> after(std::chrono::milliseconds delay,
                                                    std::function<void()> work);
  [[nodiscard]] std::unique_ptr<Subscription> every(std::chrono::milliseconds period,
                                                    std::function<void()> work);
  // Signals are taken out of normal delivery for the process while subscribed.
  [[nodiscard]] std::unique_ptr<Subscription> on_signal(int number, std::function<void()> arrived);

  Resolver& resolver();
  boost::asio::io_context& asio();  // for core/http only

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace muster::http
