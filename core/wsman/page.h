// SPDX-License-Identifier: GPL-2.0-or-later
// One page of an enumeration: how many rows fit into the answer, octet by octet, and the body around them.
#pragma once

#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/wsman/charset.h"

namespace muster::wsman {

// What stands around the rows.
struct Frame {
  std::string open;
  std::string close;
};

// While rows remain the answer carries the context; on the last page it says so instead. The two differ in
// size.
struct Frames {
  Frame more;
  Frame end;
};
// The original's spelling: wsman:EndOfSequence and an empty context in an optimised Enumerate (R8.2.3-5),
// wsen:EndOfSequence and no context in Pull (R8.4-8).
Frames enumerate_frames(std::string_view context, std::optional<std::chrono::seconds> expires);
Frames pull_frames(std::string_view context);

// The answer to an Enumerate that is not optimised: the context, and no rows yet.
std::string begun_body(std::string_view context, std::optional<std::chrono::seconds> expires);

struct PageLimits {
  std::size_t octets = 0;  // of the whole answer
  std::size_t fixed = 0;   // of it, octets that are neither frame nor rows
  std::size_t elements = 1;
  std::size_t characters = std::numeric_limits<std::size_t>::max();  // of the rows alone
  Encoding encoding = Encoding::utf8;
};

struct PageFit {
  std::size_t rows = 0;
  bool end = false;  // no rows remain after this page
};

// As many rows from the first as fit; none though there are some: the first one alone is too large.
PageFit fit(std::span<const std::string> rows, const Frames& frames, const PageLimits& limits);

std::string page_body(std::span<const std::string> rows, const Frames& frames, PageFit page);

}  // namespace muster::wsman
