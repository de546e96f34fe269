// SPDX-License-Identifier: GPL-2.0-or-later
// The field Date of an answer.
//
// Source  RFC 9110 sections 5.6.7 and 6.6.1.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

namespace muster::http {

std::string format_date(std::time_t seconds);  // "Sun, 06 Nov 1994 08:49:37 GMT"

// Now, written anew once a second. Valid until this thread's next call.
std::string_view current_date();

}  // namespace muster::http
