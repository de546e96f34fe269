// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/page.h"

#include <algorithm>

#include "core/wsman/duration.h"

namespace muster::wsman {
namespace {

std::string context_element(std::string_view context) {
  return std::string("<wsen:EnumerationContext>").append(context).append("</wsen:EnumerationContext>");
}

std::size_t frame_size(const Frame& frame, Encoding encoding) {
  return encoded_size(frame.open, encoding) + encoded_size(frame.close, encoding);
}

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string open_response(std::optional<std::chrono::seconds> expires) {
  std::string open = "<wsen:EnumerateResponse>";
  if (expires) open.append("<wsen:Expires>").append(format_duration(*expires)).append("</wsen:Expires>");
  return open;
}

}  // namespace

Frames enumerate_frames(std::string_view context, std::optional<std::chrono::seconds> expires) {
  const std::string open = open_response(expires);
  return {{open + context_element(context) + "<wsman:Items>", "</wsman:Items></wsen:EnumerateResponse>"},
          {open + "<wsen:EnumerationContext/><wsman:Items>",
           "</wsman:Items><wsman:EndOfSequence/></wsen:EnumerateResponse>"}};
}

std::string begun_body(std::string_view context, std::optional<std::chrono::seconds> expires) {
  return open_response(expires) + context_element(context) + "</wsen:EnumerateResponse>";
}

Frames pull_frames(std::string_view context) {
  const std::string open = "<wsen:PullResponse>";
  return {{open + context_element(context) + "<wsen:Items>", "</wsen:Items></wsen:PullResponse>"},
          {open + "<wsen:Items>", "</wsen:Items><wsen:EndOfSequence/></wsen:PullResponse>"}};
}

PageFit fit(std::span<const std::string> rows, const Frames& frames, const PageLimits& limits) {
  const std::size_t more = limits.fixed + frame_size(frames.more, limits.encoding);
  const std::size_t end = limits.fixed + frame_size(frames.end, limits.encoding);
  const bool counted = limits.characters != PageLimits{}.characters;
  std::size_t octets = 0;
  std::size_t characters = 0;
  PageFit page;
  while (page.rows < std::min(rows.size(), limits.elements)) {
    const std::string& row = rows[page.rows];
    octets += encoded_size(row, limits.encoding);
    if (counted) characters += count_characters(row);
    const bool last = page.rows + 1 == rows.size();
    if (octets + (last ? end : more) > limits.octets || characters > limits.characters) break;
    ++page.rows;
  }
  page.end = page.rows == rows.size();
  return page;
}

std::string page_body(std::span<const std::string> rows, const Frames& frames, PageFit page) {
  const Frame& frame = page.end ? frames.end : frames.more;
  std::size_t size = frame.open.size() + frame.close.size();
  for (const std::string& row : rows.first(page.rows)) size += row.size();
  std::string out;
  out.reserve(size);
  out.append(frame.open);
  for (const std::string& row : rows.first(page.rows)) out.append(row);
  out.append(frame.close);
  return out;
}

}  // namespace muster::wsman
