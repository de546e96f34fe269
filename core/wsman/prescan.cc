// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/prescan.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>
#include <vector>

#include "core/wsman/escape.h"
#include "core/wsman/names.h"

namespace muster::wsman {
namespace {

struct QName {
  std::string_view prefix;
  std::string_view local;
};

struct Attribute {
  QName name;
  std::string_view raw;
};

struct Binding {
  std::string_view prefix;
  std::string_view uri;
};

struct Open {
  std::string_view name;
  std::size_t bindings;  // how many were in scope outside
};

constexpr bool may_start_name(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}
constexpr bool may_be_in_name(unsigned char c) {
  return may_start_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
}
// No URI holds the others; a writer would have to escape them.
constexpr bool may_be_in_namespace(unsigned char c) {
  return c > 0x20 && c != 0x7F && c != '"' && c != '>';
}

// One look in a table for each octet of a message.
constexpr std::uint8_t kNameStart = 1;
constexpr std::uint8_t kNameChar = 2;
constexpr std::uint8_t kNamespaceChar = 4;
constexpr std::uint8_t kPartChar = 8;  // of a name, but for the colon
constexpr auto kKinds = [] {
  std::array<std::uint8_t, 256> kinds{};
  for (unsigned i = 0; i < kinds.size(); ++i) {
    const auto c = static_cast<unsigned char>(i);
    const unsigned kind = (may_start_name(c) ? kNameStart : 0U) | (may_be_in_name(c) ? kNameChar : 0U) |
                          (may_be_in_namespace(c) ? kNamespaceChar : 0U) |
                          (may_be_in_name(c) && c != ':' ? kPartChar : 0U);
    kinds.at(i) = static_cast<std::uint8_t>(kind);
  }
  return kinds;
}();

constexpr bool is(char c, std::uint8_t kind) {
  return (kKinds[static_cast<unsigned char>(c)] & kind) != 0;
}

bool is_namespace(std::string_view uri) {
  for (const char c : uri) {
    if (!is(c, kNamespaceChar)) return false;
  }
  return true;
}

// Prefixes are short: without a call.
bool same_prefix(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

// The eight bytes from `at` on are all there and all from 0x20 to 0x7F: looked at as one number.
bool eight_plain(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kHigh = 0x8080808080808080U;
  constexpr std::uint64_t kBlanks = 0x2020202020202020U;
  std::uint64_t bytes = 0;
  if (text.size() - at < sizeof bytes) return false;
  std::memcpy(&bytes, text.data() + at, sizeof bytes);
  return ((bytes | (bytes - kBlanks)) & kHigh) == 0;
}

constexpr std::size_t kTypical = 16;  // elements open, namespaces in scope, attributes of one element

class Scanner {
 public:
  Scanner(std::string_view text, const ScanLimits& limits) : text_(text), limits_(limits) {
    open_.reserve(kTypical);
    bindings_.reserve(kTypical);
    attributes_.reserve(kTypical);
  }

  // False: error_ says why.
  bool document() {
    if (text_.size() > limits_.octets) {
      return over("larger than " + std::to_string(limits_.octets) + " octets");
    }
    if (!characters()) return false;
    has_references_ = text_.find('&') != std::string_view::npos;
    has_brackets_ = text_.find("]]>") != std::string_view::npos;
    if (!declaration()) return false;
    while (at_ < text_.size()) {
      if (!piece()) return false;
    }
    if (!open_.empty()) return wrong("<" + std::string(open_.back().name) + "> is not closed");
    return seen_root_ || wrong("no root element");
  }

  Error error() && { return std::move(error_); }

 private:
  bool refuse(Errc code, std::string_view why) {
    error_ = {code, "XML at octet " + std::to_string(at_) + ": " + sanitized(why), {}};
    return false;
  }
  bool wrong(std::string_view why) { return refuse(Errc::malformed, why); }
  bool over(std::string_view why) { return refuse(Errc::unsupported, why); }

  bool starts(std::string_view token) const { return text_.substr(at_).starts_with(token); }
  bool more() const { return at_ < text_.size(); }
  // What is here; at the end an octet that no document holds.
  char here() const { return more() ? *(text_.data() + at_) : '\0'; }
  bool at(char c) const { return here() == c; }
  bool skip_space() {
    const std::size_t before = at_;
    while (is_xml_space(here())) ++at_;
    return at_ > before;
  }

  bool characters() {
    for (at_ = 0; at_ < text_.size();) {
      if (eight_plain(text_, at_)) {
        at_ += 8;
        continue;
      }
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte >= 0x20 && byte < 0x80) {
        ++at_;
        continue;
      }
      const CodePoint point = decode_utf8(text_, at_);
      if (point.length == 0) return wrong("not UTF-8");
      if (!is_xml_char(point.value)) return wrong("a character that XML does not allow");
      at_ += point.length;
    }
    at_ = 0;
    return true;
  }

  // <?xml version="1.0" encoding="..." standalone="..."?>, in this order.
  bool declaration() {
    if (!starts("<?xml") || at_ + 5 >= text_.size() || !is_xml_space(text_[at_ + 5])) return true;
    at_ += 5;
    static constexpr std::string_view kParts[] = {"version", "encoding", "standalone"};
    std::size_t next = 0;
    while (skip_space() && !starts("?>")) {
      Attribute part;
      if (!attribute(part)) return false;
      if (next == 0 && part.name.local != kParts[0]) return wrong("an XML declaration without version");
      while (next < std::size(kParts) && kParts[next] != part.name.local) ++next;
      if (next == std::size(kParts) || !part.name.prefix.empty()) return wrong("bad XML declaration");
      if (next == 0 && part.raw != "1.0") return wrong("XML 1.0 only");
      ++next;
    }
    if (next == 0 || !starts("?>")) return wrong("bad XML declaration");
    at_ += 2;
    return true;
  }

  bool piece() {
    if (text_[at_] != '<') return content();
    switch (at_ + 1 < text_.size() ? text_[at_ + 1] : '\0') {
      case '/': return end_tag();
      case '?': return wrong("a processing instruction is not allowed in SOAP");
      case '!':
        if (starts("<!--")) return comment();
        if (starts("<![CDATA[")) return cdata();
        return wrong("a document type is not allowed in SOAP");
      default: return start_tag();
    }
  }

  bool content() {
    const std::size_t end = std::min(text_.find('<', at_), text_.size());
    const std::string_view run = text_.substr(at_, end - at_);
    if (open_.empty() && !trimmed(run).empty()) return wrong("text outside the root element");
    if (has_brackets_ && run.find("]]>") != std::string_view::npos) return wrong("\"]]>\" in text");
    if (open_.empty()) {
      at_ = end;
      return true;
    }
    return references(end);
  }

  // Checks each reference up to `end` and goes there.
  bool references(std::size_t end) {
    if (!has_references_) {
      at_ = end;
      return true;
    }
    const std::string_view run = text_.substr(0, end);  // beyond it each search would read the whole rest
    while (true) {
      const std::size_t found = run.find('&', at_);
      if (found == std::string_view::npos) break;
      at_ = found;
      const std::size_t close = run.find(';', found);
      if (close == std::string_view::npos) return wrong("an \"&\" that begins no reference");
      if (!reference(run.substr(found + 1, close - found - 1))) return false;
      at_ = close + 1;
    }
    at_ = end;
    return true;
  }

  bool reference(std::string_view name) {
    static constexpr std::string_view kEntities[] = {"lt", "gt", "amp", "quot", "apos"};
    for (const std::string_view entity : kEntities) {
      if (name == entity) return true;
    }
    if (!name.starts_with('#')) return wrong("an entity that is not one of the five of XML");
    const bool hex = name.starts_with("#x");
    name.remove_prefix(hex ? 2 : 1);
    std::uint32_t value = 0;
    for (const char c : name) {
      const int digit = digit_of(c);
      if (digit < 0 || (!hex && digit > 9)) return wrong("a bad character reference");
      value = value * (hex ? 16U : 10U) + static_cast<std::uint32_t>(digit);
      if (value > 0x10FFFF) return wrong("a reference beyond Unicode");
    }
    if (name.empty() || !is_xml_char(value)) {
      return wrong("a reference to a character that XML does not allow");
    }
    return true;
  }

  static int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  }

