// SPDX-License-Identifier: GPL-2.0-or-later
// One line of what our scripts say on a host: "MARK verb rest". Hostile input: a host may say anything.
// Limits  step names are of [a-z_], at most 40; texts are escaped and cut.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/provision/failure.h"

namespace muster {

struct HostLine {
  enum class Verb {
    tty,      // the terminal is ready, echo is off
    ready,    // loader runs; text: uid
    begin,    // step
    ok,       // step
    changed,  // step
    failed,   // step, code, text
    data,     // text: a line of the next question
    ask,      // step: the script waits for lines up to "."
    fact,     // text: key=value
    have,     // the host has this package
    want,     // text: where the upload goes
    got,      // the upload is whole
    end,      // all steps are done
  } verb = Verb::end;
  std::string step;
  FailureCode code = FailureCode::script;
  std::string text;
};

// Nothing when the line is not ours or breaks the grammar.
std::optional<HostLine> parse_host_line(std::string_view line, std::string_view mark);

// "/var/tmp/muster-..." or "/tmp/muster-...": the only paths that are taken from a host.
bool is_upload_folder(std::string_view path);

}  // namespace muster
