// SPDX-License-Identifier: GPL-2.0-or-later
// docs/errors.md: the table of failures as a page.
#pragma once

#include <string>

namespace muster {

std::string failure_page();

}  // namespace muster
