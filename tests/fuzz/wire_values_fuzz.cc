// SPDX-License-Identifier: GPL-2.0-or-later
// The small languages inside a message, one for each value of the first byte: durations, times, patterns, resource
// URIs, fragments, media types, encodings.
// Dictionary  wire_values
#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include "core/cim/datetime.h"
#include "core/cim/like.h"
#include "core/wsman/charset.h"
#include "core/wsman/duration.h"
#include "core/wsman/escape.h"
#include "core/wsman/fragment.h"
#include "core/wsman/resource_uri.h"
#include "tests/fuzz/input.h"

namespace {

using namespace muster;
using fuzz::demand;

void check_duration(std::string_view text) {
  const auto duration = wsman::parse_duration(text);
  if (!duration) return;
  constexpr auto kMost = std::chrono::hours(24) * 36500;
  demand(*duration <= kMost && *duration >= -kMost);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*duration);
  if (seconds.count() < 0) return;
  const auto again = wsman::parse_duration(wsman::format_duration(seconds));
  demand(again.has_value() && *again == seconds);
}

void check_datetime(std::string_view text) {
  const auto time = cim::parse_datetime(text);
  if (time && time->kind == cim::Datetime::Kind::span) demand(time->microseconds >= 0);
}

// By trying everything; only where that is little.
bool plainly_like(std::u32string_view text, std::u32string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == U'%') {
    return plainly_like(text, pattern.substr(1)) || (!text.empty() && plainly_like(text.substr(1), pattern));
  }
  return !text.empty() && (pattern.front() == U'_' || pattern.front() == text.front()) &&
         plainly_like(text.substr(1), pattern.substr(1));
}

// Pattern and text are two lines.
void check_like(std::string_view both) {
  const auto end = std::min(both.find('\n'), both.size());
  const auto pattern = both.substr(0, end);
  const auto text = both.substr(std::min(end + 1, both.size()));
  const auto like = cim::LikePattern::parse(pattern, cim::Case::distinguished);
  if (!like) return;
  const bool matches = like->matches(text);
  if (pattern.size() > 12 || text.size() > 12 || pattern.find('[') != std::string_view::npos) return;
  using cim::Case;
  demand(matches == plainly_like(cim::characters(text, Case::distinguished),
                                 cim::characters(pattern, Case::distinguished)));
}

void check_resource_uri(std::string_view uri) {
  const auto resource = wsman::parse_resource_uri(uri);
  if (!resource) return;
  const auto& name = resource->class_name;
  demand(name == "*" || (!name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return c == '_' || (c < 0x80 && std::isalnum(c) != 0);
         })));
}

void check_fragment(std::string_view expression) {
  const auto fragment = wsman::parse_fragment(expression);
  if (fragment) demand(!fragment->property.empty() && (!fragment->index || *fragment->index >= 1));
}

void check_media_type(std::string_view field) {
  const auto media = wsman::parse_media_type(field);
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  demand(std::none_of(media.type.begin(), media.type.end(), upper));
  demand(std::none_of(media.charset.begin(), media.charset.end(), upper));
}

// What was UTF-16 becomes UTF-8 that goes back to the very same octets.
void check_encoding(std::string_view body) {
  for (const char* charset : {"", "utf-8", "utf-16", "utf-16le", "utf-16be"}) {
    wsman::DecodedText text;
    if (!wsman::decode(body, charset, text) || text.encoding == wsman::Encoding::utf8) continue;
    for (std::size_t at = 0; at < text.utf8.size();) {
      const auto point = wsman::decode_utf8(text.utf8, at);
      demand(point.length > 0);
      at += point.length;
    }
    const auto encoded = wsman::encode(std::string(text.utf8), text.encoding);
    demand(encoded.size() == wsman::encoded_size(text.utf8, text.encoding) + wsman::mark_size(text.encoding));
    demand(std::string_view(encoded).ends_with(body.substr(body.size() - encoded.size() + 2)));
  }
}

constexpr void (*kChecks[])(std::string_view) = {check_duration,     check_datetime, check_like,
                                                 check_resource_uri, check_fragment, check_media_type,
                                                 check_encoding};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto which = input.choice(std::size(kChecks));
  kChecks[which](input.rest());
  return 0;
}
