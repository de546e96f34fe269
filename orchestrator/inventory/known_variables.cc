// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/known_variables.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>

#include "orchestrator/inventory/host_key.h"
#include "orchestrator/inventory/limits.h"
#include "orchestrator/inventory/names.h"
#include "orchestrator/inventory/ranges.h"
#include "orchestrator/inventory/text.h"

namespace muster {
namespace {

// A value under consideration, with all that a message about it needs.
struct Candidate {
  HostEntry& host;
  std::string_view name;
  const std::string& value;
  const KeyFolders& folders;

  tl::unexpected<Error> refuse(Errc code, std::string_view why, std::string hint) const {
    return fail(code, host.name + ": " + std::string(name) + " " + shown(value) + " " + std::string(why),
                std::move(hint));
  }
};

Result<void> set_address(const Candidate& c) {
  if (!is_host_name(c.value)) {
    return c.refuse(Errc::malformed, "is not a host name or address",
                    "give a name, an IPv4 or an IPv6 address alone");
  }
  c.host.address = c.value;
  return {};
}

Result<void> set_port(const Candidate& c) {
  const auto port = read_port(c.value);
  if (!port) return c.refuse(Errc::malformed, "is not a port", "give a number from 1 to 65535");
  c.host.port = *port;
  return {};
}

Result<void> set_user(const Candidate& c) {
  if (!is_user_name(c.value)) {
    return c.refuse(Errc::malformed, "is not a user name",
                    "letters, digits, '.', '_' and '-', beginning with a letter or '_', at most 32");
  }
  c.host.user = c.value;
  return {};
}

bool is_yes(std::string_view word) {
  static constexpr std::array<std::string_view, 7> kYes{"1", "1.0", "on", "t", "true", "y", "yes"};
  return std::find(kYes.begin(), kYes.end(), word) != kYes.end();
}

Result<void> set_become(const Candidate& c) {
  static constexpr std::array<std::string_view, 7> kNo{"0", "0.0", "f", "false", "n", "no", "off"};
  const std::string word = lower_case(c.value);
  c.host.become = is_yes(word);
  if (c.host.become || std::find(kNo.begin(), kNo.end(), word) != kNo.end()) return {};
  return c.refuse(Errc::malformed, "is neither yes nor no", "write true or false");
}

Result<void> set_become_method(const Candidate& c) {
  if (c.value != "sudo" && c.value != "ansible.builtin.sudo") {
    return c.refuse(Errc::unsupported, "is not offered",
                    "use sudo on this host; Muster knows no other way to root yet");
  }
  c.host.become_method = "sudo";
  return {};
}

Result<void> check_become_user(const Candidate& c) {
  if (c.value == "root") return {};
  return c.refuse(Errc::unsupported, "is not root", "remove it: installing an agent needs root");
}

Result<void> check_connection(const Candidate& c) {
  if (c.value == "ssh" || c.value == "smart" || c.value == "ansible.builtin.ssh") return {};
  return c.refuse(Errc::unsupported, "is not ssh",
                  "Muster reaches hosts by SSH alone: move this host to another file");
}

// Options for ssh itself: a jump host or a proxy that is silently left out would dial another machine.
Result<void> refuse_ssh_option(const Candidate& c) {
  return c.refuse(Errc::unsupported, "is not offered: Muster speaks SSH itself and takes no options of ssh",
                  "remove it if the host is reached without it; write port, user and key in ansible_port, "
                  "ansible_user and ansible_ssh_private_key_file; a jump host cannot be used yet");
}

Result<void> refuse_become_option(const Candidate& c) {
  return c.refuse(Errc::unsupported, "is not offered: Muster calls sudo in its own way",
                  "remove it, or allow the user plain sudo on this host: USER ALL=(root) /bin/sh");
}

Result<void> refuse_host_key_option(const Candidate& c) {
  if (is_yes(lower_case(c.value))) return {};
  return c.refuse(Errc::unsupported, "is not offered: host keys are always checked",
                  "remove it and set muster_host_key, or run once with --accept-new");
}

bool printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
  });
}

Result<void> set_key_file(const Candidate& c) {
  if (c.value.size() > limits::kPathBytes || !printable(c.value)) {
    return c.refuse(Errc::malformed, "is not a path", "at most 4095 bytes, no control characters");
  }
  std::filesystem::path path = c.value;
  if (c.value[0] == '~') {
    if (c.value.size() > 1 && c.value[1] != '/') {
      return c.refuse(Errc::unsupported, "names another user's home", "write the full path");
    }
    if (c.folders.home.empty()) {
      return c.refuse(Errc::not_found, "needs $HOME, which is not set", "write the full path");
    }
    path = std::filesystem::path(c.folders.home) / c.value.substr(std::min<std::size_t>(2, c.value.size()));
  }
  c.host.private_key_file = (std::filesystem::path(c.folders.inventory) / path).lexically_normal().string();
  return {};
}

Result<void> set_host_key(const Candidate& c) {
  auto key = read_host_key(c.value);
  if (!key) {
    return c.refuse(Errc::malformed, key.error().what, std::move(key.error().hint));
  }
  c.host.host_key = std::move(*key);
  return {};
}

