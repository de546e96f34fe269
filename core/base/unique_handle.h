// SPDX-License-Identifier: GPL-2.0-or-later
// One owner for one C handle. The release function is part of the type, so a handle costs one pointer.
#pragma once

#include <memory>

namespace muster {

template <auto Release>
struct ReleaseWith {
  template <class T>
  void operator()(T* handle) const noexcept {
    Release(handle);
  }
};

template <class T, auto Release>
using UniqueHandle = std::unique_ptr<T, ReleaseWith<Release>>;

}  // namespace muster
