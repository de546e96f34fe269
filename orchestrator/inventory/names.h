// SPDX-License-Identifier: GPL-2.0-or-later
// Which names are acceptable. They end up in command lines, file names, certificates and terminals.
#pragma once

#include <string_view>

namespace muster {

bool is_ipv6_literal(std::string_view text);

// A host name, an IPv4 address or an IPv6 literal.
bool is_host_name(std::string_view text);

bool is_user_name(std::string_view text);

// Stricter than Ansible, which takes anything but spaces, ':' and ']': signs that mean something in a pattern
// are out.
bool is_group_name(std::string_view text);

bool is_variable_name(std::string_view text);

}  // namespace muster
