// SPDX-License-Identifier: GPL-2.0-or-later
// Lets one allocation fail: of operator new, of pugixml and of OpenSSL. A program that links this has its operators
// new and delete; gSOAP and libc are not reached.
//
// Threads  each has its own count.
#pragma once

#include <cstddef>

namespace muster::testing {

// Call first in main(), before anything is allocated by the two libraries.
void take_over_allocation();

// The allocation with this number, counted from 1, fails while the object lives.
class FailingAllocation {
 public:
  explicit FailingAllocation(std::size_t number);
  ~FailingAllocation();
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;
  FailingAllocation(FailingAllocation&&) = delete;
  FailingAllocation& operator=(FailingAllocation&&) = delete;
  bool failed() const;  // it was reached
};

}  // namespace muster::testing
