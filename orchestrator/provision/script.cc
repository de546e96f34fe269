// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/script.h"

#include "orchestrator/provision/shell.h"

namespace muster {
namespace {

constexpr std::string_view kCommon = R"sh(set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
DEBIAN_FRONTEND=noninteractive
export PATH LC_ALL DEBIAN_FRONTEND
step=start
package_record=/var/lib/muster-agent/package.sha256
package_kept=/var/lib/muster-agent/package.deb
package_before=/var/lib/muster-agent/before.deb
certificate_before=/var/lib/muster-agent/before.cert
say() { printf '%s %s\n' "$mark" "$*" || exit 74; }
ok() { say "ok $step"; }
changed() { say "changed $step"; }
stop() {
  code=$1
  shift
  say "failed $step $code $*"
  exit 1
}
# A quick look that spares a new host the reading of dpkg's whole database.
package_listed() { [ -e /var/lib/dpkg/info/muster-agent.list ]; }
package_status() { dpkg-query -W -f '${db:Status-Abbrev}' muster-agent 2>/dev/null; }
package_settled() {
  [ "$(cat "$package_record" 2>/dev/null)" = "$package_sha256" ] && [ "$(package_status)" = 'ii ' ]
}
)sh";

// The lease: whatever runs long watches standard input, which ends with the connection. dpkg alone is never
// stopped, because it would leave a package half-installed; the lock is its own, too, until it has ended.
constexpr std::string_view kRoot = R"sh(umask 022
exec 3<&0
pending=/run/muster-agent-restart
fresh=no
unkept=no
# The agent's own words with its hint, from the log.
agent_error() { sed -n 's/^muster-agent: //p; s/^  hint: \(.*\)/(\1)/p' "$work/log" | paste -s -d ' ' - | tail -c 400; }
config_error() { grep -q '^muster-agent: [^ ]*agent\.toml:[0-9]' "$work/log"; }
last_words() { tr '\n\t' '  ' <"$work/log" 2>/dev/null | tail -c 300; }
work=$(mktemp -d /var/tmp/muster-root-XXXXXXXXXX 2>/dev/null) || work=$(mktemp -d /run/muster-root-XXXXXXXXXX) ||
  stop E-SPACE "no room for a working folder in /var/tmp and /run"
trap 'trap "" HUP INT TERM; rm -rf -- "$work"' EXIT
trap 'exit 129' HUP INT TERM
trap '' PIPE
: >"$work/log"
lock=/run/muster-provision.lock
tries=0
while :; do
  command exec 9>"$lock" || stop E-BUSY "$lock: cannot be opened"
  flock -w "$lock_seconds" 9 || stop E-BUSY "$lock: held for $lock_seconds s by an earlier run"
  if [ "$lock" -ef /proc/self/fd/9 ]; then break; fi
  tries=$((tries + 1))
  [ "$tries" -lt 5 ] || stop E-BUSY "$lock: removed again and again by other runs"
done
ask() {
  if [ $# -gt 1 ]; then
    while IFS= read -r line; do say "| $line"; done <"$2"
  fi
  say "ask $1"
  : >"$work/answer"
  while IFS= read -r line <&3; do
    if [ "$line" = . ]; then return 0; fi
    printf '%s\n' "$line" >>"$work/answer" || stop E-SPACE "$work: no room"
  done
  exit 75
}
leased() {
  input=$1
  shift
  setsid "$@" <"$input" >"$work/log" 2>&1 9>&- &
  job=$!
  setsid sh -c 'cat >/dev/null; kill -s TERM -- "-$1" || kill -s TERM "$1"' lease "$job" <&3 >/dev/null 2>&1 3<&- 9>&- &
  watcher=$!
  wait "$job"
  status=$?
  # Its group is there from a moment after its start; a signal that can be caught would be lost before.
  tries=0
  until kill -s KILL -- "-$watcher" 2>/dev/null || ! kill -s 0 "$watcher" 2>/dev/null || [ "$tries" -ge 500 ]; do
    tries=$((tries + 1))
    sleep 0.01
  done
  wait "$watcher" 2>/dev/null
  return "$status"
}
has_systemd() { [ -d /run/systemd/system ]; }
agent_process() {
  process=$(cat /run/muster-agent/agent.pid 2>/dev/null) || return 1
  case $process in '' | *[!0-9]*) return 1 ;; esac
  case $(readlink "/proc/$process/exe") in */muster-agent*) return 0 ;; esac
  return 1
}
agent_running() {
  if has_systemd; then
    systemctl is-active --quiet muster-agent.service
  else
    agent_process
  fi
}
agent_stop() {
  if has_systemd; then
    systemctl stop muster-agent.service >"$work/log" 2>&1
    return 0
  fi
  agent_process || return 0
  kill "$process"
  tries=0
  while agent_process && [ "$tries" -lt 50 ]; do
    sleep 0.2
    tries=$((tries + 1))
  done
  if agent_process; then kill -KILL "$process"; fi
}
agent_start() {
  if has_systemd; then
    [ "$fresh" = yes ] || systemctl reset-failed muster-agent.service >/dev/null 2>&1
    [ -e /etc/systemd/system/multi-user.target.wants/muster-agent.service ] ||
      systemctl enable muster-agent.service >/dev/null 2>&1
    leased /dev/null timeout 90 systemctl restart muster-agent.service
  else
    agent_stop
    timeout 30 /usr/sbin/muster-agent serve --daemon </dev/null >"$work/log" 2>&1 3<&- 9>&-
  fi
}
agent_words() {
  if has_systemd; then
    journalctl -u muster-agent.service -n 3 --no-pager -o cat >"$work/log" 2>&1
  fi
  last_words
}
agent_show() { /usr/sbin/muster-agent cert show --porcelain 2>/dev/null; }
write_record() {
  [ -d "${1%/*}" ] || mkdir -p "${1%/*}"
  printf '%s\n' "$2" >"$1.new" && mv -f -- "$1.new" "$1"
}
record_package() { write_record "$package_record" "$1"; }
dpkg_locked() { grep -q 'locked by another process' "$work/log"; }
dpkg_run() {
  tries=0
  while :; do
    setsid -w dpkg "$@" </dev/null >"$work/log" 2>&1 3<&-
    status=$?
    [ "$status" != 0 ] || return 0
    { dpkg_locked && [ "$tries" -lt "$lock_tries" ]; } || return 1
    tries=$((tries + 1))
    sleep 2
  done
}
# What took the place of something proved is unproved until the management server has reached the agent. Files say
# so, for a run that is cut in between: the package to go back to, the fingerprint of the certificate to go back to.
is_unproved() { [ -e "$package_before" ] || [ -e "$certificate_before" ]; }
package_back() {
  dpkg_run --force-confold --force-downgrade -i "$package_before" || return 1
  sum=$(sha256sum <"$package_before")
  record_package "${sum%% *}" && mv -f -- "$package_before" "$package_kept"
}
certificate_is_back() {
  [ -s "$certificate_before" ] &&
    [ "$(agent_show | sed -n 's/^sha256=//p')" = "$(cat "$certificate_before")" ]
}
# A second rollback would be a step forward again.
certificate_back() {
  certificate_is_back || { /usr/sbin/muster-agent cert rollback >/dev/null 2>&1 && certificate_is_back; }
}
# What is unproved gives way to what was there before, which is started again; $went names what is back, $stuck what
# is not.
go_back() {
  went=
  stuck=
  ! is_unproved || : >"$pending"
  if [ -e "$package_before" ]; then
    if package_back; then went=" package"; else stuck=" package"; fi
  elif [ "$unkept" = yes ]; then
    stuck=" package"
  fi
  if [ -e "$certificate_before" ]; then
    if certificate_back; then
      went="${went:+$went and} certificate"
      rm -f -- "$certificate_before"
    else
      stuck="${stuck:+$stuck and} certificate"
    fi
  fi
  [ -n "$went" ] || return 0
  if agent_start; then rm -f -- "$pending"; else stuck="${stuck:+$stuck and} service"; fi
}
stop_back() {
  ended_as=$1
  shift
  words=$*
  go_back
  [ -z "$went" ] || words="$words (went back to the earlier$went)"
  [ -z "$stuck" ] || words="$words (could not bring back:$stuck)"
  stop "$ended_as" "$words"
}
)sh";

