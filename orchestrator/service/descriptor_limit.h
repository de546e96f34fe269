// SPDX-License-Identifier: GPL-2.0-or-later
// As many descriptors as the administrator allows, for work on many hosts at once.
#pragma once

namespace muster::service {

// The soft limit becomes the hard one; a failure is logged. Processes that were forked before keep theirs.
void raise_descriptor_limit();

}  // namespace muster::service
