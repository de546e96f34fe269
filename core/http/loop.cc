// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/loop.h"

#include <algorithm>
#include <csignal>
#include <map>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <fcntl.h>

#include "core/base/log.h"
#include "core/http/resolver.h"

namespace muster::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;
using Descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;
using Timer = asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>,
                                         asio::io_context::executor_type>;

// What a subscription and its pending handler share. The handler keeps it alive, so that the function may
// drop the subscription while it runs.
struct Callback {
  std::function<void()> call;
  bool wanted = true;
};

// The kernel lets an epoll set hold a descriptor once, so its watchers share the registration. Asio makes
// the descriptor non-blocking; the flag that the caller had set comes back with the last watcher.
class Watched {
 public:
  Watched(asio::io_context& context, int fd) : descriptor_(context), flags_(::fcntl(fd, F_GETFL)) {
    error_code ignored;  // a descriptor that cannot be watched is reported ready at once
    descriptor_.assign(fd, ignored);
  }
  ~Watched() {
    if (!descriptor_.is_open()) return;
    const int fd = descriptor_.release();
    if (flags_ >= 0 && (flags_ & O_NONBLOCK) == 0) ::fcntl(fd, F_SETFL, flags_);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  Watched(Watched&&) = delete;
  Watched& operator=(Watched&&) = delete;

  Descriptor& descriptor() { return descriptor_; }

 private:
  Descriptor descriptor_;
  int flags_;
};

// Cancelling one watcher cancels those of the same descriptor too; they arm themselves again.
void arm(const std::shared_ptr<Watched>& watched, const std::shared_ptr<Callback>& callback,
         Descriptor::wait_type what) {
  const std::weak_ptr<Watched> weak = watched;
  watched->descriptor().async_wait(what, [weak, callback, what](error_code error) {
    if (!callback->wanted) return;
    if (error != asio::error::operation_aborted) callback->call();
    const auto again = weak.lock();
    if (callback->wanted && again) arm(again, callback, what);
  });
}

class Watch final : public Subscription {
 public:
  Watch(std::shared_ptr<Watched> watched, std::function<void()> ready, Descriptor::wait_type what)
      : watched_(std::move(watched)), callback_(std::make_shared<Callback>(Callback{std::move(ready)})) {
    arm(watched_, callback_, what);
  }
  ~Watch() override {
    callback_->wanted = false;
    error_code ignored;
    watched_->descriptor().cancel(ignored);
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  Watch(Watch&&) = delete;
  Watch& operator=(Watch&&) = delete;

 private:
  std::shared_ptr<Watched> watched_;
  std::shared_ptr<Callback> callback_;
};

// Every beat is counted from the one before, so that a period does not drift; beats that were missed
// (a stopped process) are not made up for.
void beat(const std::shared_ptr<Timer>& timer, const std::shared_ptr<Callback>& callback,
          std::chrono::milliseconds period) {
  timer->async_wait([timer, callback, period](error_code error) {
    if (error || !callback->wanted) return;
    callback->call();
    if (!callback->wanted || period.count() <= 0) return;
    timer->expires_at(std::max(timer->expiry() + period, steady_clock::now()));
    beat(timer, callback, period);
  });
}

class Timed final : public Subscription {
 public:
  Timed(asio::io_context& context, std::chrono::milliseconds first, std::chrono::milliseconds period,
        std::function<void()> work)
      : timer_(std::make_shared<Timer>(context, first)),
        callback_(std::make_shared<Callback>(Callback{std::move(work)})) {
    beat(timer_, callback_, period);
  }
  ~Timed() override {
    callback_->wanted = false;
    try {
      timer_->cancel();
    } catch (const boost::system::system_error& error) {
      log::warning("http", std::string("a timer stays: ") + error.what());
    }
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;
  Timed(Timed&&) = delete;
  Timed& operator=(Timed&&) = delete;

 private:
  std::shared_ptr<Timer> timer_;
  std::shared_ptr<Callback> callback_;
};

void listen_for(const std::shared_ptr<asio::signal_set>& signals, const std::shared_ptr<Callback>& callback) {
  signals->async_wait([signals, callback](error_code error, int) {
    if (error || !callback->wanted) return;
    callback->call();
    if (callback->wanted) listen_for(signals, callback);
  });
}

class Signalled final : public Subscription {
 public:
  Signalled(asio::io_context& context, int number, std::function<void()> arrived)
      : signals_(std::make_shared<asio::signal_set>(context)),
        callback_(std::make_shared<Callback>(Callback{std::move(arrived)})) {
    error_code ignored;  // only SIGKILL, SIGSTOP and numbers that do not exist fail
    signals_->add(number, ignored);
    listen_for(signals_, callback_);
  }
  ~Signalled() override {
    callback_->wanted = false;
    error_code ignored;
    signals_->clear(ignored);
    signals_->cancel(ignored);
  }
  Signalled(const Signalled&) = delete;
  Signalled& operator=(const Signalled&) = delete;
  Signalled(Signalled&&) = delete;
  Signalled& operator=(Signalled&&) = delete;

 private:
  std::shared_ptr<asio::signal_set> signals_;
  std::shared_ptr<Callback> callback_;
};

}  // namespace

struct Loop::State {
  asio::io_context context{1};
  std::map<int, std::weak_ptr<Watched>> watched;
  std::unique_ptr<Resolver> resolver;  // since it was wanted first

  std::shared_ptr<Watched> watch(int fd) {
    if (auto found = watched[fd].lock()) return found;
    std::erase_if(watched, [](const auto& entry) { return entry.second.expired(); });
    auto made = std::make_shared<Watched>(context, fd);
    watched[fd] = made;
    return made;
  }
};

Loop::Loop() : state_(std::make_unique<State>()) {
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): OpenSSL writes to sockets with write(2)
}

Loop::~Loop() = default;

void Loop::run() {
  state_->context.run();
  state_->context.restart();
}

void Loop::stop() {
  state_->context.stop();
}

void Loop::post(std::function<void()> work) {
  asio::post(state_->context, std::move(work));
}

std::unique_ptr<Subscription> Loop::when_readable(int fd, std::function<void()> ready) {
  return std::make_unique<Watch>(state_->watch(fd), std::move(ready), Descriptor::wait_read);
}

std::unique_ptr<Subscription> Loop::when_writable(int fd, std::function<void()> ready) {
  return std::make_unique<Watch>(state_->watch(fd), std::move(ready), Descriptor::wait_write);
}

std::unique_ptr<Subscription> Loop::after(std::chrono::milliseconds delay, std::function<void()> work) {
  return std::make_unique<Timed>(state_->context, delay, std::chrono::milliseconds(0), std::move(work));
}

std::unique_ptr<Subscription> Loop::every(std::chrono::milliseconds period, std::function<void()> work) {
  return std::make_unique<Timed>(state_->context, period, std::max(period, std::chrono::milliseconds(1)),
                                 std::move(work));
}

std::unique_ptr<Subscription> Loop::on_signal(int number, std::function<void()> arrived) {
  return std::make_unique<Signalled>(state_->context, number, std::move(arrived));
}

Resolver& Loop::resolver() {
  if (!state_->resolver) state_->resolver = std::make_unique<Resolver>(*this);
  return *state_->resolver;
}

boost::asio::io_context& Loop::asio() {
  return state_->context;
}

}  // namespace muster::http