  bool count_node() {
    return ++nodes_ <= limits_.nodes || over("more than " + std::to_string(limits_.nodes) + " nodes");
  }

  bool comment() {
    if (!count_node()) return false;
    const std::size_t dashes = text_.find("--", at_ + 4);
    if (dashes == std::string_view::npos) return wrong("a comment without end");
    if (!text_.substr(dashes).starts_with("-->")) return wrong("\"--\" in a comment");
    at_ = dashes + 3;
    return true;
  }

  bool cdata() {
    if (open_.empty()) return wrong("CDATA outside the root element");
    if (!count_node()) return false;
    const std::size_t end = text_.find("]]>", at_ + 9);
    if (end == std::string_view::npos) return wrong("CDATA without end");
    at_ = end + 3;
    return true;
  }

  // A run of a name's characters without colon, from here on.
  std::string_view name_part() {
    const char* const begin = text_.data() + at_;
    const char* const end = text_.data() + text_.size();
    const char* here = begin;
    while (here != end && is(*here, kPartChar)) ++here;
    const auto length = static_cast<std::size_t>(here - begin);
    at_ += length;
    return {begin, length};
  }

  bool name(QName& out, std::string_view& whole) {
    const std::size_t begin = at_;
    out.prefix = {};
    out.local = name_part();
    const bool prefixed = at(':');
    if (prefixed) {
      ++at_;
      out.prefix = out.local;
      out.local = name_part();
    }
    whole = text_.substr(begin, at_ - begin);
    const bool good = !at(':') && !out.local.empty() && is(out.local.front(), kNameStart) &&
                      (!prefixed || (!out.prefix.empty() && is(out.prefix.front(), kNameStart)));
    return good || wrong("not a qualified name");
  }