struct Known {
  std::string_view name;
  Result<void> (*apply)(const Candidate&);
};
// Of names that mean the same the later wins, which is how Ansible's ssh and sudo plugins list them.
constexpr std::array<Known, 14> kKnown{{{"ansible_connection", check_connection},
                                        {"ansible_host", set_address},
                                        {"ansible_ssh_host", set_address},
                                        {"ansible_port", set_port},
                                        {"ansible_ssh_port", set_port},
                                        {"ansible_user", set_user},
                                        {"ansible_ssh_user", set_user},
                                        {"ansible_private_key_file", set_key_file},
                                        {"ansible_ssh_private_key_file", set_key_file},
                                        {"ansible_become", set_become},
                                        {"ansible_become_method", set_become_method},
                                        {"ansible_become_user", check_become_user},
                                        {"ansible_sudo_user", check_become_user},
                                        {"muster_host_key", set_host_key}}};

// Ansible acts on these and Muster does not; an empty value asks for nothing.
constexpr std::array<Known, 15> kRefused{{{"ansible_ssh_common_args", refuse_ssh_option},
                                          {"ansible_ssh_extra_args", refuse_ssh_option},
                                          {"ansible_ssh_args", refuse_ssh_option},
                                          {"ansible_ssh_executable", refuse_ssh_option},
                                          {"ansible_sftp_extra_args", refuse_ssh_option},
                                          {"ansible_scp_extra_args", refuse_ssh_option},
                                          {"ansible_ssh_pkcs11_provider", refuse_ssh_option},
                                          {"ansible_pkcs11_provider", refuse_ssh_option},
                                          {"ansible_become_flags", refuse_become_option},
                                          {"ansible_become_exe", refuse_become_option},
                                          {"ansible_sudo_flags", refuse_become_option},
                                          {"ansible_sudo_exe", refuse_become_option},
                                          {"ansible_host_key_checking", refuse_host_key_option},
                                          {"ansible_ssh_host_key_checking", refuse_host_key_option},
                                          {"ansible_host_key_alias", refuse_host_key_option}}};

constexpr std::array<std::string_view, 16> kSudoSecrets{
    "ansible_become_pass", "ansible_become_password", "ansible_sudo_pass",  "ansible_sudo_password",
    "ansible_su_pass",     "ansible_su_password",     "ansible_doas_pass",  "ansible_doas_password",
    "ansible_dzdo_pass",   "ansible_ksu_pass",        "ansible_pbrun_pass", "ansible_pfexec_pass",
    "ansible_pmrun_pass",  "ansible_runas_pass",      "ansible_sesu_pass",  "ansible_enable_pass"};
constexpr std::array<std::string_view, 3> kLoginSecrets{"ansible_password", "ansible_ssh_pass",
                                                        "ansible_ssh_password"};
constexpr std::array<std::string_view, 4> kKeySecrets{"ansible_private_key", "ansible_ssh_private_key",
                                                      "ansible_private_key_passphrase",
                                                      "ansible_ssh_private_key_passphrase"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Error secret_refused(std::string_view name, std::string hint) {
  return {Errc::malformed, std::string(name) + ": a secret must not be in an inventory", std::move(hint)};
}

bool templated(std::string_view value) {
  return value.find("{{") != std::string_view::npos || value.find("{%") != std::string_view::npos;
}

}  // namespace

std::optional<Error> refuse_variable(std::string_view name) {
  if (!is_variable_name(name)) {
    return Error{Errc::malformed, shown(name) + " is not a variable name",
                 "write name=value without spaces around '='; names begin with a letter or '_'"};
  }
  if (among(kSudoSecrets, name)) {
    return secret_refused(name,
                          "remove the line and give it with --ask-become-pass or --become-password-file");
  }
  if (among(kLoginSecrets, name)) {
    return secret_refused(name,
                          "remove the line and log in with a key (ansible_ssh_private_key_file); "
                          "the sudo password goes to --ask-become-pass or --become-password-file");
  }
  if (among(kKeySecrets, name)) {
    return secret_refused(name, "remove the line and name the key's file in ansible_ssh_private_key_file");
  }
  if (name.substr(0, 7) == "muster_" && name != "muster_host_key") {
    return Error{Errc::malformed, std::string(name) + ": there is no such variable",
                 "did you mean muster_host_key?"};
  }
  return std::nullopt;
}

const std::vector<std::string_view>& known_variable_names() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> all;
    all.reserve(std::size(kKnown) + std::size(kRefused));
    for (const Known& known : kKnown) all.push_back(known.name);
    for (const Known& refused : kRefused) all.push_back(refused.name);
    return all;
  }();
  return kNames;
}

Result<void> apply_variable(HostEntry& host, std::string_view name, const std::string& value,
                            const KeyFolders& folders) {
  const auto named = [&](const Known& known) { return known.name == name; };
  const Candidate candidate{host, name, value, folders};
  if (const auto* const refused = std::find_if(kRefused.begin(), kRefused.end(), named);
      refused != kRefused.end()) {
    return trimmed(value).empty() ? Result<void>() : refused->apply(candidate);
  }
  const auto* const known = std::find_if(kKnown.begin(), kKnown.end(), named);
  if (known == kKnown.end()) return {};
  if (value.empty()) return candidate.refuse(Errc::malformed, "is empty", "remove it or give it a value");
  if (templated(value)) {
    return candidate.refuse(Errc::unsupported, "is a template",
                            "write the value itself: Muster evaluates no templates");
  }
  return known->apply(candidate);
}

}  // namespace muster
