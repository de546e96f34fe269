// SPDX-License-Identifier: GPL-2.0-or-later
// A new file in the place of another one, in one step, for whoever goes on with the new one.
//
// Paths   as given; a temporary file is PATH.new-DIGITS, in the same folder.
// Errors  as in fd.h.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "core/base/error.h"
#include "core/base/fd.h"

namespace muster {

struct NewFile {
  Fd file;               // open for reading and writing
  Result<void> durable;  // an error: the file is in its place, but a power cut may bring the old one back
};

// An error: what was there is still in its place.
Result<NewFile> replace_file(const std::string& path, std::string_view content, mode_t mode);

// Puts on disk that a file was made, renamed or removed.
Result<void> sync_folder_of(const std::string& path);

std::string temporary_name(const std::string& path);

// What a process that was killed has left behind: temporary files that are older than an hour.
void remove_leftovers(const std::string& folder, std::chrono::system_clock::time_point now);

}  // namespace muster
