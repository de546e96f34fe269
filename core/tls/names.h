// SPDX-License-Identifier: GPL-2.0-or-later
// Names that go into certificates: what may stand in a subject alternative name, and what is made of a host
// name that may not.
//
// Limits  a DNS name has at most 253 characters, a label 63; letters, digits, hyphen inside, and underscore:
//         no DNS standard allows the last in a host name, and real hosts have it. No wildcards, no final dot,
//         nothing that looks like an IPv4 address without being one; international names only as xn--.
// Source  RFC 1123 section 2.1, RFC 5280 section 4.2.1.6.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <openssl/x509v3.h>

#include "core/base/error.h"
#include "core/base/unique_handle.h"

namespace muster::tls {

using GeneralNamesHandle = UniqueHandle<GENERAL_NAMES, &GENERAL_NAMES_free>;

bool is_dns_name(std::string_view name);
bool is_address(std::string_view name);  // IPv4 or IPv6 literal, without brackets or zone

// The names that may stand in a certificate, in order, each once.
std::vector<std::string> usable_names(const std::vector<std::string>& names);

// Every name must be a DNS name or an address: otherwise `malformed`.
Result<GeneralNamesHandle> alternative_names(const std::vector<std::string>& names);

// A common name of 1 to 64 characters from any bytes: what is no UTF-8 or a control character becomes "?",
// nothing at all becomes "localhost".
std::string common_name_text(std::string_view name);

// Appends CN=`common_name` (as of common_name_text) to a subject.
Result<void> add_common_name(X509_NAME* subject, std::string_view common_name);

}  // namespace muster::tls
