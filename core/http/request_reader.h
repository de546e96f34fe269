// SPDX-License-Identifier: GPL-2.0-or-later
// Reads one HTTP request from bytes as they come: strict checks of ours on the head, then Beast's parser.
//
// Limits   struct Limits (head_bytes, head_fields, body_bytes).
// Errors   a refusal has the status to answer with; the connection cannot go on after it.
// Source   RFC 9112 sections 2 to 7; RFC 9110 section 10.1.1.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/http/message.h"
#include "core/http/server.h"

namespace muster::http {

// The head's text, up to and with its empty line, obeys the rules that Beast does not check: no folding, no
// bytes outside printable ASCII, not too many fields, nothing twice that may be there once, one framing.
// Errors: malformed.
Result<void> check_head(std::string_view text, std::size_t field_limit);

class RequestReader {
 public:
  enum class State {
    head,      // wants more of the head
    body,      // the head is complete and may be looked at; wants more of the body
    complete,  // take() the request
    refused,
  };
  struct Refusal {
    int status = 400;
    std::string reason;
  };

  explicit RequestReader(const Limits& limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;
  RequestReader(RequestReader&&) = delete;
  RequestReader& operator=(RequestReader&&) = delete;

  // Consumes bytes and returns how many; what is left must be given again in front of what follows it.
  // Stops behind the head, so that it can be judged first, and behind the message.
  std::size_t put(std::string_view bytes);

  State state() const { return state_; }
  const Refusal& refusal() const { return refusal_; }
  const Head& head() const { return head_; }
  bool keeps_alive() const;
  bool expects_continue() const { return expects_continue_; }
  Request take();

 private:
  struct Parser;
  std::size_t put_head(std::string_view bytes);
  std::size_t put_body(std::string_view bytes);
  std::size_t refuse(int status, std::string reason);
  void note_expectation();

  Limits limits_;
  std::unique_ptr<Parser> parser_;
  State state_ = State::head;
  Refusal refusal_;
  Head head_;
  std::size_t searched_ = 0;     // of an incomplete head, where no end was found
  std::size_t empty_lines_ = 0;  // in front of the request line
  bool expects_continue_ = false;
};

}  // namespace muster::http
