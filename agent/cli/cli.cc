// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/cli/cli.h"

#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>

#include "agent/config.h"
#include "core/base/version.gen.h"
#include "core/tls/context.h"

namespace muster::agent {
namespace {

constexpr char kFooter[] =
    "EXAMPLES\n"
    "  muster-agent serve                     run in the foreground (what the systemd unit does)\n"
    "  muster-agent serve --daemon            run in the background, on hosts without systemd\n"
    "  muster-agent serve --test              is the configuration good (systemctl reload asks first)\n"
    "  muster-agent status                    is it running, and with which certificate\n"
    "  muster-agent cert show                 the active certificate\n"
    "  muster-agent audit verify              is the log of what was done for callers unbroken\n"
    "\n"
    "EXIT STATUS\n"
    "  0 all well, 1 failed, 2 wrong usage, 3 the agent is not running (status)\n"
    "\n"
    "FILES\n"
    "  /etc/muster/agent.toml                 configuration\n"
    "  /etc/muster/tls/agent.key              private key (root only)\n"
    "  /etc/muster/tls/agent.pem              link to the active certificate\n"
    "  /var/lib/muster-agent/audit.log        what was done for callers, and what was refused\n";

int complain(const Error& error) {
  std::fprintf(stderr, "muster-agent: %s\n", error.what.c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "  hint: %s\n", error.hint.c_str());
  return 1;
}

int parse_and_run(CLI::App& root, const Action& chosen, int count, char** words) {
  try {
    root.parse(count, words);
  } catch (const CLI::ParseError& error) {
    return root.exit(error) == 0 ? 0 : 2;
  }
  tls::initialise();
  const auto status = chosen();
  return status ? *status : complain(status.error());
}

}  // namespace

Result<std::string> tls_folder(const Options& options) {
  if (!options.tls_folder.empty()) return options.tls_folder;
  const auto config = load_config(options.config);
  if (!config) return fail(config.error());
  return config->tls_folder;
}

int run_command_line(int count, char** words) {
  Options options;
  options.config = kDefaultConfig;
  Action chosen;
  CLI::App root("The agent of Muster: answers WS-Management requests for this host's CIM instances.",
                "muster-agent");
  root.set_version_flag("--version", std::string("muster-agent ") + kVersion);
  root.add_option("--config", options.config, "Configuration file")->capture_default_str()->type_name("FILE");
  root.require_subcommand(1);
  root.footer(kFooter);
  root.get_formatter()->column_width(34);
  add_serve(root, options, chosen);
  add_cert(root, options, chosen);
  add_status(root, options, chosen);
  add_audit(root, options, chosen);
  root.add_subcommand("version", "Print the version")->callback([&] {
    chosen = []() -> Result<int> {
      std::printf("muster-agent %s\n", kVersion);
      return 0;
    };
  });
  return parse_and_run(root, chosen, count, words);
}

}  // namespace muster::agent
