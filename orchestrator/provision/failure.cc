// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/failure.h"

#include <algorithm>
#include <array>

namespace muster {
namespace {

using enum FailureCode;

constexpr std::array kTable{
    FailureClass{unreachable, "E-UNREACHABLE", "no TCP connection to the SSH port",
                 "check ansible_host and ansible_port, the route and the firewall: nc -vz ADDRESS PORT"},
    FailureClass{ssh_refused, "E-SSH-REFUSED", "the host answers, but nothing listens on the SSH port",
                 "on the host: systemctl status ssh; check ansible_port"},
    FailureClass{ssh_protocol, "E-SSH-PROTOCOL", "the SSH session broke before or while it was used",
                 "compare with ssh -v USER@HOST; on the host: journalctl -u ssh; MaxStartups may be too low"},
    FailureClass{
        ssh_auth, "E-SSH-AUTH", "the host accepted none of the offered keys",
        "check ansible_user and ansible_ssh_private_key_file, and ~/.ssh/authorized_keys on the host; "
        "ssh-add -l shows what the agent holds"},
    FailureClass{
        ssh_key, "E-SSH-KEY", "a private key could not be read here, so no key was offered to the host",
        "check ansible_ssh_private_key_file; for an encrypted key --key-passphrase-file FILE, or ssh-add"},
    FailureClass{host_key_unknown, "E-HOSTKEY-UNKNOWN",
                 "the host's key is not known, so nothing was sent to it",
                 "compare the fingerprint with ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub on the "
                 "host's console, "
                 "then set muster_host_key, or run again with --accept-new"},
    FailureClass{
        host_key_changed, "E-HOSTKEY-CHANGED",
        "the host shows another key than the one on record: rebuilt, or somebody is in between",
        "find out why first; if the host was rebuilt: ssh-keygen -R ADDRESS -f the file that is named, then "
        "run again"},
    FailureClass{sudo_password, "E-SUDO-PASSWORD", "sudo asks for a password and none was given",
                 "run again with --ask-become-pass or --become-password-file FILE"},
    FailureClass{sudo_wrong, "E-SUDO-WRONG", "sudo refused the password (tried once)",
                 "check the password for this host's user; mind the lock-out before trying again"},
    FailureClass{
        sudo_tty, "E-SUDO-TTY", "sudo demands a terminal and the SSH server gives none",
        "allow PermitTTY in sshd_config, or drop requiretty for this user: Defaults:USER !requiretty"},
    FailureClass{sudo_denied, "E-SUDO-DENIED", "the login user may not become root",
                 "set ansible_become=true, and allow the user in sudoers: USER ALL=(root) /bin/sh"},
    FailureClass{sudo_absent, "E-SUDO-ABSENT", "there is no sudo on the host",
                 "install sudo on the host, or log in as root with a key (ansible_user=root)"},
    FailureClass{timeout, "E-TIMEOUT", "the host did not finish within the time limit",
                 "look at the step it stopped in; raise --timeout for slow hosts; a dpkg at work there is "
                 "not stopped, and the next run waits for it"},
    FailureClass{platform, "E-PLATFORM", "there is no agent package for this platform",
                 "supported: Debian and its descendants (dpkg) on x86_64"},
    FailureClass{
        space, "E-SPACE", "too little free disk space on the host",
        "free some space in the folder that is named: df -h; journalctl --vacuum-size=100M; apt-get clean"},
    FailureClass{upload, "E-UPLOAD", "the package did not arrive whole on the host",
                 "check the free space in /var/tmp and /tmp on the host, then run again"},
    FailureClass{package, "E-PACKAGE", "dpkg could not install the package",
                 "on the host: dpkg --audit; dpkg --configure -a; then run again"},
    FailureClass{dpkg_locked, "E-DPKG-LOCKED", "another program holds dpkg's lock",
                 "wait for it to end (unattended-upgrades, apt-get), then run again: fuser -v "
                 "/var/lib/dpkg/lock-frontend"},
    FailureClass{busy, "E-BUSY", "an earlier run is still at work on the host",
                 "wait a few minutes, then run again; on the host: fuser -v /run/muster-provision.lock"},
    FailureClass{agent_config, "E-AGENT-CONFIG", "the agent's configuration on the host has an error",
                 "correct the line that is named, or move /etc/muster/agent.toml away: the defaults work; "
                 "then run again"},
    FailureClass{cert_request, "E-CERT-REQUEST", "the host could not make its certificate request",
                 "on the host: muster-agent cert show; df -h /etc/muster/tls; ls -l /etc/muster/tls"},
    FailureClass{cert_mismatch, "E-CERT-MISMATCH", "the certificate does not belong to the host's key",
                 "run again: key and request are made anew"},
    FailureClass{cert_install, "E-CERT-INSTALL", "the host could not put the new certificate in place",
                 "on the host: muster-agent cert show; df -h /etc/muster/tls; ls -l /etc/muster/tls"},
    FailureClass{sign, "E-SIGN", "the certificate request was not signed",
                 "check the certificate authority: muster ca show"},
    FailureClass{no_agent, "E-NO-AGENT", "there is no agent on the host", "install it: muster provision"},
    FailureClass{service, "E-SERVICE", "the agent did not start",
                 "on the host: systemctl status muster-agent; journalctl -u muster-agent -n 50"},
    FailureClass{verify, "E-VERIFY", "the agent runs, but could not be proved over WS-Man",
                 "check the firewall for the agent's port, which is named, and the host's clock"},
    FailureClass{removal, "E-REMOVAL", "the agent could not be removed whole",
                 "on the host: dpkg --purge muster-agent, which shows why"},
    FailureClass{
        registration, "E-REGISTRATION", "the host is set up, but could not be recorded here",
        "check the free space and permissions of the state folder, then run again: the host needs no change"},
    FailureClass{script, "E-SCRIPT", "the root shell on the host ended unexpectedly",
                 "look at the text that is shown; run again: the work continues where it stopped"},
    FailureClass{worker, "E-WORKER", "the process that spoke to this host died",
                 "report it: the SSH server of this host may be hostile or broken"},
    FailureClass{
        local, "E-LOCAL", "this machine could not start the work on the host",
        "not the host's fault: free some memory, processes or descriptors here (free -m; ulimit -u -n), or "
        "work on fewer hosts at a time with --forks; then run again"},
    FailureClass{interrupted, "E-INTERRUPTED", "the run was stopped before this host was finished",
                 "run again: finished hosts need no change"},
};

}  // namespace

const FailureClass& failure_class(FailureCode code) {
  return *std::find_if(kTable.begin(), kTable.end(),
                       [code](const FailureClass& entry) { return entry.code == code; });
}

std::string hint_of(const Failure& failure) {
  return failure.hint.empty() ? std::string(failure_class(failure.code).hint) : failure.hint;
}

const FailureClass* find_failure_class(std::string_view word) {
  const auto* const found = std::find_if(kTable.begin(), kTable.end(),
                                         [word](const FailureClass& entry) { return entry.word == word; });
  return found == kTable.end() ? nullptr : found;
}

const std::vector<FailureClass>& failure_classes() {
  static const std::vector<FailureClass> kAll(kTable.begin(), kTable.end());
  return kAll;
}

bool is_unreachable(FailureCode code) {
  return code == unreachable || code == ssh_refused || code == ssh_protocol || code == ssh_auth ||
         code == host_key_unknown || code == host_key_changed;
}

}  // namespace muster
