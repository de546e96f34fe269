// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/words.h"

#include <utility>

namespace muster {
namespace {

class Splitter {
 public:
  explicit Splitter(std::string_view line) : line_(line) {}

  Words split() && {
    while (at_ < line_.size() && line_[at_] != '#' && !out_.fault) step();
    finish_word();
    return std::move(out_);
  }

 private:
  void step() {
    const char c = line_[at_];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      finish_word();
      ++at_;
      return;
    }
    text();  // '' is a word, too
    if (c == '\'' || c == '"') {
      quoted(c);
    } else if (c == '\\') {
      escaped();
    } else {
      text() += c;
      ++at_;
    }
  }

  void escaped() {
    if (at_ + 1 >= line_.size()) {
      out_.fault = WordFault{at_, "a backslash ends the line"};
      return;
    }
    text() += line_[at_ + 1];
    at_ += 2;
  }

  // Between double quotation marks a backslash protects only itself and the mark; between single ones
  // nothing.
  void quoted(char mark) {
    const std::size_t opened = at_++;
    for (; at_ < line_.size(); ++at_) {
      const char c = line_[at_];
      if (c == mark) {
        ++at_;
        return;
      }
      const char next = at_ + 1 < line_.size() ? line_[at_ + 1] : '\0';
      if (c == '\\' && mark == '"' && (next == '"' || next == '\\')) ++at_;
      text() += line_[at_];
    }
    out_.fault = WordFault{opened, "a quotation mark is not closed"};
  }

  // Of the word that is read; where there is none, one begins here.
  std::string& text() { return (word_ ? *word_ : word_.emplace(Word{{}, at_})).text; }

  void finish_word() {
    if (word_) out_.words.push_back(std::move(*word_));
    word_.reset();
  }

  std::string_view line_;
  std::size_t at_ = 0;
  std::optional<Word> word_;
  Words out_;
};

}  // namespace

Words split_words(std::string_view line) {
  return Splitter(line).split();
}

}  // namespace muster
