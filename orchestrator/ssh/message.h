// SPDX-License-Identifier: GPL-2.0-or-later
// What a worker and the management server say to each other. What comes from a worker is hostile input: a
// broken SSH server may have taken it over.
// Limits  steps are of [a-z_]; texts are escaped again by whoever shows them; a question is at most 16 KiB.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/base/error.h"
#include "orchestrator/provision/failure.h"
#include "orchestrator/ssh/frame.h"

namespace muster {

// To the worker.
inline constexpr std::uint8_t kJobFrame = 1;  // encode_job(); the package's descriptor comes along
inline constexpr std::uint8_t kAnswerFrame =
    2;  // lines for the script that asked; empty: the new host key is recorded, go on

namespace told {  // by the worker

struct HostKey {  // once, before even the user name is sent; a new key waits for an empty kAnswerFrame
  std::string type;
  std::string base64;
  std::string fingerprint;
  bool is_new = false;
};
struct Begun {
  std::string step;
};
struct Finished {
  std::string step;
  bool changed = false;
};
struct Failed {  // the last message
  std::string step;
  Failure failure;
};
struct Known {  // Facts::text()
  std::string facts;
};
struct Question {
  std::string step;
  std::string text;
};
struct Done {};  // the last message

}  // namespace told

using Told = std::variant<told::HostKey, told::Begun, told::Finished, told::Failed, told::Known,
                          told::Question, told::Done>;

Frame encode_told(const Told& told);
Result<Told> decode_told(const Frame& frame);

}  // namespace muster
