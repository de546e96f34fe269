// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/secret.h"

#include <cstring>
#include <new>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

namespace muster {
namespace {

std::size_t mapped_size(std::size_t size) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return (size + page - 1) / page * page;
}

}  // namespace

void wipe(void* bytes, std::size_t size) noexcept {
  if (size > 0) ::explicit_bzero(bytes, size);
}

Secret::Secret(std::string_view bytes) {
  if (bytes.empty()) return;
  // Whole pages of its own, so that locking and leaving out of dumps touch nothing else.
  void* pages =
      ::mmap(nullptr, mapped_size(bytes.size()), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  static_cast<void>(::mlock(pages, mapped_size(bytes.size())));  // best effort: RLIMIT_MEMLOCK may be 0
  static_cast<void>(::madvise(pages, mapped_size(bytes.size()), MADV_DONTDUMP));
  bytes_ = static_cast<char*>(pages);
  size_ = bytes.size();
  std::memcpy(bytes_, bytes.data(), size_);
}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  bytes_ = std::exchange(other.bytes_, nullptr);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

Secret::~Secret() {
  wipe();
}

void Secret::wipe() noexcept {
  if (bytes_ == nullptr) return;
  muster::wipe(bytes_, size_);
  ::munmap(bytes_, mapped_size(size_));
  bytes_ = nullptr;
  size_ = 0;
}

bool operator==(const Secret& a, const Secret& b) {
  if (a.size_ != b.size_) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size_; ++i) {
    difference = static_cast<unsigned char>(difference | (a.bytes_[i] ^ b.bytes_[i]));
  }
  return difference == 0;
}

}  // namespace muster
