// SPDX-License-Identifier: GPL-2.0-or-later
// Lets go of program code and constants that were needed once: starting, loading certificates.
//
// They are pages of files that nobody wrote to: what is needed again comes back from the page cache, at about
// a microsecond for 16 pages. Nothing changes but the memory that counts as ours.
#pragma once

namespace muster::sandbox {

void release_code_pages();

}  // namespace muster::sandbox
