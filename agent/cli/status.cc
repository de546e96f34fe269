// SPDX-License-Identifier: GPL-2.0-or-later
// muster-agent status
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <CLI/CLI.hpp>

#include "agent/cert_files.h"
#include "agent/cli/cli.h"
#include "agent/config.h"
#include "core/base/fd.h"
#include "core/base/log.h"
#include "core/base/version.gen.h"

namespace muster::agent {
namespace {

constexpr int kNotRunning = 3;

// The process id in the file, if that process lives and is an agent, else 0. Needs no right but to look.
long running_pid(const Config& config) {
  const auto text = read_file(config.run_folder + kPidFile, 64);
  const long pid = text ? std::strtol(text->c_str(), nullptr, 10) : 0;
  if (pid <= 1 || (::kill(static_cast<pid_t>(pid), 0) != 0 && errno != EPERM)) return 0;
  const auto name = read_file("/proc/" + std::to_string(pid) + "/comm", 64);
  return name && name->starts_with("muster-agent") ? pid : 0;
}

void print_certificate(const std::string& tls_folder) {
  const auto bundle = active_certificates(tls_folder);
  if (!bundle) {
    std::printf("certificate  %s\n", log::printable(bundle.error().what).c_str());
    return;
  }
  const auto& leaf = bundle->front();
  std::printf("certificate  %s, %s, until %s\n", leaf.subject().c_str(),
              leaf.self_signed() ? "self-signed" : ("issued by " + leaf.issuer()).c_str(),
              tls::utc_text(leaf.not_after()).c_str());
}

// A configuration that cannot be read is no answer to whether the agent runs: an agent that runs keeps the one that it
// has. Then the places are those of an agent without a configuration.
Result<int> status(const Options& options) {
  const auto read = load_config(options.config);
  const Config config = read.value_or(Config{});
  const long pid = running_pid(config);
  std::printf("muster-agent %s\n", kVersion);
  if (pid <= 0) {
    std::printf("running      no\n");
  } else if (read) {
    std::printf("running      yes, process %ld, port %u\n", pid, static_cast<unsigned>(config.port));
  } else {
    std::printf("running      yes, process %ld, with the configuration that it read before\n", pid);
  }
  print_certificate(config.tls_folder);
  std::fflush(stdout);
  if (!read) return fail(read.error());
  return pid > 0 ? 0 : kNotRunning;
}

}  // namespace

void add_status(CLI::App& root, const Options& options, Action& chosen) {
  root.add_subcommand("status", "Is the agent running, and with which certificate")->callback([&] {
    chosen = [&options] { return status(options); };
  });
}

}  // namespace muster::agent
