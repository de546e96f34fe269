// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/service/descriptor_limit.h"

#include <sys/resource.h>

#include "core/base/fd.h"
#include "core/base/log.h"

namespace muster::service {

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    log::warning("descriptor limit", errno_error("RLIMIT_NOFILE").what);
  }
}

}  // namespace muster::service
