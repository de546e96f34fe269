// SPDX-License-Identifier: GPL-2.0-or-later
// Splits a host line into words as a POSIX shell would, which is how Ansible reads it.
// Source: Python's shlex in POSIX mode: an unquoted '#' begins a comment, even within a word.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

struct Word {
  std::string text;    // without quotation marks and escapes
  std::size_t offset;  // where it begins in the line
};

struct WordFault {
  std::size_t offset;
  std::string_view what;
};

struct Words {
  std::vector<Word> words;
  std::optional<WordFault> fault;  // set: `words` is not to be used
};

Words split_words(std::string_view line);

}  // namespace muster
