// SPDX-License-Identifier: GPL-2.0-or-later
// muster-agent status
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "agent/cert_files.h"
#include "agent/cli/cli.h"
#include "agent/config.h"
#include "core/base/fd.h"
#include "core/base/log.h"
#include "core/base/version.gen.h"

namespace muster::agent {
namespace {

constexpr int kNotRunning = 3;

// The process id in the file while somebody holds its lock, else 0.
Result<long> running_pid(const Config& config) {
  const std::string path = config.run_folder + "/agent.pid";
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return 0;
  if (::flock(file.get(), LOCK_SH | LOCK_NB) == 0) return 0;
  const auto text = read_all(file.get(), path, 64);
  if (!text) return fail(text.error());
  return std::strtol(text->c_str(), nullptr, 10);
}

Result<int> status(const Options& options) {
  const auto config = load_config(options.config);
  if (!config) return fail(config.error());
  const auto pid = running_pid(*config);
  if (!pid) return fail(pid.error());
  std::printf("muster-agent %s\n", kVersion);
  if (*pid > 0) {
    std::printf("running      yes, process %ld, port %u\n", *pid, static_cast<unsigned>(config->port));
  } else {
    std::printf("running      no\n");
  }
  const auto bundle = active_certificates(config->tls_folder);
  if (!bundle) {
    std::printf("certificate  %s\n", log::printable(bundle.error().what).c_str());
  } else {
    const auto& leaf = bundle->front();
    std::printf("certificate  %s, %s, until %s\n", leaf.subject().c_str(),
                leaf.self_signed() ? "self-signed" : ("issued by " + leaf.issuer()).c_str(),
                tls::utc_text(leaf.not_after()).c_str());
  }
  return *pid > 0 ? 0 : kNotRunning;
}

}  // namespace

void add_status(CLI::App& root, const Options& options, Action& chosen) {
  root.add_subcommand("status", "Is the agent running, and with which certificate")->callback([&] {
    chosen = [&options] { return status(options); };
  });
}

}  // namespace muster::agent
