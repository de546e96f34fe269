// SPDX-License-Identifier: GPL-2.0-or-later
// The client half of WS-Management: requests as text, answers as values. It does no I/O.
//
// Errors  a fault becomes an Error whose `what` quotes subcode, detail and reason: denied (AccessDenied, HTTP
//         401), not_found (DestinationUnreachable), timeout (TimedOut), unsupported (ActionNotSupported,
//         UnsupportedFeature, filtering), unreachable (EndpointUnavailable), malformed (the rest, and
//         answers that are not what was asked for), internal (InternalError).
// Threads  any; each thread keeps one gSOAP context.
// Limits  an answer is at most 4 MiB and passes the strict pre-scan of prescan.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/cim/selection.h"

namespace muster::wsman {

struct Target {
  std::string url;  // becomes wsa:To
  std::string resource_uri;
  std::string cim_namespace;  // empty: the service's default
  std::vector<cim::Selector> selectors;
  std::chrono::seconds timeout{60};
  std::size_t max_envelope = 512000;
};

// Whole envelopes in UTF-8, for Content-Type "application/soap+xml;charset=UTF-8".
std::string identify_request();
std::string enumerate_request(const Target& target, unsigned max_elements);  // optimised
std::string pull_request(const Target& target, const std::string& context, unsigned max_elements);
std::string release_request(const Target& target, const std::string& context);
std::string get_request(const Target& target);

struct PropertyValue {
  std::string name;
  bool null = false;
  std::string text;
};

struct Item {
  std::string class_name;
  std::vector<PropertyValue> properties;                   // in wire order; an array repeats its name
  const PropertyValue* find(std::string_view name) const;  // the first of that name, without case; or nullptr
};

struct Identity {
  std::string protocol;
  std::string vendor;
  std::string version;
  std::vector<std::string> profiles;
};

struct Page {
  std::vector<Item> items;
  std::string context;  // for the next Pull; empty when end
  bool end = false;
};

// Each takes the HTTP status and the body, which need not outlive the call.
Result<Identity> parse_identify(int status, std::string_view body);
Result<Page> parse_page(int status, std::string_view body);  // EnumerateResponse or PullResponse
Result<void> parse_release(int status, std::string_view body);
Result<Item> parse_get(int status, std::string_view body);

// The Microsoft form for SCX_*, which clients of the original use; the DMTF form for every other class.
std::string class_uri(std::string_view class_name);

}  // namespace muster::wsman
