// SPDX-License-Identifier: GPL-2.0-or-later
// Head of the answers that carry one action, as gSOAP wrote it once: the two identifiers, in which answers
// differ, are set in.
//
// Ownership  the pieces are its own; what fill() is given is read during the call only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/wsman/writer.h"

namespace muster::wsman {

class ReplyTemplate {
 public:
  // Identifiers to write the sample with. No other part of a head holds them.
  static constexpr std::string_view kMessageMark = "uuid:00000000-mark-of-the-message-id";
  static constexpr std::string_view kRelatesMark = "uuid:00000000-mark-of-the-relates-to";

  explicit ReplyTemplate(Envelope sample);

  // Would be written as it stands, without escapes: only such may be set in.
  static bool fits(std::string_view identifier);
  Envelope fill(std::string_view message_id, std::string_view relates_to) const;

 private:
  Envelope sample_;
  std::size_t message_at_;
  std::size_t relates_at_;
};

}  // namespace muster::wsman
