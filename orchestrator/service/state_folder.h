// SPDX-License-Identifier: GPL-2.0-or-later
// Why the state folder, or a file in it, could not be opened, and what to do about it.
#pragma once

#include <string>

#include "core/base/error.h"

namespace muster::service {

// With a hint for whoever may not look or write there, and "Not a directory" where `folder` is none; an error
// that has a hint already stays as it is.
Error explained(Error error, const std::string& folder);

// False: there is nothing of that name. Errors: explained ones, of what keeps us from knowing.
Result<bool> exists_in(const std::string& folder, const std::string& name);

}  // namespace muster::service
