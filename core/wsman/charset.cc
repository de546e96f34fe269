// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/charset.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/wsman/escape.h"

namespace muster::wsman {
namespace {

constexpr std::string_view kMark8 = "\xEF\xBB\xBF";
constexpr std::string_view kMarkLe = "\xFF\xFE";
constexpr std::string_view kMarkBe = "\xFE\xFF";
constexpr std::string_view kHint = "send UTF-8, or UTF-16 with a byte order mark";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// What the first octets say: a mark, or the "<" that every message begins with.
std::optional<Encoding> sniff(std::string_view body) {
  using namespace std::string_view_literals;
  if (body.starts_with(kMarkLe)) return Encoding::utf16_le;
  if (body.starts_with(kMarkBe)) return Encoding::utf16_be;
  if (body.starts_with("<\0"sv)) return Encoding::utf16_le;
  if (body.starts_with("\0<"sv)) return Encoding::utf16_be;
  return std::nullopt;
}

Result<Encoding> choose(std::string_view body, std::string_view charset) {
  const std::optional<Encoding> seen = sniff(body);
  const bool marked = body.starts_with(kMarkLe) || body.starts_with(kMarkBe);
  if (charset.empty()) return seen.value_or(Encoding::utf8);
  if (charset == "utf-8" || charset == "utf8" || charset == "us-ascii") {
    if (marked) return fail(Errc::malformed, "body: a UTF-16 mark under charset " + std::string(charset));
    return Encoding::utf8;
  }
  const bool wants16 = charset == "utf-16" || charset == "utf-16le" || charset == "utf-16be";
  if (!wants16) {
    return fail(Errc::malformed, "charset " + std::string(charset) + ": not offered", std::string(kHint));
  }
  if (charset == "utf-16le" && seen != Encoding::utf16_be) return Encoding::utf16_le;
  if (charset == "utf-16be" && seen != Encoding::utf16_le) return Encoding::utf16_be;
  if (charset == "utf-16" && seen) return *seen;
  return fail(Errc::malformed, "body: its octets are not " + std::string(charset), std::string(kHint));
}

std::uint32_t unit_at(std::string_view body, std::size_t at, Encoding encoding) {
  const std::uint32_t a = static_cast<unsigned char>(body[at]);
  const std::uint32_t b = static_cast<unsigned char>(body[at + 1]);
  return encoding == Encoding::utf16_le ? (b << 8U | a) : (a << 8U | b);
}

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0U | c >> 6U);
  } else {
    if (c < 0x10000) {
      put(0xE0U | c >> 12U);
    } else {
      put(0xF0U | c >> 18U);
      put(0x80U | (c >> 12U & 0x3FU));
    }
    put(0x80U | (c >> 6U & 0x3FU));
  }
  put(0x80U | (c & 0x3FU));
}

Result<std::string> from_utf16(std::string_view body, Encoding encoding) {
  if (body.size() % 2 != 0) return fail(Errc::malformed, "body: half a UTF-16 unit at its end");
  std::string out;
  out.reserve(body.size() / 2 + 16);
  for (std::size_t at = 0; at < body.size(); at += 2) {
    std::uint32_t c = unit_at(body, at, encoding);
    if (c >= 0xD800 && c <= 0xDFFF) {
      const bool paired = c <= 0xDBFF && at + 3 < body.size();
      const std::uint32_t low = paired ? unit_at(body, at + 2, encoding) : 0;
      if (low < 0xDC00 || low > 0xDFFF) {
        return fail(Errc::malformed, "body: half a surrogate pair at octet " + std::to_string(at));
      }
      c = 0x10000 + ((c - 0xD800) << 10U) + (low - 0xDC00);
      at += 2;
    }
    append_utf8(out, c);
  }
  return out;
}

// The value of encoding="..." in an XML declaration; empty when there is none. Its grammar is the pre-scan's.
std::string declared(std::string_view text) {
  if (!text.starts_with("<?xml")) return {};
  text = text.substr(0, text.find("?>"));
  const std::size_t at = text.find("encoding");
  if (at == std::string_view::npos) return {};
  const std::size_t open = text.find_first_of("\"'", at);
  if (open == std::string_view::npos) return {};
  const std::size_t close = text.find(text[open], open + 1);
  if (close == std::string_view::npos) return {};
  return lower(text.substr(open + 1, close - open - 1));
}

