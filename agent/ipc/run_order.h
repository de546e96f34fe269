// SPDX-License-Identifier: GPL-2.0-or-later
// What Tag::run asks the monitor for: that a method be carried out as its caller. The order travels in as many
// frames as it takes, in the layout of rows (agent/host/rows_writer.h), all of them before the next order's.
//
// Layout  kind of caller, name, proof, source address, milliseconds, octets, class, method, then the arguments.
// Limits  kMaxOrderBytes.
// Errors  malformed: the front may have been taken over.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/cim/invocation.h"

namespace muster::ipc {

inline constexpr std::size_t kMaxOrderBytes = std::size_t{1024} * 1024;  // an envelope holds less

// Words of Tag::leave.
inline constexpr std::string_view kClientGone = "gone";
inline constexpr std::string_view kTimeOver = "late";

struct Caller {
  enum class Kind : std::uint8_t { user, certificate } kind = Kind::user;
  std::string name;    // of the user; of a certificate its SHA-256
  std::string proof;   // of a user the monitor's ticket; of a certificate its subject
  std::string source;  // address, as the front tells it
};

std::string_view word_of(Caller::Kind kind);
bool read_kind(std::string_view word, Caller::Kind& out);  // false: neither

struct RunOrder {
  Caller caller;
  std::chrono::milliseconds deadline{0};  // from now on
  std::size_t answer_octets = 0;          // that the answer may take as XML
  cim::Invocation call;                   // of a class, without keys
};

std::vector<std::string> run_rows(const RunOrder& order);
Result<RunOrder> parse_run(const std::vector<std::string>& rows);

// For people: "user alice", "certificate CN=ms1".
std::string words_of(const Caller& caller);

}  // namespace muster::ipc
