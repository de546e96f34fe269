// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/names.h"

#include <algorithm>
#include <array>
#include <utility>

#include <arpa/inet.h>
#include <strings.h>

#include "core/tls/openssl_error.h"
#include "core/tls/text.h"

namespace muster::tls {
namespace {

using NameHandle = UniqueHandle<GENERAL_NAME, &GENERAL_NAME_free>;
using StringHandle = UniqueHandle<ASN1_STRING, &ASN1_STRING_free>;

constexpr std::size_t kMaxNameBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;
constexpr std::size_t kMaxCommonNameCharacters = 64;  // ub-common-name

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_label_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabelBytes && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), is_label_character);
}

// "10.0.0.300" is a mistyped address, not a host.
bool is_dotted_number(std::string_view name) {
  return name.find('.') != std::string_view::npos &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_digit(c) || c == '.'; });
}

bool same_name(const std::string& a, const std::string& b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// Length of the UTF-8 character at the front of `text`; 0 if there is none or it is a control character.
std::size_t character_bytes(std::string_view text) {
  unsigned long character = 0;
  const int size = UTF8_getc(reinterpret_cast<const unsigned char*>(text.data()),
                             static_cast<int>(text.size()), &character);
  const bool control = character < 0x20 || (character >= 0x7f && character < 0xa0);
  return size <= 0 || control ? 0 : static_cast<std::size_t>(size);
}

// Null when memory ran out.
NameHandle general_name(int type, StringHandle value) {
  NameHandle name(GENERAL_NAME_new());
  if (!name || !value) return nullptr;
  GENERAL_NAME_set0_value(name.get(), type, value.release());
  return name;
}

NameHandle general_name(const std::string& text) {
  if (is_address(text)) return general_name(GEN_IPADD, StringHandle(a2i_IPADDRESS(text.c_str())));
  StringHandle value(ASN1_STRING_type_new(V_ASN1_IA5STRING));
  if (!value || ASN1_STRING_set(value.get(), text.data(), static_cast<int>(text.size())) != 1) return nullptr;
  return general_name(GEN_DNS, std::move(value));
}

}  // namespace

bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes || is_dotted_number(name)) return false;
  for (;;) {
    const std::size_t dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool is_address(std::string_view name) {
  if (name.find('\0') != std::string_view::npos) return false;
  const std::string text(name);
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

std::vector<std::string> usable_names(const std::vector<std::string>& names) {
  std::vector<std::string> usable;
  for (const std::string& name : names) {
    const bool known = std::any_of(usable.begin(), usable.end(),
                                   [&name](const std::string& other) { return same_name(name, other); });
    if (!known && (is_address(name) || is_dns_name(name))) usable.push_back(name);
  }
  return usable;
}

Result<GeneralNamesHandle> alternative_names(const std::vector<std::string>& names) {
  GeneralNamesHandle list(GENERAL_NAMES_new());
  if (!list) return fail(openssl_error(Errc::internal, "subject alternative name"));
  for (const std::string& name : names) {
    if (!is_address(name) && !is_dns_name(name)) {
      return fail(Errc::malformed, "name '" + printable(name) + "' is neither a DNS name nor an address",
                  "letters, digits, '-' and '_' in labels of at most 63; no wildcard; IDN as xn--");
    }
  }
  for (const std::string& name : usable_names(names)) {
    NameHandle entry = general_name(name);
    if (!entry || sk_GENERAL_NAME_push(list.get(), entry.get()) <= 0) {
      return fail(openssl_error(Errc::internal, "subject alternative name " + name));
    }
    static_cast<void>(entry.release());  // the list owns it now
  }
  return list;
}

std::string common_name_text(std::string_view name) {
  std::string text;
  for (std::size_t count = 0; !name.empty() && count < kMaxCommonNameCharacters; ++count) {
    const std::size_t size = character_bytes(name);
    text += size == 0 ? std::string_view("?") : name.substr(0, size);
    name.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return text.empty() ? "localhost" : text;
}

Result<void> add_common_name(X509_NAME* subject, std::string_view common_name) {
  const std::string text = common_name_text(common_name);
  if (X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(text.data()),
                                 static_cast<int>(text.size()), -1, 0) == 1) {
    return {};
  }
  return fail(openssl_error(Errc::internal, "subject CN=" + printable(text)));
}

}  // namespace muster::tls
