// SPDX-License-Identifier: GPL-2.0-or-later
// What went wrong, said once, in a form that a person and a program can both use.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace muster {

// Callers branch on the code, never on the text.
// A new code is added only when some caller must act differently on it.
enum class Errc {
  not_found,    // the named thing does not exist
  denied,       // it exists, but these credentials may not touch it
  untrusted,    // peer identity could not be proved (certificate, host key)
  timeout,      // no answer within the stated limit
  unreachable,  // no route, refused, reset
  malformed,    // input breaks its grammar or its schema
  unsupported,  // understood, and not offered here
  internal,     // a bug of ours: please report
};

std::string_view to_string(Errc code);

struct [[nodiscard]] Error {
  Errc code = Errc::internal;
  std::string what;  // names the object: "/etc/x.conf:12", "db1:1270"; no final period
  std::string hint;  // what the operator may try next; may be empty

  // Prepends an outer activity: "deploying db1: uploading package: ...".
  Error during(std::string_view activity) && {
    what.insert(0, std::string(activity) + ": ");
    return std::move(*this);
  }
};

// A value, or the reason there is none. Discarding one is a compile error.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  // NOLINTNEXTLINE(google-explicit-constructor): and_then() chains hand back the base class
  Result(tl::expected<T, Error> other) : tl::expected<T, Error>(std::move(other)) {}
};

inline tl::unexpected<Error> fail(Errc code, std::string what, std::string hint = {}) {
  return tl::unexpected<Error>(Error{code, std::move(what), std::move(hint)});
}

inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace muster
