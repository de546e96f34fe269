// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/query_lexer.h"

#include <charconv>
#include <optional>

namespace muster::cim {
namespace {

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool in_name(char c) {
  return starts_name(c) || is_digit(c);
}
constexpr bool in_number(char c) {
  return in_name(c) || c == '.';  // "12ab" is one bad number, not a number and a name
}

template <class Number>
std::optional<Number> read_as(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Source  DSP0004 4.6.1.3, without \x.
std::optional<char> unescaped(char c) {
  switch (c) {
    case 'b': return '\b';
    case 't': return '\t';
    case 'n': return '\n';
    case 'f': return '\f';
    case 'r': return '\r';
    case '\\':
    case '\'':
    case '"': return c;
    default: return std::nullopt;
  }
}

}  // namespace

Error query_error(std::size_t column, std::string_view what, std::string hint) {
  return {Errc::malformed, "query: column " + std::to_string(column) + ": " + std::string(what),
          std::move(hint)};
}

Token QueryLexer::taken(Token::Kind kind, std::size_t from) const {
  return {kind, text_.substr(from, at_ - from), {}, from + 1};
}

Result<Token> QueryLexer::next() {
  while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  if (at_ == text_.size()) return taken(Token::Kind::end, at_);
  const char c = text_[at_];
  const char after = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  const bool is_signed = (c == '-' || c == '+') && (is_digit(after) || after == '.');
  if (c == '\'' || c == '"') return quoted();
  if (is_digit(c) || is_signed || (c == '.' && is_digit(after))) return number();
  if (starts_name(c)) return name();
  return sign();
}

Token QueryLexer::name() {
  const std::size_t from = at_;
  while (at_ < text_.size() && in_name(text_[at_])) ++at_;
  return taken(Token::Kind::name, from);
}

Token QueryLexer::sign() {
  static constexpr std::string_view kPairs[] = {"<=", ">=", "<>", "!="};
  const std::size_t from = at_++;
  for (const auto pair : kPairs) {
    if (text_.substr(from, 2) == pair) at_ = from + 2;
  }
  return taken(Token::Kind::sign, from);
}

Result<Token> QueryLexer::number() {
  const std::size_t from = at_++;
  while (at_ < text_.size()) {
    const bool exponent = (text_[at_] == '+' || text_[at_] == '-') && (text_[at_ - 1] | 0x20) == 'e';
    if (!in_number(text_[at_]) && !exponent) break;
    ++at_;
  }
  Token token = taken(Token::Kind::literal, from);
  auto digits = token.text;
  if (digits.front() == '+') digits.remove_prefix(1);
  if (const auto whole = read_as<std::uint64_t>(digits)) {
    token.literal = *whole;
  } else if (const auto negative = read_as<std::int64_t>(digits)) {
    token.literal = *negative;
  } else if (const auto real = read_as<double>(digits)) {
    token.literal = *real;
  } else {
    return fail(query_error(token.column, "not a number, or too large"));
  }
  return token;
}

// Either quote; inside, a backslash escapes and the quote itself may be doubled.
Result<Token> QueryLexer::quoted() {
  const std::size_t from = at_;
  const char quote = text_[at_++];
  std::string value;
  for (; at_ < text_.size(); ++at_) {
    char c = text_[at_];
    if (c == '\\') {
      const auto meant = at_ + 1 < text_.size() ? unescaped(text_[at_ + 1]) : std::nullopt;
      if (!meant) return fail(query_error(at_ + 1, "an escape that is none", R"(write \\ for a backslash)"));
      c = *meant;
      ++at_;
    } else if (c == quote) {
      if (at_ + 1 == text_.size() || text_[at_ + 1] != quote) break;
      ++at_;
    }
    value.push_back(c);
  }
  if (at_ == text_.size()) return fail(query_error(from + 1, "a string that does not end"));
  ++at_;
  Token token = taken(Token::Kind::literal, from);
  token.literal = std::move(value);
  return token;
}

}  // namespace muster::cim