  bool attribute(Attribute& out) {
    std::string_view whole;
    if (!name(out.name, whole)) return false;
    skip_space();
    if (!at('=')) return wrong("an attribute without value");
    ++at_;
    skip_space();
    if (!at('"') && !at('\'')) return wrong("an attribute value without quotes");
    const std::size_t end = text_.find(here(), at_ + 1);
    if (end == std::string_view::npos) return wrong("an attribute value without end");
    ++at_;
    out.raw = text_.substr(at_, end - at_);
    if (out.raw.find('<') != std::string_view::npos) return wrong("\"<\" in an attribute");
    if (!references(end)) return false;
    ++at_;
    return true;
  }

  bool start_tag() {
    if (open_.empty() && seen_root_) return wrong("a second root element");
    if (!count_node()) return false;
    if (open_.size() >= limits_.depth) return over("nested deeper than " + std::to_string(limits_.depth));
    ++at_;
    QName qname;
    Open element{{}, bindings_.size()};
    if (!name(qname, element.name)) return false;
    attributes_.clear();
    while (skip_space() && more() && !at('>') && !at('/')) {
      if (attributes_.size() >= limits_.attributes) {
        return over("more than " + std::to_string(limits_.attributes) + " attributes");
      }
      if (!attribute(attributes_.emplace_back()) || !bind(attributes_.back())) return false;
    }
    if (!resolved(qname) || !distinct()) return false;
    seen_root_ = true;
    if (starts("/>")) {
      at_ += 2;
      bindings_.resize(element.bindings);
      return true;
    }
    if (!at('>')) return wrong("a start tag that does not end");
    ++at_;
    open_.push_back(element);
    return true;
  }

