// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/query.h"

#include <optional>
#include <utility>

#include "core/cim/class.h"
#include "core/cim/query_lexer.h"

namespace muster::cim {
namespace {

constexpr std::string_view kThis = "__this";  // the object itself, as WQL calls it

// Recursive descent; what it has understood so far is in query_, the condition already in postfix order.
class Parser {
 public:
  Parser(std::string_view text, QueryLanguage language) : lexer_(text) { query_.language = language; }

  Result<Query> run() {
    if (auto step = advance(); !step) return fail(step.error());
    if (auto step = head(); !step) return fail(step.error());
    if (is_word("WHERE")) {
      if (auto step = advance(); !step) return fail(step.error());
      if (auto step = either(0); !step) return fail(step.error());
    }
    if (token_.kind != Token::Kind::end) return fail(unexpected("the end of the query"));
    return std::move(query_);
  }

 private:
  struct Operand {
    std::optional<Literal> literal;
    std::string name;
    std::size_t column = 0;
  };

  bool is_word(std::string_view word) const {
    return token_.kind == Token::Kind::name && same_name(token_.text, word);
  }
  bool is_sign(std::string_view sign) const {
    return token_.kind == Token::Kind::sign && token_.text == sign;
  }
  Error unexpected(std::string_view wanted) const {
    const auto what = token_.kind == Token::Kind::end ? "the end" : "\"" + std::string(token_.text) + "\"";
    return query_error(token_.column, what + " instead of " + std::string(wanted));
  }

  Result<void> advance() {
    auto token = lexer_.next();
    if (!token) return fail(token.error());
    token_ = std::move(*token);
    return {};
  }
  Result<void> expect_word(std::string_view word) {
    if (!is_word(word)) return fail(unexpected(word));
    return advance();
  }
  Result<bool> take_word(std::string_view word) {
    if (!is_word(word)) return false;
    if (auto step = advance(); !step) return fail(step.error());
    return true;
  }
  Result<std::string> take_name(std::string_view wanted) {
    if (token_.kind != Token::Kind::name) return fail(unexpected(wanted));
    std::string name(token_.text);
    if (auto step = advance(); !step) return fail(step.error());
    return name;
  }

  // --- SELECT names FROM class [AS alias] ------------------------------------------------------
  Result<void> head() {
    if (auto step = expect_word("SELECT"); !step) return step;
    if (is_sign("*")) {
      if (auto step = advance(); !step) return step;
    } else if (auto step = names(); !step) {
      return step;
    }
    if (auto step = expect_word("FROM"); !step) return step;
    auto class_name = take_name("the name of a class");
    if (!class_name) return fail(class_name.error());
    query_.class_name = std::move(*class_name);
    const auto as = take_word("AS");
    if (!as) return fail(as.error());
    if (*as) {
      auto alias = take_name("another name for the class");
      if (!alias) return fail(alias.error());
      alias_ = std::move(*alias);
    }
    return check_qualifiers();
  }

  Result<void> names() {
    for (;;) {
      if (query_.selected.size() == kMaxSelected) return fail(query_error(token_.column, "too many names"));
      const std::size_t column = token_.column;
      auto name = qualified("the name of a property");
      if (!name) return fail(name.error());
      query_.selected.push_back({std::move(*name), column});
      if (!is_sign(",")) return {};
      if (auto step = advance(); !step) return step;
    }
  }

  // NAME or CLASS.NAME; whether the qualifier is right is known only after FROM.
  Result<std::string> qualified(std::string_view wanted) {
    const std::size_t column = token_.column;
    auto name = take_name(wanted);
    if (!name || !is_sign(".")) return name;
    if (auto step = advance(); !step) return fail(step.error());
    if (query_.class_name.empty()) {
      qualifiers_.push_back({std::move(*name), column});
    } else if (!is_object(*name)) {
      return fail(query_error(column, *name + " is not the class of this query"));
    }
    return take_name(wanted);
  }

  bool is_object(std::string_view name) const {
    return same_name(name, query_.class_name) || (!alias_.empty() && same_name(name, alias_));
  }

  Result<void> check_qualifiers() const {
    for (const auto& each : qualifiers_) {
      if (!is_object(each.name)) {
        return fail(query_error(each.column, each.name + " is not the class of this query"));
      }
    }
    return {};
  }

  // --- condition -------------------------------------------------------------------------------
  Result<void> either(std::size_t depth) {
    if (auto step = both(depth); !step) return step;
    while (is_word("OR")) {
      if (auto step = advance(); !step) return step;
      if (auto step = both(depth); !step) return step;
      query_.steps.push_back(Step::either);
    }
    return {};
  }

  Result<void> both(std::size_t depth) {
    if (auto step = negation(depth); !step) return step;
    while (is_word("AND")) {
      if (auto step = advance(); !step) return step;
      if (auto step = negation(depth); !step) return step;
      query_.steps.push_back(Step::both);
    }
    return {};
  }

