// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/oom/failing_allocations.h"

#include <cstdlib>
#include <new>

#include <openssl/crypto.h>
#include <pugixml.hpp>

namespace muster::testing {
namespace {

thread_local std::size_t left = 0;  // allocations until one fails; 0: none does
thread_local bool reached = false;

bool fails_now() {
  if (left == 0 || --left > 0) return false;
  reached = true;
  return true;
}

void* allocate(std::size_t size) {
  return fails_now() ? nullptr : std::malloc(size == 0 ? 1 : size);
}

void* allocate_or_throw(std::size_t size) {
  void* const memory = allocate(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void* openssl_allocate(std::size_t size, const char* /*file*/, int /*line*/) {
  return size == 0 ? nullptr : allocate(size);
}

void* openssl_resize(void* memory, std::size_t size, const char* /*file*/, int /*line*/) {
  return fails_now() ? nullptr : std::realloc(memory, size);
}

void openssl_release(void* memory, const char* /*file*/, int /*line*/) {
  std::free(memory);
}

}  // namespace

void take_over_allocation() {
  if (CRYPTO_set_mem_functions(openssl_allocate, openssl_resize, openssl_release) != 1) std::abort();
  pugi::set_memory_management_functions(allocate, std::free);
}

FailingAllocation::FailingAllocation(std::size_t number) {
  left = number;
  reached = false;
}

FailingAllocation::~FailingAllocation() {
  left = 0;
}

bool FailingAllocation::failed() const {
  return reached;
}

}  // namespace muster::testing

// NOLINTBEGIN(misc-new-delete-overloads): all that a sanitizer would replace otherwise
void* operator new(std::size_t size) {
  return muster::testing::allocate_or_throw(size);
}
void* operator new[](std::size_t size) {
  return muster::testing::allocate_or_throw(size);
}
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  return muster::testing::allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  return muster::testing::allocate(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}
void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, const std::nothrow_t& /*tag*/) noexcept {
  std::free(memory);
}
// NOLINTEND(misc-new-delete-overloads)
