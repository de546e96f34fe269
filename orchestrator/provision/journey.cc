// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/journey.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <CLI/CLI.hpp>
#include <arpa/inet.h>
#include <unistd.h>

#include "orchestrator/cli/confirm.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/terminal.h"
#include "orchestrator/inventory/names.h"
#include "orchestrator/inventory/text.h"
#include "orchestrator/provision/credentials.h"
#include "orchestrator/provision/package_file.h"
#include "orchestrator/provision/report.h"
#include "orchestrator/provision/runner.h"
#include "orchestrator/ssh/known_hosts.h"

namespace muster {
namespace {

constexpr unsigned kMostForks = 500;
constexpr std::size_t kKeyFileBytes = std::size_t{256} * 1024;

// One text per address, whatever way it was written: certificates are compared by it.
std::string normal_form(const std::string& name) {
  if (!is_ipv6_literal(name)) return name;
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_pton(AF_INET6, name.c_str(), bytes.data()) != 1) return name;
  if (::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size()) == nullptr) return name;
  return text.data();
}

Result<std::vector<HostWork>> select(const JourneyOptions& options, std::uint16_t agent_port) {
  auto inventory = load_inventory(options.inventory);
  if (!inventory) return fail(inventory.error());
  auto chosen = select_hosts(*inventory, options.limit.value_or("all"));
  if (!chosen) return fail(chosen.error());
  std::vector<HostWork> hosts;
  for (const auto* entry : *chosen) {
    HostWork work;
    work.entry = *entry;
    work.user = !options.user.empty() ? options.user : !entry->user.empty() ? entry->user : login_name();
    work.agent_port = agent_port;
    work.certificate_names = certificate_names(*entry);
    hosts.push_back(std::move(work));
  }
  if (!hosts.empty()) return hosts;
  if (inventory->hosts.empty()) {
    return fail(Errc::not_found, options.inventory + ": names no host", "is it the right file?");
  }
  return fail(Errc::not_found,
              "--limit '" + options.limit.value_or("all") + "': selects no host of " + options.inventory,
              "see what it leaves: muster inventory list " + options.inventory);
}

Result<Secret> become_password(const JourneyOptions& options) {
  if (options.ask_password) return secret_from_terminal("sudo password: ");
  if (!options.password_file.empty()) return secret_from_file(options.password_file);
  if (options.password_descriptor >= 0) return secret_from_descriptor(options.password_descriptor);
  return Secret();
}

// The first key that is encrypted is asked for, where somebody can answer and no agent may hold it. A key that cannot
// be read is told by its host.
Result<Secret> key_passphrase(const RunOrder& order, const JourneyOptions& options) {
  if (!options.passphrase_file.empty()) return secret_from_file(options.passphrase_file);
  if (!order.agent_socket.empty() || !stdin_is_terminal()) return Secret();
  for (const auto& host : order.hosts) {
    const auto& path = host.entry.private_key_file;
    if (path.empty()) continue;
    auto pem = read_file(path, kKeyFileBytes);
    const bool encrypted = pem && is_encrypted_key(*pem);
    if (pem) wipe(*pem);
    if (encrypted) return secret_from_terminal("passphrase of " + path + ": ");
  }
  return Secret();
}

Result<void> add_credentials(RunOrder& order, const JourneyOptions& options) {
  auto password = become_password(options);
  if (!password) return fail(password.error());
  order.sudo_password = std::move(*password);
  order.default_keys = default_login_keys();
  const char* agent = ::getenv("SSH_AUTH_SOCK");  // NOLINT(concurrency-mt-unsafe): one thread
  if (agent != nullptr) order.agent_socket = agent;
  auto passphrase = key_passphrase(order, options);
  if (!passphrase) return fail(passphrase.error());
  order.passphrase = std::move(*passphrase);
  return {};
}

Result<void> add_host_keys(RunOrder& order, const JourneyOptions& options, const std::string& state_folder) {
  order.new_keys_file = state_folder + "/known_hosts";
  order.host_keys.accept_new = options.accept_new;
  if (!options.known_hosts.empty()) {
    // A mistyped name must not look like an empty list: with --accept-new any key would do.
    if (const auto named = read_file(options.known_hosts, kMostKnownHostsBytes); !named) {
      return fail(named.error().code, "--known-hosts " + named.error().what, "name a file that can be read");
    }
    order.host_keys.files = {options.known_hosts, order.new_keys_file};
  } else {
    order.host_keys.files = {home_folder() + "/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts",
                             order.new_keys_file};
  }
  return {};
}

