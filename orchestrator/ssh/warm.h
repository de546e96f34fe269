// SPDX-License-Identifier: GPL-2.0-or-later
// Does once what each SSH session would do first, so that workers forked afterwards share those pages.
#pragma once

namespace muster {

void warm_up_ssh();

}  // namespace muster