Result<void> check_declared(std::string_view text, Encoding encoding) {
  const std::string name = declared(text);
  if (name.empty()) return {};
  const bool fits =
      encoding == Encoding::utf8
          ? name == "utf-8" || name == "us-ascii"
          : name == "utf-16" || name == (encoding == Encoding::utf16_le ? "utf-16le" : "utf-16be");
  if (fits) return {};
  return fail(Errc::malformed,
              "XML declaration: encoding \"" + sanitized(name) + "\" is not how the body came",
              std::string(kHint));
}

std::size_t parameter_end(std::string_view text, std::size_t at) {
  bool quoted = false;
  for (; at < text.size() && (quoted || text[at] != ';'); ++at) {
    if (text[at] == '"') quoted = !quoted;
  }
  return at;
}

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  return text;
}

}  // namespace

MediaType parse_media_type(std::string_view field) {
  MediaType out;
  std::size_t end = parameter_end(field, 0);
  out.type = lower(trimmed(field.substr(0, end)));
  while (end < field.size()) {
    const std::size_t begin = end + 1;
    end = parameter_end(field, begin);
    const std::string_view parameter = field.substr(begin, end - begin);
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos || !out.charset.empty()) continue;
    if (lower(trimmed(parameter.substr(0, equals))) == "charset") {
      out.charset = lower(unquoted(trimmed(parameter.substr(equals + 1))));
    }
  }
  return out;
}

Result<void> decode(std::string_view body, std::string_view charset, DecodedText& out) {
  const Result<Encoding> chosen = choose(body, charset);
  if (!chosen) return fail(chosen.error());
  out.encoding = *chosen;
  if (out.encoding == Encoding::utf8) {
    out.utf8 = body.starts_with(kMark8) ? body.substr(kMark8.size()) : body;
    return check_declared(out.utf8, out.encoding);
  }
  const bool marked = body.starts_with(kMarkLe) || body.starts_with(kMarkBe);
  Result<std::string> converted = from_utf16(marked ? body.substr(2) : body, out.encoding);
  if (!converted) return fail(std::move(converted).error());
  out.converted = std::move(*converted);
  out.utf8 = out.converted;
  return check_declared(out.utf8, out.encoding);
}

std::string encode(std::string utf8, Encoding encoding) {
  if (encoding == Encoding::utf8) return utf8;
  std::string out(encoding == Encoding::utf16_le ? kMarkLe : kMarkBe);
  out.reserve(out.size() + utf8.size() * 2);
  const auto put = [&out, encoding](std::uint32_t unit) {
    const char high = static_cast<char>(unit >> 8U);
    const char low = static_cast<char>(unit & 0xFFU);
    out.push_back(encoding == Encoding::utf16_le ? low : high);
    out.push_back(encoding == Encoding::utf16_le ? high : low);
  };
  for (std::size_t at = 0; at < utf8.size();) {
    const CodePoint point = decode_utf8(utf8, at);
    at += point.length == 0 ? 1 : point.length;
    if (point.length < 4) {
      put(point.length == 0 ? 0xFFFDU : point.value);
    } else {
      put(0xD800U + ((point.value - 0x10000U) >> 10U));
      put(0xDC00U + ((point.value - 0x10000U) & 0x3FFU));
    }
  }
  return out;
}

std::size_t encoded_size(std::string_view utf8, Encoding encoding) {
  if (encoding == Encoding::utf8) return utf8.size();
  std::size_t octets = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) octets += byte >= 0xF0U ? 4 : 2;
  }
  return octets;
}

std::size_t mark_size(Encoding encoding) {
  return encoding == Encoding::utf8 ? 0 : 2;
}

std::string_view charset_name(Encoding encoding) {
  return encoding == Encoding::utf8 ? "UTF-8" : "UTF-16";
}

}  // namespace muster::wsman
