// SPDX-License-Identifier: GPL-2.0-or-later
// One call of a method: what is asked for, and what comes back. Values travel as text in canonical form, so that
// a process may hand them on without knowing their types.
//
// Source  XML Schema part 2 for the forms that are taken; canonical are those of scalar_text() in instance.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cim/class.h"
#include "core/cim/selection.h"

namespace muster::cim {

struct Argument {
  std::string name;                 // as the method's declaration spells it
  std::vector<std::string> values;  // exactly one, unless it is an array
};
using Arguments = std::vector<Argument>;  // null ones are left out

inline constexpr std::string_view kReturnValue = "ReturnValue";  // among those that come back

struct Invocation {
  std::string class_name;  // as the class spells it
  std::string method;      // as its declaration spells it
  std::vector<Selector> keys;
  Arguments arguments;
};

enum class Misfit : std::uint8_t { none, type, range };

// Text of a request as a value of this type, in canonical form. A string is taken as it is; around everything else
// there may be white space.
Misfit canonical(Type type, std::string_view text, std::string& out);

const Argument* find_argument(const Arguments& arguments, std::string_view name);
// Of arguments that were checked against their declaration; absent ones have the value that is given here.
std::string text_of(const Arguments& arguments, std::string_view name, std::string_view absent = {});
std::uint64_t number_of(const Arguments& arguments, std::string_view name, std::uint64_t absent = 0);
bool is_true(const Arguments& arguments, std::string_view name);

}  // namespace muster::cim
