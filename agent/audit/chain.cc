// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/audit/chain.h"

#include <charconv>
#include <cstddef>

#include "core/tls/digest.h"
#include "core/wsman/escape.h"

namespace muster::audit {
namespace {

constexpr std::string_view kNumber = R"({"seq":)";
constexpr std::string_view kBefore = R"(,"prev":")";
constexpr std::string_view kOwn = R"(","h":")";
constexpr std::string_view kEnd = R"("})";
constexpr std::size_t kDigits = 64;

void append_unit(std::string& out, std::uint32_t unit) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.append("\\u");
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kHex[(unit >> shift) & 15U]);
}

// Nothing that a terminal or a line reader acts upon leaves here; what is no UTF-8 becomes U+FFFD.
void append_text(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const wsman::CodePoint point = wsman::decode_utf8(text, at);
    const std::size_t length = point.length == 0 ? 1 : point.length;
    if (point.length == 0) {
      append_unit(out, 0xfffd);
    } else if (point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0) ||
               (point.value >= 0x2028 && point.value <= 0x202e)) {
      append_unit(out, point.value);
    } else {
      if (text[at] == '"' || text[at] == '\\') out.push_back('\\');
      out.append(text.substr(at, length));
    }
    at += length;
  }
}

// The parts of a line that the chain is made of.
struct Link {
  Head head;
  std::string_view before;
};

Result<Link> link_of(std::string_view line) {
  const auto bad = [] { return fail(Errc::malformed, "not a line of an audit log"); };
  constexpr std::size_t kTail = kOwn.size() + kDigits + kEnd.size();
  constexpr std::size_t kLink = kBefore.size() + kDigits;
  if (line.size() < kNumber.size() + kLink + kTail || !line.starts_with(kNumber) || !line.ends_with(kEnd)) {
    return bad();
  }
  const std::string_view body = line.substr(0, line.size() - kTail);
  Link link;
  link.before = body.substr(body.size() - kDigits);
  link.head.hash = line.substr(line.size() - kEnd.size() - kDigits, kDigits);
  const char* const digits = line.data() + kNumber.size();
  const auto parsed = std::from_chars(digits, line.data() + line.size(), link.head.number);
  if (parsed.ec != std::errc() || line.substr(body.size(), kOwn.size()) != kOwn ||
      body.substr(body.size() - kLink, kBefore.size()) != kBefore) {
    return bad();
  }
  if (tls::sha256_of(body) != link.head.hash) {
    return fail(Errc::malformed, "was changed: its hash is another");
  }
  return link;
}

}  // namespace

std::string chained(const Fields& fields, Head& head) {
  ++head.number;
  std::string line(kNumber);
  line.append(std::to_string(head.number));
  for (const auto& [name, value] : fields) {
    line.append(",\"");
    append_text(line, name);
    line.append("\":\"");
    append_text(line, value);
    line.append("\"");
  }
  line.append(kBefore).append(head.hash);
  head.hash = tls::sha256_of(line);
  return line.append(kOwn).append(head.hash).append(kEnd).append("\n");
}

Result<Head> head_of(std::string_view line) {
  auto link = link_of(line);
  if (!link) return fail(link.error());
  return link->head;
}

Result<Verified> verify(std::string_view text) {
  Verified verified;
  while (!text.empty()) {
    const std::string where = "line " + std::to_string(verified.lines + 1) + ": ";
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return fail(Errc::malformed, where + "has no end");
    const auto link = link_of(text.substr(0, end));
    if (!link) return fail(Errc::malformed, where + link.error().what);
    if (verified.lines == 0) {
      verified.begins_after = link->before;
    } else if (link->before != verified.head.hash || link->head.number != verified.head.number + 1) {
      return fail(Errc::malformed, where + "does not follow the one before");
    }
    verified.head = link->head;
    ++verified.lines;
    text.remove_prefix(end + 1);
  }
  return verified;
}

}  // namespace muster::audit