Result<void> confirm_removal(const std::vector<HostWork>& hosts) {
  const auto whom = hosts.size() == 1 ? hosts.front().entry.name : std::to_string(hosts.size()) + " hosts";
  if (confirmed("remove the agent from " + whom + "?", STDIN_FILENO)) return {};
  return fail(Errc::denied, "uninstall: not confirmed, so nothing was done");
}

Result<void> read_share(const std::string& option, const std::string& text, std::optional<Share>& into) {
  if (text.empty()) return {};
  auto read = parse_share(text);
  if (!read) return fail(std::move(read.error()).during(option));
  into = *read;
  return {};
}

Result<RolloutRules> rollout_of(const JourneyOptions::Waves& waves) {
  RolloutRules rules;
  rules.canary = waves.canary;
  if (auto read = read_share("--batch", waves.batch, rules.batch); !read) return fail(read.error());
  if (auto read = read_share("--max-fail", waves.max_fail, rules.max_fail); !read) return fail(read.error());
  if (rules.batch && rules.batch->number == 0) {
    return fail(Errc::malformed, "--batch " + waves.batch + ": no host at all");
  }
  return rules;
}

// What is wrong with the command line itself, as far as it can be said before any host is looked at.
Result<void> check_usage(Journey journey, const JourneyOptions& options) {
  if (!options.user.empty() && !is_user_name(options.user)) {
    return fail(Errc::malformed, "--user " + options.user + ": no user name");
  }
  if (const auto rules = rollout_of(options.waves); !rules) return fail(rules.error());
  if (options.waves.pause && !stdin_is_terminal()) {
    return fail(Errc::malformed, "--pause: nobody is there to go on", "--pause-for SECONDS waits so long");
  }
  if (journey == Journey::uninstall && !options.yes && !options.limit && !stdin_is_terminal()) {
    return fail(Errc::malformed, "uninstall: nobody to ask whether every host of the inventory is meant",
                "--limit PATTERN names hosts; --yes means all");
  }
  return {};
}

// What the command line names must be there and make sense: an error is wrong usage.
Result<RunOrder> make_order(Journey journey, const JourneyOptions& options, const Environment& environment) {
  RunOrder order;
  order.journey = journey;
  const auto port = options.agent_port != 0 ? options.agent_port : environment.settings.agent_port;
  auto hosts = select(options, static_cast<std::uint16_t>(port));
  if (!hosts) return fail(hosts.error());
  order.hosts = std::move(*hosts);
  order.forks = std::min(options.forks != 0 ? options.forks : environment.settings.forks, kMostForks);
  order.deadline = std::chrono::seconds(options.timeout_seconds);
  order.inventory = options.inventory;
  auto rollout = rollout_of(options.waves);
  if (!rollout) return fail(rollout.error());
  order.rollout = *rollout;
  order.pause = options.waves.pause;
  order.pause_for = std::chrono::seconds(options.waves.pause_seconds);
  if (auto added = add_host_keys(order, options, environment.state_folder); !added) {
    return fail(added.error());
  }
  return order;
}

// What is asked on the terminal or read from files of secrets.
Result<void> add_secrets(RunOrder& order, const JourneyOptions& options) {
  if (order.journey == Journey::uninstall && !options.yes && stdin_is_terminal()) {
    if (auto agreed = confirm_removal(order.hosts); !agreed) return fail(agreed.error());
  }
  return add_credentials(order, options);
}

// An authority that has expired would be found out by the first host that wants a certificate, after the package
// was installed on all.
Result<void> check_life(const Authority& authority, Journey journey) {
  const auto now = std::chrono::system_clock::now();
  auto warning = authority.warning(now);
  if (!warning) return {};
  if (journey == Journey::provision && authority.issuing().not_after() <= now) {
    return fail(std::move(*warning));
  }
  print_error(*warning);
  return {};
}

}  // namespace

std::vector<std::string> certificate_names(const HostEntry& entry) {
  std::vector<std::string> names{normal_form(entry.name)};
  const auto address = normal_form(entry.address);
  if (lower_case(address) != lower_case(names.front())) names.push_back(address);
  return names;
}

