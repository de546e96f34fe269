// SPDX-License-Identifier: GPL-2.0-or-later
// What the value of an INI variable means. Ansible reads it as a Python literal and, failing that, as plain
// text. Here quoted strings lose their marks and a comment after a literal is dropped; all else stays as
// written.
#pragma once

#include <string>
#include <string_view>

namespace muster {

std::string literal_value(std::string_view raw);

}  // namespace muster
