// SPDX-License-Identifier: GPL-2.0-or-later
// A fragment of an instance, named in level 1 of XPath: NAME, NAME[n], NAME/text(), NAME[n]/text(), each also
// behind "./". The context is the instance's element, its children are the properties.
//
// Errors  malformed: any other expression.
// Source  DSP0226 1.1 annex D.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/cim/instance.h"

namespace muster::wsman {

struct Fragment {
  enum class Part : std::uint8_t { element, text };
  std::string prefix;  // of the name; empty for none
  std::string property;
  std::optional<std::size_t> index;  // from 1; without it every element of that name
  Part part = Part::element;
};

Result<Fragment> parse_fragment(std::string_view expression);

// <wsman:XmlFragment> with what the expression selects; one that is xsi:nil when it selects nothing.
void append_fragment(std::string& out, const Fragment& fragment, const cim::Instance& instance);

}  // namespace muster::wsman
