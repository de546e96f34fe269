// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/resolver.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <deque>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <unordered_set>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <netdb.h>
#include <sys/socket.h>

#include "core/http/loop.h"

namespace muster::http {
namespace {

using std::chrono::steady_clock;

Resolver::Found ask_the_system(const std::string& name) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int error = ::getaddrinfo(name.c_str(), nullptr, &wanted, &list); error != 0) {
    return {{}, error == EAI_SYSTEM ? std::generic_category().message(errno) : ::gai_strerror(error)};
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(list, &::freeaddrinfo);
  Resolver::Found found;
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) == 0) {
      found.addresses.emplace_back(text.data());
    }
  }
  if (found.addresses.empty()) found.problem = "it has no address";
  return found;
}

// Threads that are started meanwhile take no signals: those are the loop's.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  SignalsBlocked(SignalsBlocked&&) = delete;
  SignalsBlocked& operator=(SignalsBlocked&&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

struct Resolver::Shared {
  struct Job {
    std::uint64_t id;
    std::string name;
    bool slow;
  };

  explicit Shared(Lookup with) : lookup(std::move(with)) {}

  const Lookup lookup;
  std::mutex mutex;  // of all that follows
  Resolver* resolver = nullptr;
  std::deque<Job> jobs;
  std::deque<Job> slow_jobs;
  std::size_t most_threads = kMostThreads;
  std::size_t threads = 0;
  std::size_t on_slow_names = 0;
  std::unordered_set<std::string> slow_names;

  std::size_t most_on_slow_names() const { return std::min(kMostOnSlowNames, (most_threads + 1) / 2); }

  std::optional<Job> next() {
    const std::lock_guard lock(mutex);
    const bool may_be_slow = !slow_jobs.empty() && on_slow_names < most_on_slow_names();
    if (resolver == nullptr || (jobs.empty() && !may_be_slow)) {
      --threads;
      return std::nullopt;
    }
    auto& from = jobs.empty() ? slow_jobs : jobs;
    Job job = std::move(from.front());
    from.pop_front();
    if (job.slow) ++on_slow_names;
    return job;
  }

  void done(const Job& job, Found found, steady_clock::duration took) {
    const std::lock_guard lock(mutex);
    if (job.slow) --on_slow_names;
    if (took < kSlow) {
      slow_names.erase(job.name);
    } else {
      if (slow_names.size() >= kMostSlowNames) slow_names.clear();
      slow_names.insert(job.name);
    }
    if (resolver == nullptr) return;
    resolver->loop_.post([self = resolver->shared_, id = job.id, found = std::move(found)]() mutable {
      // In the loop's thread, which is the one that ends the resolver.
      if (self->resolver != nullptr) self->resolver->finish(id, std::move(found));
    });
  }
};

struct Resolver::Waiting {
  Done done;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work;
};

Resolver::Resolver(Loop& loop) : Resolver(loop, &ask_the_system) {}

Resolver::Resolver(Loop& loop, Lookup lookup)
    : loop_(loop), shared_(std::make_shared<Shared>(std::move(lookup))) {
  shared_->resolver = this;
}

Resolver::~Resolver() {
  const std::lock_guard lock(shared_->mutex);
  shared_->resolver = nullptr;
}

void Resolver::limit(std::size_t threads) {
  const std::lock_guard lock(shared_->mutex);
  shared_->most_threads = std::max<std::size_t>(threads, 1);
}

void Resolver::find(const std::string& name, Done done) {
  const std::uint64_t id = ++last_id_;
  waiting_.emplace(id, Waiting{std::move(done), boost::asio::make_work_guard(loop_.asio())});
  {
    const std::lock_guard lock(shared_->mutex);
    const bool slow = shared_->slow_names.contains(name);
    (slow ? shared_->slow_jobs : shared_->jobs).push_back({id, name, slow});
    if (shared_->threads >= shared_->most_threads) return;
    if (slow && shared_->on_slow_names >= shared_->most_on_slow_names()) return;
    ++shared_->threads;
  }
  start_thread();
}

// Out of threads: those that there are go on, and if there are none the lookups fail.
void Resolver::start_thread() {
  const SignalsBlocked blocked;
  try {
    std::thread([shared = shared_] { work(shared); }).detach();
  } catch (const std::system_error& error) {
    std::deque<Shared::Job> lost;
    {
      const std::lock_guard lock(shared_->mutex);
      if (--shared_->threads > 0) return;
      lost.swap(shared_->jobs);
      std::ranges::move(shared_->slow_jobs, std::back_inserter(lost));
      shared_->slow_jobs.clear();
    }
    for (const auto& job : lost) {
      loop_.post([self = shared_, id = job.id, why = std::string(error.what())] {
        if (self->resolver != nullptr) self->resolver->finish(id, {{}, "no thread for the lookup: " + why});
      });
    }
  }
}

void Resolver::work(const std::shared_ptr<Shared>& shared) {
  for (;;) {
    const auto job = shared->next();
    if (!job) return;
    const auto began = steady_clock::now();
    Found found = shared->lookup(job->name);
    shared->done(*job, std::move(found), steady_clock::now() - began);
  }
}

void Resolver::finish(std::uint64_t id, Found found) {
  auto waiting = waiting_.extract(id);
  if (!waiting.empty()) waiting.mapped().done(std::move(found));
}

}  // namespace muster::http
