// SPDX-License-Identifier: GPL-2.0-or-later
// What front, provider host and courier are at, in a page that they share with the monitor: so that a hang and a process that
// burns CPU for nothing can be told from work, and the class that is to blame be named.
//
// Ownership made by the monitor before it forks; the page is there for as long as anybody has it mapped.
// Limits    numbers alone. A process that was taken over can write any: take them as hints, index nothing unchecked.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/error.h"

namespace muster::ipc {

class Activity {
 public:
  static Result<Activity> shared();  // across fork

  // The provider host, around each call of the provider with this number in the list.
  void host_begins(std::uint32_t provider) const;
  void host_ends() const;
  // The provider that is being called; nullopt: none is.
  std::optional<std::uint32_t> host_is_at() const;

  // How much each has done so far: calls of providers; connections and requests; words of the front and answers of
  // sinks.
  std::uint64_t host_work() const;
  std::uint64_t front_work() const;
  void front_work(std::uint64_t total) const;
  std::uint64_t courier_work() const;
  void courier_work(std::uint64_t total) const;

 private:
  struct Page;
  struct Unmap {
    void operator()(Page* page) const;
  };
  explicit Activity(Page* page) : page_(page) {}
  std::unique_ptr<Page, Unmap> page_;
};

}  // namespace muster::ipc