void JourneyOptions::declare(CLI::App& command) {
  command.add_option("-i,--inventory", inventory, "the inventory: Ansible's, or CSV")
      ->type_name("FILE")
      ->required();
  command.add_option("--limit", limit, "only these hosts (default: all)")->type_name("PATTERN");
  command.add_option("--forks", forks, "hosts at the same time (default: 20)")
      ->type_name("N")
      ->check(CLI::Range(1U, kMostForks));
  command
      .add_option("--canary", waves.canary,
                  "begin with so many hosts; all of them must be well (see --max-fail)")
      ->type_name("N")
      ->check(CLI::Range(1U, 100'000U));
  command.add_option("--batch", waves.batch, "then so many at a time, the next when all have ended")
      ->type_name("N|P%");
  command
      .add_option(
          "--max-fail", waves.max_fail,
          "begin no further host when more than that failed or were unreachable, of all or of a batch")
      ->type_name("N|P%");
  auto* ask_first = command.add_flag("--pause", waves.pause, "ask before each batch but the first");
  command.add_option("--pause-for", waves.pause_seconds, "wait so long before each batch but the first")
      ->type_name("S")
      ->check(CLI::Range(1U, 86400U))
      ->excludes(ask_first);
  command.add_option("--user", user, "log in as this user on every host")->type_name("USER");
  command.add_flag("--accept-new", accept_new, "take and record the keys of hosts that are not known yet");
  command.add_option("--known-hosts", known_hosts, "instead of the user's and the system's known_hosts")
      ->type_name("FILE");
  command
      .add_option("--key-passphrase-file", passphrase_file,
                  "first line: the passphrase of encrypted SSH keys; without it and without an agent a "
                  "terminal is asked")
      ->type_name("FILE");
  auto* ask = command.add_flag("--ask-become-pass", ask_password, "ask for the sudo password");
  auto* file = command.add_option("--become-password-file", password_file, "first line: the sudo password")
                   ->type_name("FILE");
  auto* fd = command.add_option("--become-password-fd", password_descriptor, "read the sudo password there")
                 ->type_name("N")
                 ->check(CLI::Range(0, 1023));
  ask->excludes(file)->excludes(fd);
  file->excludes(fd);
  command.add_option("--timeout", timeout_seconds, "seconds per host (default: 300)")
      ->type_name("S")
      ->check(CLI::Range(5U, 86400U));
  command.add_option("--agent-port", agent_port, "the agents' port (default: 1270)")
      ->type_name("PORT")
      ->check(CLI::Range(1U, 65535U));
}

void JourneyOptions::declare_yes(CLI::App& command) {
  command.add_flag("--yes", yes, "remove without asking");
}

void JourneyOptions::declare_package(CLI::App& command) {
  command.add_option("--package", package, "agent package to install")->type_name("FILE");
}

Result<Exit> run_journey(Environment& environment, Journey journey, const JourneyOptions& options) {
  if (environment.workers == nullptr) return fail(Errc::internal, "no fork server");
  if (const auto usage = check_usage(journey, options); !usage) {
    return wrong_usage(environment, usage.error());
  }
  Package sent;
  if (journey == Journey::provision) {
    const auto& path = options.package.empty() ? environment.settings.package : options.package;
    auto package = open_package(path);
    if (!package && !path.empty()) return wrong_usage(environment, package.error());
    if (!package) return fail(package.error());
    sent = std::move(*package);
  }
  auto order = make_order(journey, options, environment);
  if (!order) return wrong_usage(environment, order.error());
  order->package = std::move(sent);
  if (auto added = add_secrets(*order, options); !added) return fail(added.error());
  std::optional<Authority> authority;
  std::shared_ptr<tls::Context> client;
  if (journey != Journey::uninstall) {
    auto opened = Authority::open(environment.state_folder);
    if (!opened) return fail(opened.error());
    if (auto alive = check_life(*opened, journey); !alive) return fail(alive.error());
    authority.emplace(std::move(*opened));
    auto context = authority->client_context();
    if (!context) return fail(context.error());
    client = std::move(*context);
  }
  auto store = Store::open(environment.state_folder);
  if (!store) return fail(store.error());
  http::Loop loop;
  ServerSide server{loop, authority ? &*authority : nullptr, std::move(client), *store};
  const auto report = make_report(environment);
  Runner runner(*environment.workers, server, std::move(*order), *report);
  auto summary = runner.run();
  if (!summary) return fail(summary.error());
  return summary->exit();
}

}  // namespace muster
