// SPDX-License-Identifier: GPL-2.0-or-later
// muster init
#include <array>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "orchestrator/ca/authority.h"
#include "orchestrator/ca/certificate_json.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/table.h"
#include "orchestrator/cli/time_text.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/store/store.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "makes the state folder: certificate authority and database",
    .description =
        "Makes a root certificate authority (ECDSA P-384, ten years), an issuing one (P-256, two years), "
        "the client certificate with which this management server polls agents (one year), and an empty "
        "database.\n\n"
        "Nothing that exists is overwritten. The root's key signs issuing authorities and nothing else: move "
        "ca/root.key to a safe place.",
    .examples =
        "muster init\n"
        "muster init --name \"Example Ltd\"\n"
        "muster --state ~/muster-trial init",
    .exit_status = "0  made\n1  failed, or a certificate authority exists already\n2  wrong usage",
    .files =
        "STATE/ca/root.pem, root.key         the root: trusted by agents and by this server\n"
        "STATE/ca/issuing.pem, issuing.key   signs agents' certificates\n"
        "STATE/client.pem, client.key        shown to agents when polling\n"
        "STATE/muster.db                     hosts, runs, samples, health\n"
        "/etc/muster/muster.toml             configuration; every key has a default",
};

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "muster";
  return std::string(name.data()).substr(0, 40);
}

class Init : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    auto* command = add_command(root, "init", kManual);
    command
        ->add_option("--name", name_,
                     "whose authority it is; shown in certificates (default: the host's name)")
        ->type_name("NAME");
    return command;
  }

  Result<Exit> run(Environment& environment) override {
    const auto& folder = environment.state_folder;
    if (auto created = Authority::create(folder, name_.empty() ? host_name() : name_); !created) {
      if (auto completed = complete(folder, created.error()); !completed) return completed;
      if (!environment.json) print(folder + ": had a certificate authority; made the missing database\n\n");
    }
    const auto authority = Authority::open(folder);
    if (!authority) return fail(authority.error());
    if (auto store = Store::create(folder); !store) return fail(store.error());
    show(environment, *authority);
    return Exit::ok;
  }

 private:
  // An earlier run may have been cut off between the certificate authority and the database.
  static Result<Exit> complete(const std::string& folder, const Error& refusal) {
    if (refusal.code != Errc::denied || !Authority::open(folder)) return fail(refusal);
    const auto store = Store::open(folder);
    if (store || store.error().code != Errc::not_found) return fail(refusal);
    if (auto made = Store::create(folder); !made) return fail(made.error());
    return Exit::ok;
  }

  static void show(const Environment& environment, const Authority& authority) {
    if (environment.json) {
      print_json({{"state", environment.state_folder},
                  {"root", certificate_json(authority.root())},
                  {"issuing", certificate_json(authority.issuing())},
                  {"client", certificate_json(authority.client())}});
      return;
    }
    print("Made in " + environment.state_folder + ":\n\n");
    print(certificate_table(
        {{"root", authority.root()}, {"issuing", authority.issuing()}, {"client", authority.client()}},
        terminal_for(environment.interactive)));
    print(
        "\nNext:\n"
        "  move " +
        environment.state_folder +
        "/ca/root.key to a safe place (it is not needed day by day)\n"
        "  muster inventory check FILE     look at the inventory\n"
        "  muster provision -i FILE        install the agent on its hosts\n");
  }

  std::string name_;
};

}  // namespace

std::unique_ptr<Command> make_init() {
  return std::make_unique<Init>();
}

}  // namespace muster
