// SPDX-License-Identifier: GPL-2.0-or-later
// The header blocks of a request: which are known, which are there twice, which had to be understood.
//
// Ownership  nodes point into the document that the header belongs to.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include <pugixml.hpp>

#include "core/wsman/fault.h"

namespace muster::wsman {

enum class Block : std::size_t {
  to,
  action,
  message_id,
  reply_to,
  fault_to,
  from,
  relates_to,
  resource_uri,
  selector_set,
  option_set,
  max_envelope_size,
  operation_timeout,
  locale,
  total_items,
  fragment_transfer,
  request_epr,
  data_locale,
  session_id,
  operation_id,
  identifier,   // wse:Identifier, of a subscription
  sequence_id,  // the last
};
inline constexpr std::size_t kBlocks = static_cast<std::size_t>(Block::sequence_id) + 1;

struct HeaderBlocks {
  std::array<pugi::xml_node, kBlocks> nodes;
  pugi::xml_node operator[](Block block) const { return nodes.at(static_cast<std::size_t>(block)); }
};

// Fills `out` with every block addressed to us. The fault, if any, is the one that SOAP puts first: a block
// not understood before a block given twice.
std::optional<Fault> read_header(pugi::xml_node header, HeaderBlocks& out);

// s:mustUnderstand on this block is true.
bool must_understand(pugi::xml_node block);

}  // namespace muster::wsman
