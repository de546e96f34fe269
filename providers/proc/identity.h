// SPDX-License-Identifier: GPL-2.0-or-later
// Key values that several classes share. Existing clients select by them, so they never change.
#pragma once

namespace muster::proc {

inline constexpr char kSystemClass[] = "SCX_ComputerSystem";
inline constexpr char kOperatingSystemClass[] = "SCX_OperatingSystem";
inline constexpr char kOperatingSystemName[] = "Linux Distribution";

}  // namespace muster::proc
