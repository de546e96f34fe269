// SPDX-License-Identifier: GPL-2.0-or-later
// Every way in which work on a host can fail, as a closed list: a code word, what it means, what to do about
// it.
//
// Source  the words reach the store, --json and the console; they are never renamed, only added to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

enum class FailureCode : std::uint8_t {
  unreachable,
  ssh_refused,
  ssh_protocol,
  ssh_auth,
  ssh_key,
  host_key_unknown,
  host_key_changed,
  sudo_password,
  sudo_wrong,
  sudo_tty,
  sudo_denied,
  sudo_absent,
  timeout,
  platform,
  space,
  upload,
  package,
  dpkg_locked,
  busy,
  agent_config,
  cert_request,
  cert_mismatch,
  cert_install,
  sign,
  no_agent,
  service,
  verify,
  removal,
  registration,
  script,
  worker,
  local,
  interrupted,
};

struct FailureClass {
  FailureCode code;
  std::string_view word;   // "E-SSH-AUTH"
  std::string_view cause;  // what it means, as a heading above the hosts that have it
  std::string_view hint;   // what to do
};

struct [[nodiscard]] Failure {
  FailureCode code = FailureCode::worker;
  std::string text;       // this host's detail
  std::string hint = {};  // what to do about it here; empty: the class's
};

const FailureClass& failure_class(FailureCode code);
std::string hint_of(const Failure& failure);
const FailureClass* find_failure_class(std::string_view word);
const std::vector<FailureClass>& failure_classes();

// The host itself was not reached, as opposed to work on it having failed.
bool is_unreachable(FailureCode code);

}  // namespace muster
