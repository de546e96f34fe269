// SPDX-License-Identifier: GPL-2.0-or-later
// A strict check of a whole XML document before pugixml, which accepts much that is not XML, may see it.
//
// Refused: anything but UTF-8, characters outside XML 1.0, DOCTYPE, processing instructions, a second root,
// text outside the root, unbalanced tags, duplicate attributes (by expanded name), undeclared prefixes, "<"
// in an attribute, "]]>" in text, unknown entities, references to characters that XML forbids, and a
// reference in a namespace declaration (two spellings of one namespace) or one that is no URI.
//
// Errors  malformed: not well-formed, or one of the above; unsupported: well-formed so far, but over a limit.
// Limits  one pass, no recursion, memory in proportion to depth; see ScanLimits.
// Source  XML 1.0 fifth edition, Namespaces in XML 1.0, SOAP 1.2 part 1 clause 5 (no DTD, no PI).
#pragma once

#include <cstddef>
#include <string_view>

#include "core/base/error.h"

namespace muster::wsman {

struct ScanLimits {
  std::size_t octets = 512000;
  std::size_t depth = 64;
  std::size_t nodes = 4096;           // elements, comments and CDATA sections
  std::size_t attributes = 64;        // of one element
  std::size_t namespaces_open = 128;  // declarations in scope
};

// What a poller takes: one answer holds many instances.
inline constexpr ScanLimits kReplyLimits{4U << 20U, 64, 200000, 64, 128};

Result<void> prescan(std::string_view document, const ScanLimits& limits = {});

}  // namespace muster::wsman
