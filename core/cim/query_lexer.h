// SPDX-License-Identifier: GPL-2.0-or-later
// The words of a query: names, literals and signs, one after the other.
//
// Errors     malformed, with the column.
// Ownership  views point into the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/cim/query.h"

namespace muster::cim {

struct Token {
  enum class Kind : std::uint8_t { end, name, literal, sign };
  Kind kind = Kind::end;
  std::string_view text = {};  // as written
  Literal literal = {};
  std::size_t column = 1;
};

class QueryLexer {
 public:
  explicit QueryLexer(std::string_view text) : text_(text) {}
  Result<Token> next();

 private:
  Result<Token> number();
  Result<Token> quoted();
  Token name();
  Token sign();
  Token taken(Token::Kind kind, std::size_t from) const;

  std::string_view text_;
  std::size_t at_ = 0;
};

// "query: column 7: what"
Error query_error(std::size_t column, std::string_view what, std::string hint = {});

}  // namespace muster::cim
