// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/toml_text.h"

namespace muster {
namespace {

// Where in a line the reader is. Strings over several lines are not told apart from two that end at the line:
// non-ASCII letters in their later lines are refused too.
class Line {
 public:
  // False: the character may not stand here.
  bool take(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) return false;
    if (comment_) return true;
    if (escaped_) {
      escaped_ = false;
      return true;
    }
    if (quote_ != 0) {
      escaped_ = quote_ == '"' && c == '\\';
      if (c == quote_) quote_ = 0;
      return true;
    }
    if (c == '#') comment_ = true;
    if (c == '"' || c == '\'') quote_ = c;
    return byte < 0x80;
  }

 private:
  bool comment_ = false;
  bool escaped_ = false;
  char quote_ = 0;
};

}  // namespace

Result<void> check_toml_characters(std::string_view text, const std::string& file) {
  Line line;
  std::size_t number = 1;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    ++column;
    if (c == '\n') {
      line = {};
      ++number;
      column = 0;
      continue;
    }
    if (c == '\r' && text.substr(i + 1, 1) == "\n") continue;
    if (line.take(c)) continue;
    return fail(Errc::malformed,
                file + ":" + std::to_string(number) + ":" + std::to_string(column) +
                    ": a control character, or a letter beyond ASCII outside quotes",
                "write such text in quotes");
  }
  return {};
}

}  // namespace muster
