// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/call_record.h"

#include <algorithm>

#include "core/tls/digest.h"

namespace muster::agent {

std::string arguments_text(const cim::Arguments& arguments) {
  std::string text;
  for (const auto& argument : arguments) {
    for (const auto& value : argument.values) {
      if (text.size() >= kMostOfArguments) return text.append("; ... and more");
      text.append(text.empty() ? "" : "; ")
          .append(argument.name, 0, kMostOfValue)
          .append("=")
          .append(value, 0, kMostOfValue);
      if (value.size() <= kMostOfValue) continue;
      text.append("... (").append(std::to_string(value.size())).append(" octets, SHA-256 ");
      text.append(tls::sha256_of(value)).append(")");
    }
  }
  return text;
}

audit::Fields fields_of(const ipc::RunOrder& order, std::uint64_t id) {
  audit::Fields fields{{"call", std::to_string(id)},
                       {"actor", ipc::words_of(order.caller)},
                       {"via", order.caller.source},
                       {"class", order.call.class_name},
                       {"method", order.call.method}};
  if (order.caller.kind == ipc::Caller::Kind::certificate) {
    fields.emplace_back("fingerprint", order.caller.name);
  }
  for (auto& [name, value] : fields) value.resize(std::min(value.size(), kMostOfValue));
  return fields;
}

}  // namespace muster::agent
