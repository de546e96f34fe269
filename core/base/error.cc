// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/error.h"

namespace muster {

std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::not_found: return "not_found";
    case Errc::denied: return "denied";
    case Errc::untrusted: return "untrusted";
    case Errc::timeout: return "timeout";
    case Errc::unreachable: return "unreachable";
    case Errc::malformed: return "malformed";
    case Errc::unsupported: return "unsupported";
    case Errc::internal: return "internal";
  }
  return "internal";
}

}  // namespace muster
