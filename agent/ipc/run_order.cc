// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/ipc/run_order.h"

#include <charconv>
#include <span>
#include <string_view>
#include <utility>

#include "agent/ipc/arguments.h"

namespace muster::ipc {
namespace {

constexpr std::string_view kUser = "user";
constexpr std::string_view kCertificate = "certificate";
constexpr std::size_t kFixed = 8;
constexpr std::uint64_t kLongest = 600'000;  // milliseconds

bool read_number(const std::string& digits, std::uint64_t most, std::uint64_t& out) {
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, out);
  return !digits.empty() && error == std::errc() && stop == end && out <= most;
}

}  // namespace

std::string_view word_of(Caller::Kind kind) {
  return kind == Caller::Kind::user ? kUser : kCertificate;
}

bool read_kind(std::string_view word, Caller::Kind& out) {
  out = word == kUser ? Caller::Kind::user : Caller::Kind::certificate;
  return word == kUser || word == kCertificate;
}

std::vector<std::string> run_rows(const RunOrder& order) {
  const Caller& caller = order.caller;
  std::vector<std::string> rows{std::string(word_of(caller.kind)),
                                caller.name,
                                caller.proof,
                                caller.source,
                                std::to_string(order.deadline.count()),
                                std::to_string(order.answer_octets),
                                order.call.class_name,
                                order.call.method};
  append_arguments(rows, order.call.arguments);
  return rows;
}

Result<RunOrder> parse_run(const std::vector<std::string>& rows) {
  RunOrder order;
  std::uint64_t milliseconds = 0;
  std::uint64_t octets = 0;
  if (rows.size() < kFixed || !read_kind(rows[0], order.caller.kind) || rows[1].empty() ||
      !read_number(rows[4], kLongest, milliseconds) || !read_number(rows[5], kMaxOrderBytes, octets)) {
    return fail(Errc::malformed, "run: not an order");
  }
  order.deadline = std::chrono::milliseconds(milliseconds);
  order.answer_octets = static_cast<std::size_t>(octets);
  order.caller.name = rows[1];
  order.caller.proof = rows[2];
  order.caller.source = rows[3];
  order.call.class_name = rows[6];
  order.call.method = rows[7];
  auto arguments = parse_arguments(std::span(rows).subspan(kFixed));
  if (!arguments) return fail(arguments.error());
  order.call.arguments = std::move(*arguments);
  return order;
}

std::string words_of(const Caller& caller) {
  return caller.kind == Caller::Kind::user ? "user " + caller.name : "certificate " + caller.proof;
}

}  // namespace muster::ipc
