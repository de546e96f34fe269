// SPDX-License-Identifier: GPL-2.0-or-later
// What the probe found on a host. Hostile input: values are escaped and cut, unknown keys are kept out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/provision/failure.h"

namespace muster {

class Facts {
 public:
  // False when the line is no key=value or the key is not one of ours.
  bool add(std::string_view key_and_value);
  // "" when not found.
  const std::string& operator[](std::string_view key) const;
  bool yes(std::string_view key) const { return (*this)[key] == "yes"; }

  // "Debian GNU/Linux 12 x86_64"
  std::string platform() const;

  // One key=value per line; parse() takes it back.
  std::string text() const;
  static Facts parse(std::string_view text);

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

// Is there a package for this host, and room for it?
std::optional<Failure> check_platform(const Facts& facts);

}  // namespace muster
