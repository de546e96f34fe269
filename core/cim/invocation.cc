// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/invocation.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "core/cim/datetime.h"
#include "core/cim/instance.h"

namespace muster::cim {
namespace {

std::string_view without_space(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

Misfit boolean(std::string_view text, std::string& out) {
  const bool yes = text == "1" || same_name(text, "true");
  if (!yes && text != "0" && !same_name(text, "false")) return Misfit::type;
  out = scalar_text(yes);
  return Misfit::none;
}

// A number that its 64 bits hold and its declared width does not is out of range, like one that not even they do.
template <class Number>
Misfit number(Type type, std::string_view text, std::string& out) {
  if (text.size() > 1 && text.front() == '+') text.remove_prefix(1);
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || stop != end) return Misfit::type;
  if (error != std::errc() || !fits({.name = {}, .type = type}, value)) return Misfit::range;
  out = scalar_text(value);
  return Misfit::none;
}

// A minus sign is a number, too: out of range, not of another type.
Misfit unsigned_number(Type type, std::string_view text, std::string& out) {
  if (!text.starts_with('-')) return number<std::uint64_t>(type, text, out);
  std::string ignored;
  return number<std::int64_t>(Type::sint64, text, ignored) == Misfit::type ? Misfit::type : Misfit::range;
}

}  // namespace

Misfit canonical(Type type, std::string_view text, std::string& out) {
  const std::string_view token = without_space(text);
  switch (type) {
    case Type::string: out = text; return Misfit::none;
    case Type::datetime: out = token; return parse_datetime(token) ? Misfit::none : Misfit::type;
    case Type::boolean: return boolean(token, out);
    case Type::real64: return number<double>(type, token, out);
    case Type::uint8:
    case Type::uint16:
    case Type::uint32:
    case Type::uint64: return unsigned_number(type, token, out);
    case Type::sint16:
    case Type::sint32:
    case Type::sint64: return number<std::int64_t>(type, token, out);
  }
  return Misfit::type;
}

const Argument* find_argument(const Arguments& arguments, std::string_view name) {
  const auto found = std::find_if(arguments.begin(), arguments.end(),
                                  [&](const Argument& each) { return each.name == name; });
  return found == arguments.end() || found->values.empty() ? nullptr : &*found;
}

std::string text_of(const Arguments& arguments, std::string_view name, std::string_view absent) {
  const Argument* found = find_argument(arguments, name);
  return found == nullptr || found->values.empty() ? std::string(absent) : found->values.front();
}

std::uint64_t number_of(const Arguments& arguments, std::string_view name, std::uint64_t absent) {
  const Argument* found = find_argument(arguments, name);
  if (found == nullptr) return absent;
  std::uint64_t value = absent;
  const std::string& text = found->values.front();
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool is_true(const Arguments& arguments, std::string_view name) {
  return text_of(arguments, name) == "TRUE";
}

}  // namespace muster::cim
