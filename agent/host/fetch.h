// SPDX-License-Identifier: GPL-2.0-or-later
// Tag::fetch: a query on its way from the front to the provider host.
//
// Layout  "get" or "enumerate", class, then names and values of keys in turn; when the items have a shape of
//         their own, "get shaped" or "enumerate shaped", class, content, nulls, dialect, expression, class to
//         show them as, then the keys.
// Errors  malformed: anything else; the front may have been taken over.
#pragma once

#include <cstdint>

#include "agent/ipc/frame.h"
#include "core/base/error.h"
#include "core/wsman/service.h"

namespace muster::agent {

ipc::Frame fetch_frame(std::uint64_t id, const wsman::Query& query);
Result<wsman::Query> parse_fetch(const ipc::Frame& fetch);

}  // namespace muster::agent
