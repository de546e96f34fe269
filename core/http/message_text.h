// SPDX-License-Identifier: GPL-2.0-or-later
// Messages as they go over the wire: head and body in one string, so that they leave in one TLS record
// where they fit.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/http/message.h"

namespace muster::http {

inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

enum class AfterResponse { keep, close };

// Date and Content-Length are always there; the response's own, and its Connection, are left out.
// `date` is as date.h writes it.
std::string response_text(const Response& response, AfterResponse after, std::string_view date);

// A POST. `host` is the value of the Host field.
std::string post_text(std::string_view target, std::string_view host, const std::vector<Field>& fields,
                      std::string_view body);

// An error that HTTP itself causes, with its reason as plain text.
Response plain_refusal(int status, std::string_view reason);

}  // namespace muster::http
