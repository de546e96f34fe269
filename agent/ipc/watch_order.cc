// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/ipc/watch_order.h"

#include <charconv>
#include <optional>

namespace muster::ipc {
namespace {

constexpr std::size_t kNameDigits = 64;
constexpr std::string_view kYes = "TRUE";
constexpr std::string_view kNo = "FALSE";

std::optional<std::chrono::seconds> seconds_of(const std::string& text) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  const std::chrono::seconds time(count);
  const bool sound = !text.empty() && error == std::errc() && stop == end && time >= WatchOrder::kShortest &&
                     time <= WatchOrder::kLongest;
  return sound ? std::optional(time) : std::nullopt;
}

}  // namespace

bool is_watch_name(std::string_view text) {
  return text.size() == kNameDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

cim::Invocation watch_call(const WatchOrder& order) {
  return {std::string(kWatchClass),
          std::string(kWatchMethod),
          {},
          {{"filename", {order.file}},
           {"regexps", order.expressions},
           {"EvaluationInterval", {std::to_string(order.interval.count())}},
           {"goes_on", {std::string(order.begin == Begin::where_it_was ? kYes : kNo)}},
           {"kept", {std::string(order.place == Place::kept ? kYes : kNo)}},
           {"watch", {order.name}}}};
}

Result<WatchOrder> parse_watch(const cim::Invocation& call) {
  WatchOrder order;
  order.name = cim::text_of(call.arguments, "watch");
  order.file = cim::text_of(call.arguments, "filename");
  const auto interval = seconds_of(cim::text_of(call.arguments, "EvaluationInterval"));
  if (call.class_name != kWatchClass || call.method != kWatchMethod || !is_watch_name(order.name) ||
      !interval) {
    return fail(Errc::malformed, "watch: not an order");
  }
  if (!order.file.starts_with('/') || order.file.size() > WatchOrder::kMaxFileName ||
      order.file.find('\0') != std::string::npos) {
    return fail(Errc::malformed, "filename: must be a path from the root on");
  }
  const cim::Argument* const expressions = cim::find_argument(call.arguments, "regexps");
  if (expressions == nullptr || expressions->values.empty() ||
      expressions->values.size() > WatchOrder::kMaxExpressions) {
    return fail(Errc::malformed, "regexps: 1 to 64 are needed");
  }
  order.expressions = expressions->values;
  order.interval = *interval;
  order.begin = cim::is_true(call.arguments, "goes_on") ? Begin::where_it_was : Begin::now;
  order.place = cim::is_true(call.arguments, "kept") ? Place::kept : Place::forgotten;
  return order;
}

}  // namespace muster::ipc
