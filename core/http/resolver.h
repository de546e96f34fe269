// SPDX-License-Identifier: GPL-2.0-or-later
// Looks names up with getaddrinfo(3), which blocks: in threads of its own, which come when they are needed and go when
// they are not. A name whose lookup took long before waits behind the others, so that some names without an answer do
// not delay all those that have one.
//
// Limits   kMostThreads at a time (see limit()), of which kMostOnSlowNames for slow names; kMostSlowNames remembered.
// Threads  all of it in the loop's; a lookup that is running when the resolver goes ends alone, and tells nobody.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace muster::http {

class Loop;

class Resolver {
 public:
  static constexpr std::size_t kMostThreads = 32;
  static constexpr std::size_t kMostOnSlowNames = 8;
  static constexpr std::size_t kMostSlowNames = 10'000;
  static constexpr std::chrono::milliseconds kSlow{1'000};

  struct Found {
    std::vector<std::string> addresses;  // as text, in the order in which to try them
    std::string problem;                 // when there are none
  };
  using Lookup = std::function<Found(const std::string& name)>;  // called in any thread
  using Done = std::function<void(Found)>;

  explicit Resolver(Loop& loop);
  Resolver(Loop& loop, Lookup lookup);  // the test's
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  Resolver(Resolver&&) = delete;
  Resolver& operator=(Resolver&&) = delete;

  // `done` is called once, later. The loop does not run out of work before.
  void find(const std::string& name, Done done);
  // For a process whose address space is small: a thread takes 8 MB of it and more.
  void limit(std::size_t threads);

 private:
  struct Shared;
  struct Waiting;
  static void work(const std::shared_ptr<Shared>& shared);
  void start_thread();
  void finish(std::uint64_t id, Found found);

  Loop& loop_;
  std::shared_ptr<Shared> shared_;
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t last_id_ = 0;
};

}  // namespace muster::http
