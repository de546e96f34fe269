// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/reply_template.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace muster::wsman {
namespace {

constexpr bool is_plain(char c) {
  return c > 0x20 && c < 0x7F && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'';
}

}  // namespace

ReplyTemplate::ReplyTemplate(Envelope sample)
    : sample_(std::move(sample)),
      message_at_(sample_.head.find(kMessageMark)),
      relates_at_(sample_.head.find(kRelatesMark)) {
  assert(message_at_ < relates_at_ && relates_at_ != std::string::npos);
}

bool ReplyTemplate::fits(std::string_view identifier) {
  return !identifier.empty() &&
         std::all_of(identifier.begin(), identifier.end(), [](char c) { return is_plain(c); });
}

Envelope ReplyTemplate::fill(std::string_view message_id, std::string_view relates_to) const {
  const std::string_view head = sample_.head;
  const auto after_message = message_at_ + kMessageMark.size();
  std::string out;
  out.reserve(head.size() + message_id.size() + relates_to.size());
  out.append(head.substr(0, message_at_)).append(message_id);
  out.append(head.substr(after_message, relates_at_ - after_message)).append(relates_to);
  out.append(head.substr(relates_at_ + kRelatesMark.size()));
  return {std::move(out), sample_.tail};
}

}  // namespace muster::wsman
