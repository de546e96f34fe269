// SPDX-License-Identifier: GPL-2.0-or-later
// How large an inventory may be. Each figure is far above any real file and far below what would hurt.
#pragma once

#include <cstddef>

namespace muster::limits {

inline constexpr std::size_t kFileBytes = std::size_t{16} << 20;
inline constexpr std::size_t kHosts = 100'000;
inline constexpr std::size_t kGroups = 20'000;
inline constexpr std::size_t kMentions = 2'000'000;     // host lines after expansion of ranges
inline constexpr std::size_t kMemberships = 2'000'000;  // (host, group) pairs, inherited ones included
inline constexpr std::size_t kSettings = 2'000'000;     // effective (host, variable) pairs
inline constexpr std::size_t kSettingBytes = std::size_t{256} << 20;
inline constexpr std::size_t kVariableFiles = 100'000;  // in one folder below group_vars or host_vars
inline constexpr std::size_t kVariableDepth = 16;
inline constexpr std::size_t kVariableBytes = std::size_t{256} << 20;  // all of them together
inline constexpr std::size_t kProblems = 1'000;
inline constexpr std::size_t kYamlDepth = 64;
inline constexpr std::size_t kYamlNodeCost = 48;                 // what a node weighs besides its text
inline constexpr std::size_t kYamlCost = std::size_t{96} << 20;  // all nodes, aliases counted each time
inline constexpr std::size_t kNameBytes = 253;                   // RFC 1035, 2.3.4
inline constexpr std::size_t kUserBytes = 32;                    // LOGIN_NAME_MAX of shadow-utils
inline constexpr std::size_t kPathBytes = 4095;                  // PATH_MAX without its terminator
inline constexpr std::size_t kPatternBytes = 65'536;

}  // namespace muster::limits
