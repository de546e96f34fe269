// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the answer to one POST from bytes as they come; interim answers (100 Continue) are skipped.
//
// Limits  64 KiB of head, the body limit given, 8 interim answers.
// Source  RFC 9112 sections 4 to 7.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "core/base/error.h"
#include "core/http/message.h"

namespace muster::http {

class ResponseReader {
 public:
  explicit ResponseReader(std::size_t body_limit);
  ~ResponseReader();
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;
  ResponseReader(ResponseReader&&) = delete;
  ResponseReader& operator=(ResponseReader&&) = delete;

  // Consumes bytes and returns how many; what is left must be given again in front of what follows it.
  // Errors: malformed, without the object.
  Result<std::size_t> put(std::string_view bytes);
  // The connection ended properly: that completes an answer without a length.
  void end();

  bool complete() const;
  bool keeps_alive() const;
  Response take();

 private:
  struct Parser;
  void start();

  std::size_t body_limit_;
  std::size_t interim_ = 0;
  std::unique_ptr<Parser> parser_;
};

}  // namespace muster::http
