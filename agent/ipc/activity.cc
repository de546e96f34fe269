// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/ipc/activity.h"

#include <atomic>
#include <new>

#include <sys/mman.h>

#include "core/base/fd.h"

namespace muster::ipc {

struct Activity::Page {
  std::atomic<std::uint64_t> host_at{0};  // 1 + the provider's number
  std::atomic<std::uint64_t> host_work{0};
  std::atomic<std::uint64_t> front_work{0};
  std::atomic<std::uint64_t> courier_work{0};
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "shared between processes");

void Activity::Unmap::operator()(Page* page) const {
  ::munmap(page, sizeof *page);
}

Result<Activity> Activity::shared() {
  void* page = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return fail(errno_error("mmap"));
  return Activity(new (page) Page);
}

void Activity::host_begins(std::uint32_t provider) const {
  page_->host_at = std::uint64_t{provider} + 1;
}

void Activity::host_ends() const {
  page_->host_at = 0;
  ++page_->host_work;
}

std::optional<std::uint32_t> Activity::host_is_at() const {
  const std::uint64_t at = page_->host_at;
  if (at == 0) return std::nullopt;
  return static_cast<std::uint32_t>(at - 1);
}

std::uint64_t Activity::host_work() const {
  return page_->host_work;
}

std::uint64_t Activity::front_work() const {
  return page_->front_work;
}

void Activity::front_work(std::uint64_t total) const {
  page_->front_work = total;
}

std::uint64_t Activity::courier_work() const {
  return page_->courier_work;
}

void Activity::courier_work(std::uint64_t total) const {
  page_->courier_work = total;
}

}  // namespace muster::ipc