std::string function_name(const Step& step) {
  return "step_" + std::string(step.name());
}

std::string function_of(const Step& step) {
  return function_name(step) + "() {\n" + std::string(step.script()) + "\n}\n";
}

// A step on the management server reports there; its fragment only waits for the outcome.
std::string call_of(const Step& step) {
  if (step.place() == Place::management_server) return function_name(step) + "\n";
  return "step=" + std::string(step.name()) + "\nsay \"begin $step\"\n" + function_name(step) + "\n";
}

bool runs_at(const Step& step, Place place) {
  if (step.place() == place) return !step.script().empty();
  return place == Place::root && step.place() == Place::management_server && !step.script().empty();
}

}  // namespace

std::string compose_script(const std::vector<std::unique_ptr<Step>>& steps, Place place,
                           std::string_view mark, const ScriptValues& values) {
  std::string script;
  for (const auto& [name, value] : values) {
    script.append(name).append("=").append(shell_quoted(value)).append("\n");
  }
  script.append("mark=").append(mark).append("\n").append(kCommon);
  if (place == Place::root) script.append(kRoot);
  std::string calls;
  for (const auto& step : steps) {
    if (!runs_at(*step, place)) continue;
    script.append(function_of(*step));
    calls.append(call_of(*step));
  }
  return calls.empty() ? std::string() : script + calls + "say end\n";
}

}  // namespace muster
