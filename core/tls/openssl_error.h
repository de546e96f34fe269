// SPDX-License-Identifier: GPL-2.0-or-later
// OpenSSL's error queue in words.
#pragma once

#include <string_view>

#include "core/base/error.h"

namespace muster::tls {

// The error that OpenSSL queued for the last failed call: "OBJECT: ...". Empties the queue. The strings of
// OpenSSL are loaded at the first error, so that a process without one does not pay for them.
Error openssl_error(Errc code, std::string_view object);

}  // namespace muster::tls
