// SPDX-License-Identifier: GPL-2.0-or-later
// muster ca show|export
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/ca/authority.h"
#include "orchestrator/ca/certificate_json.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/commands/registry.gen.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "looks at the certificate authority",
    .description =
        "The authority is made by muster init. Agents trust its root, and this server shows them its client "
        "certificate.",
    .examples = "muster ca show\nmuster ca export > root.pem",
    .files = "STATE/ca, STATE/client.pem",
};
constexpr Manual kShow{
    .summary = "shows root, issuing authority and client certificate",
    .description = "Subject, serial number, fingerprint and remaining life of each.",
    .examples = "muster ca show\nmuster ca show --json",
};
constexpr Manual kExport{
    .summary = "prints the root certificate as PEM",
    .description =
        "For whatever else should trust agents: other WS-Management clients, browsers, monitoring.",
    .examples = "muster ca export > root.pem\nopenssl x509 -in <(muster ca export) -noout -text",
};

class Ca : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    auto* command = add_command(root, "ca", kManual);
    add_command(*command, "show", kShow);
    export_ = add_command(*command, "export", kExport);
    command->require_subcommand(1);
    return command;
  }

  Result<Exit> run(Environment& environment) override {
    const auto authority = Authority::open(environment.state_folder);
    if (!authority) return fail(authority.error());
    if (export_->parsed()) {
      export_root(authority->root().pem(), environment.json);
    } else if (environment.json) {
      print_json({{"root", certificate_json(authority->root())},
                  {"issuing", certificate_json(authority->issuing())},
                  {"client", certificate_json(authority->client())}});
    } else {
      print(certificate_table(
          {{"root", authority->root()}, {"issuing", authority->issuing()}, {"client", authority->client()}},
          terminal_for(environment.interactive)));
    }
    if (const auto warning = authority->warning(std::chrono::system_clock::now())) print_error(*warning);
    return Exit::ok;
  }

 private:
  static void export_root(const std::string& pem, bool json) {
    if (json) return print_json({{"certificate", pem}});
    print(pem);
  }

  const CLI::App* export_ = nullptr;
};

}  // namespace

std::unique_ptr<Command> make_ca() {
  return std::make_unique<Ca>();
}

}  // namespace muster