  Result<void> negation(std::size_t depth) {
    if (depth > kMaxDepth) return fail(query_error(token_.column, "nested too deeply"));
    const bool negated = is_word("NOT");
    if (!negated && !is_sign("(")) return predicate();
    if (auto step = advance(); !step) return step;
    if (negated) {
      if (auto step = negation(depth + 1); !step) return step;
      query_.steps.push_back(Step::negate);
      return {};
    }
    if (auto step = either(depth + 1); !step) return step;
    if (!is_sign(")")) return fail(unexpected("\")\""));
    return advance();
  }

  void add(Term term, bool negated = false) {
    query_.terms.push_back(std::move(term));
    query_.steps.push_back(Step::term);
    if (negated) query_.steps.push_back(Step::negate);
  }

  Result<Operand> operand() {
    Operand out{{}, {}, token_.column};
    if (token_.kind == Token::Kind::literal) {
      out.literal = token_.literal;
    } else if (is_word("TRUE") || is_word("FALSE")) {
      out.literal = is_word("TRUE");
    } else if (is_word("NULL")) {
      out.literal = Literal{};
    } else {
      auto name = qualified("a property or a literal");
      if (!name) return fail(name.error());
      out.name = std::move(*name);
      return out;
    }
    if (auto step = advance(); !step) return fail(step.error());
    return out;
  }

  Result<void> predicate() {
    if (query_.terms.size() == kMaxTerms) return fail(query_error(token_.column, "too many comparisons"));
    auto left = operand();
    if (!left) return fail(left.error());
    if (is_sign("[")) return fail(query_error(token_.column, "elements of arrays cannot be compared"));
    if (left->literal) return comparison(*left);
    if (is_word("IS")) return null_test(*left);
    if (is_word("ISA")) return class_test(*left);
    const bool negated = is_word("NOT");
    if (negated || is_word("LIKE")) return pattern(*left, negated);
    return comparison(*left);
  }

  Result<void> null_test(const Operand& left) {
    if (auto step = advance(); !step) return step;
    const auto negated = take_word("NOT");
    if (!negated) return fail(negated.error());
    if (auto step = expect_word("NULL"); !step) return step;
    add({left.name, Comparison::is_null, {}, left.column}, *negated);
    return {};
  }

  Result<void> class_test(const Operand& left) {
    if (!is_object(left.name) && !same_name(left.name, kThis)) {
      return fail(query_error(left.column, left.name + " is a property; ISA asks of " + query_.class_name));
    }
    if (auto step = advance(); !step) return step;
    const auto* text = std::get_if<std::string>(&token_.literal);
    const bool name = token_.kind == Token::Kind::name || text != nullptr;
    if (!name) return fail(unexpected("the name of a class"));
    add({left.name, Comparison::isa, text != nullptr ? *text : std::string(token_.text), left.column});
    return advance();
  }

  Result<void> pattern(const Operand& left, bool negated) {
    if (negated) {
      if (auto step = advance(); !step) return step;
    }
    if (auto step = expect_word("LIKE"); !step) return step;
    if (!std::holds_alternative<std::string>(token_.literal)) return fail(unexpected("a pattern in quotes"));
    add({left.name, Comparison::like, token_.literal, left.column}, negated);
    return advance();
  }

  Result<void> comparison(const Operand& left) {
    struct Row {
      std::string_view sign;
      Comparison straight;
      Comparison turned;
    };
    using enum Comparison;
    static constexpr Row kRows[] = {{"=", equal, equal},
                                    {"<>", not_equal, not_equal},
                                    {"!=", not_equal, not_equal},
                                    {"<", less, greater},
                                    {"<=", less_equal, greater_equal},
                                    {">", greater, less},
                                    {">=", greater_equal, less_equal}};
    const Row* found = nullptr;
    for (const Row& row : kRows) {
      if (is_sign(row.sign)) found = &row;
    }
    if (found == nullptr) return fail(unexpected("a comparison"));
    if (auto step = advance(); !step) return step;
    const std::size_t column = token_.column;
    auto right = operand();
    if (!right) return fail(right.error());
    if (left.literal.has_value() == right->literal.has_value()) {
      return fail(query_error(column, "a property is compared with a literal, nothing else"));
    }
    if (left.literal) return compared(right->name, found->turned, *left.literal, right->column);
    return compared(left.name, found->straight, *right->literal, left.column);
  }

  // "= NULL" is WQL's old way to say IS NULL.
  Result<void> compared(const std::string& name, Comparison how, const Literal& literal, std::size_t column) {
    if (!std::holds_alternative<std::monostate>(literal)) {
      add({name, how, literal, column});
      return {};
    }
    if (how != Comparison::equal && how != Comparison::not_equal) {
      return fail(query_error(column, "NULL is neither more nor less", "write IS NULL or IS NOT NULL"));
    }
    add({name, Comparison::is_null, {}, column}, how == Comparison::not_equal);
    return {};
  }

  QueryLexer lexer_;
  Token token_;
  Query query_;
  std::string alias_;
  std::vector<SelectedName> qualifiers_;
};

}  // namespace

Result<Query> parse_query(std::string_view text, QueryLanguage language) {
  if (text.size() > kMaxQueryBytes) {
    return fail(Errc::malformed, "query: longer than " + std::to_string(kMaxQueryBytes) + " bytes");
  }
  return Parser(text, language).run();
}

}  // namespace muster::cim
