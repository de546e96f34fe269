// SPDX-License-Identifier: GPL-2.0-or-later
// The process that runs the provider files: unprivileged, without network (agent/sandbox/confine.h), one
// request after the other.
//
// It answers on one channel and ends when the front at its other end does.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/ipc/activity.h"
#include "agent/ipc/channel.h"
#include "core/base/host.h"
#include "providers/provider.h"

namespace muster::agent {

using ProviderList = std::vector<std::unique_ptr<Provider>>;

// Serves until the channel ends; the result says why it did. The providers are told of the setting, and of the
// records of their calls, which begin here.
// `activity` shows which of them is being called.
Result<void> run_provider_host(ipc::Channel channel, const ProviderList& providers, const Host& host,
                               const ipc::Activity& activity, ProviderSetting setting = {});

// One request: finds the provider of the class and hands on its rendered instances, or the answer of its method.
// Errors  not_found: no provider of that class; malformed: no fetch, or a shape that does not fit the class;
//         else the provider's own.
Result<void> answer(const ipc::Frame& fetch, const ProviderList& providers,
                    const std::function<void(std::string)>& row);

}  // namespace muster::agent
