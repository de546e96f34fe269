// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/host/call.h"

#include <charconv>
#include <span>
#include <string_view>
#include <utility>

#include "agent/ipc/arguments.h"

namespace muster::agent {
namespace {

constexpr std::string_view kWord = "invoke";
constexpr std::size_t kFixed = 4;

}  // namespace

ipc::Frame call_frame(std::uint64_t id, const cim::Invocation& call) {
  ipc::Frame frame{ipc::Tag::fetch, id, {std::string(kWord), call.class_name, call.method}};
  frame.fields.push_back(std::to_string(call.keys.size()));
  for (const cim::Selector& key : call.keys) {
    frame.fields.push_back(key.name);
    frame.fields.push_back(key.value);
  }
  ipc::append_arguments(frame.fields, call.arguments);
  return frame;
}

bool is_call(const ipc::Frame& frame) {
  return frame.tag == ipc::Tag::fetch && !frame.fields.empty() && frame.fields[0] == kWord;
}

Result<cim::Invocation> parse_call(const ipc::Frame& frame) {
  const auto bad = [] { return fail(Errc::malformed, "fetch: not a call"); };
  const auto& fields = frame.fields;
  if (!is_call(frame) || fields.size() < kFixed) return bad();
  std::size_t keys = 0;
  const char* const end = fields[3].data() + fields[3].size();
  const auto [stop, error] = std::from_chars(fields[3].data(), end, keys);
  if (error != std::errc() || stop != end || keys > (fields.size() - kFixed) / 2) return bad();
  cim::Invocation call{fields[1], fields[2], {}, {}};
  for (std::size_t i = 0; i < keys; ++i) {
    call.keys.push_back({fields[kFixed + 2 * i], fields[kFixed + 2 * i + 1]});
  }
  auto arguments = ipc::parse_arguments(std::span(fields).subspan(kFixed + 2 * keys));
  if (!arguments) return fail(arguments.error());
  call.arguments = std::move(*arguments);
  return call;
}

}  // namespace muster::agent