  bool end_tag() {
    at_ += 2;
    std::string_view whole;
    if (repeats_open_name()) {
      whole = open_.back().name;
      at_ += whole.size();
    } else {
      QName qname;
      if (!name(qname, whole)) return false;
    }
    skip_space();
    if (!at('>')) return wrong("an end tag that does not end");
    if (open_.empty() || open_.back().name != whole) {
      return wrong("</" + std::string(whole) + "> closes nothing");
    }
    ++at_;
    bindings_.resize(open_.back().bindings);
    open_.pop_back();
    return true;
  }

  // The name here is that of the element that is open: then it has been looked at before.
  bool repeats_open_name() const {
    if (open_.empty() || !starts(open_.back().name)) return false;
    const std::size_t end = at_ + open_.back().name.size();
    return end < text_.size() && !is(text_[end], kNameChar);
  }

  bool bind(const Attribute& attribute) {
    const bool prefixed = attribute.name.prefix == "xmlns";
    if (!prefixed && !(attribute.name.prefix.empty() && attribute.name.local == "xmlns")) return true;
    const std::string_view prefix = prefixed ? attribute.name.local : std::string_view();
    const std::string_view uri = attribute.raw;
    if (has_references_ && uri.find('&') != std::string_view::npos) {
      return wrong("a reference in a namespace declaration");
    }
    if (!is_namespace(uri)) return wrong("a namespace that is no URI");
    if (prefixed && uri.empty()) return wrong("a prefix bound to nothing");
    if (prefix == "xmlns" || uri == names::kXmlns) return wrong("the prefix xmlns cannot be bound");
    if ((prefix == "xml") != (uri == names::kXml)) return wrong("the prefix xml has one namespace");
    if (bindings_.size() >= limits_.namespaces_open) return over("too many namespace declarations");
    bindings_.push_back({prefix, uri});
    return true;
  }

  // The namespace of a prefix; null when it was not declared.
  const std::string_view* find(std::string_view prefix) const {
    if (prefix == "xml") return &names::kXml;
    for (std::size_t i = bindings_.size(); i > 0; --i) {
      const Binding& each = bindings_[i - 1];
      if (same_prefix(each.prefix, prefix)) return &each.uri;
    }
    return nullptr;
  }

  bool resolved(const QName& element) {
    if (element.prefix == "xmlns") return wrong("an element called xmlns");
    if (!element.prefix.empty() && find(element.prefix) == nullptr) {
      return wrong("prefix \"" + std::string(element.prefix) + "\" is not declared");
    }
    for (const Attribute& each : attributes_) {
      const std::string_view prefix = each.name.prefix;
      if (!prefix.empty() && prefix != "xmlns" && find(prefix) == nullptr) {
        return wrong("prefix \"" + std::string(prefix) + "\" is not declared");
      }
    }
    return true;
  }

  bool same(const QName& a, const QName& b) const {
    if (a.local != b.local) return false;
    if (a.prefix == b.prefix) return true;
    if (a.prefix.empty() || b.prefix.empty() || a.prefix == "xmlns" || b.prefix == "xmlns") return false;
    return *find(a.prefix) == *find(b.prefix);
  }

  bool distinct() {
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
      const QName& name = attributes_[i].name;
      const auto before = attributes_.begin() + static_cast<std::ptrdiff_t>(i);
      const bool twice = std::any_of(attributes_.begin(), before,
                                     [&](const Attribute& other) { return same(other.name, name); });
      if (twice) return wrong("attribute \"" + std::string(name.local) + "\" twice");
    }
    return true;
  }

  std::string_view text_;
  const ScanLimits& limits_;
  std::size_t at_ = 0;
  std::size_t nodes_ = 0;
  bool seen_root_ = false;
  bool has_references_ = true;  // until all was searched; most messages have none
  bool has_brackets_ = true;
  std::vector<Open> open_;
  std::vector<Binding> bindings_;
  std::vector<Attribute> attributes_;
  Error error_;
};

}  // namespace

Result<void> prescan(std::string_view document, const ScanLimits& limits) {
  Scanner scanner(document, limits);
  if (scanner.document()) return {};
  return fail(std::move(scanner).error());
}

}  // namespace muster::wsman
