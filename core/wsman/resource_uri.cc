// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/resource_uri.h"

#include <algorithm>
#include <cstddef>

#include "core/wsman/escape.h"
#include "core/wsman/names.h"

namespace muster::wsman {
namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_class_name(std::string_view name) {
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// %2F is the only reason that anyone encodes a namespace; a broken escape stays as it is and then names
// nothing.
std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      out.push_back(text[i]);
    } else {
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return out;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

Result<Resource> parse_resource_uri(std::string_view uri) {
  const auto bad = [uri](std::string_view why) {
    return fail(Errc::malformed, "ResourceURI \"" + sanitized(uri.substr(0, 256)) + "\": " + std::string(why),
                std::string(names::kMicrosoftClass) + "CLASS");
  };
  Resource out;
  const std::size_t mark = uri.find('?');
  if (mark != std::string_view::npos) {
    const std::string_view query = uri.substr(mark + 1);
    const std::size_t equals = query.find('=');
    if (equals == std::string_view::npos || !same_name(query.substr(0, equals), names::kNamespaceSelector)) {
      return bad("only __cimnamespace may follow the \"?\"");
    }
    out.cim_namespace = percent_decoded(query.substr(equals + 1));
    if (out.cim_namespace.empty()) return bad("an empty namespace");
  }
  const std::string_view path = uri.substr(0, mark);
  if (path == names::kAllClasses) {
    out.class_name = "*";
    return out;
  }
  for (const std::string_view form : {names::kDmtfClass, names::kMicrosoftClass, names::kClassSchema}) {
    if (!path.starts_with(form)) continue;
    if (form == names::kClassSchema) out.subject = Subject::declarations;
    out.class_name = path.substr(form.size());
    if (out.class_name != "*" && !is_class_name(out.class_name)) return bad("no class name at its end");
    return out;
  }
  return bad("not a class of the DMTF or Microsoft form");
}

}  // namespace muster::wsman
