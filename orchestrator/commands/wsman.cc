// SPDX-License-Identifier: GPL-2.0-or-later
// muster wsman identify|enumerate|get
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/cli/command.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/text_width.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/poll/agent_session.h"
#include "orchestrator/poll/peer.h"
#include "orchestrator/poll/reading_json.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "talks to any WS-Management server",
    .description =
        "A plain client, for looking and for debugging. WHERE is the name of a registered host or a URL, "
        "https://HOST[:PORT][/PATH]. Without a port it is 1270, where agents listen; Windows has its server "
        "at "
        "5986.\n\n"
        "This server's client certificate is shown when the state folder has one; --cert and --key show "
        "another, "
        "--user logs in with Basic authentication. The server's certificate must be signed by our root, or "
        "by what "
        "--ca names; that cannot be switched off.",
    .examples =
        "muster wsman identify web1\n"
        "muster wsman enumerate web1 SCX_UnixProcess\n"
        "muster wsman get https://10.0.0.5 SCX_FileSystemStatisticalInformation --selector Name=/\n"
        "muster wsman identify https://win1:5986/wsman --user admin --password-file pw --ca corp.pem",
    .files =
        "STATE/client.pem, STATE/client.key   shown by default\n"
        "STATE/ca/root.pem                    trusted by default",
};
constexpr Manual kIdentify{
    .summary = "asks a server what it is",
    .description = "Product, version and protocol, by wsmid:Identify.",
    .examples = "muster wsman identify web1 --json",
};
constexpr Manual kEnumerate{
    .summary = "lists the instances of a class",
    .description = "Optimised Enumerate, then Pull until the end. With --raw only the first answer is shown.",
    .examples = "muster wsman enumerate web1 SCX_FileSystem --json",
};
constexpr Manual kGet{
    .summary = "gets one instance of a class by its keys",
    .description =
        "A class with exactly one instance needs no selectors, any other one for each of its keys: where one "
        "is "
        "missing the server says what they are.",
    .examples =
        "muster wsman get web1 SCX_Agent\n"
        "muster wsman get web1 SCX_FileSystemStatisticalInformation --selector Name=/home",
};

void print_item(const wsman::Item& item) {
  print(item.class_name + "\n");
  for (const auto& property : item.properties) {
    if (!property.null) {
      print("  " + terminal_safe(property.name) + " = " + terminal_safe(property.text) + "\n");
    }
  }
}

Result<std::vector<cim::Selector>> parse_selectors(const std::vector<std::string>& words) {
  std::vector<cim::Selector> selectors;
  for (const auto& word : words) {
    const auto equals = word.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return fail(Errc::malformed, "--selector " + word + ": not NAME=VALUE",
                  "for example --selector Name=/home");
    }
    selectors.push_back({word.substr(0, equals), word.substr(equals + 1)});
  }
  return selectors;
}

// Starts a call and runs the loop until it is over.
template <class T, class Begin>
Result<T> wait_for(http::Loop& loop, Begin begin) {
  Result<T> result = fail(Errc::internal, "no answer came");
  begin([&](Result<T> answer) {
    result = std::move(answer);
    loop.stop();
  });
  loop.run();
  return result;
}

class Wsman : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    auto* command = add_command(root, "wsman", kManual);
    identify_ = add_command(*command, "identify", kIdentify);
    enumerate_ = add_command(*command, "enumerate", kEnumerate);
    get_ = add_command(*command, "get", kGet);
    for (auto* part : {identify_, enumerate_, get_}) {
      part->add_option("where", peer_.where, "registered host or URL")->type_name("WHERE")->required();
    }
    for (auto* part : {enumerate_, get_}) {
      part->add_option("class", class_, "for example SCX_OperatingSystem")->type_name("CLASS")->required();
      part->add_option("--namespace", namespace_, "CIM namespace")->type_name("NAME");
    }
    get_->add_option("--selector", selectors_, "key of the instance; may be repeated")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    for (auto* part : {identify_, enumerate_, get_}) add_common(*part);
    command->require_subcommand(1);
    return command;
  }

  Result<Exit> run(Environment& environment) override {
    if (raw_ && environment.json) {
      return wrong_usage(environment, {Errc::malformed, "--raw and --json: an envelope as it came is no JSON",
                                       "leave one of them out"});
    }
    auto peer = resolve_peer(peer_, environment.state_folder);
    if (!peer) return fail(peer.error());
    http::Loop loop;
    AgentSession session(loop, peer->endpoint, peer->context, peer->path, std::move(peer->fields));
    auto target = session.target_for(class_);
    target.cim_namespace = namespace_;
    auto selectors = parse_selectors(selectors_);
    if (!selectors) return fail(selectors.error());
    target.selectors = std::move(*selectors);
    if (raw_) return run_raw(loop, session, target);
    if (identify_->parsed()) return run_identify(loop, session, environment.json);
    return run_items(loop, session, target, environment.json);
  }

 private:
  void add_common(CLI::App& part) {
    auto* user =
        part.add_option("--user", peer_.user, "logs in with Basic authentication")->type_name("USER");
    auto* file = part.add_option("--password-file", peer_.password_file, "first line: the password (0600)")
                     ->type_name("FILE");
    part.add_option("--password-fd", peer_.password_fd, "descriptor to read the password from")
        ->type_name("N")
        ->check(CLI::Range(0, 1023))
        ->excludes(file)
        ->needs(user);
    file->needs(user);
    part.add_option("--ca", peer_.ca_file, "trusts these certificates (PEM) instead of our root")
        ->type_name("FILE");
    auto* key =
        part.add_option("--key", peer_.key_file, "private key of --cert (PEM, 0600)")->type_name("FILE");
    part.add_option("--cert", peer_.certificate_file, "client certificate to show (PEM)")
        ->type_name("FILE")
        ->needs(key);
    part.add_option("--timeout", timeout_, "for the whole call")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    part.add_flag("--raw", raw_, "prints the answer's envelope as it came");
  }

  std::chrono::milliseconds deadline() const { return std::chrono::seconds(timeout_); }

  Result<Exit> run_raw(http::Loop& loop, AgentSession& session, const wsman::Target& target) const {
    const auto envelope = identify_->parsed() ? wsman::identify_request()
                          : enumerate_->parsed()
                              ? wsman::enumerate_request(target, AgentSession::kItemsPerPage)
                              : wsman::get_request(target);
    const auto answer =
        wait_for<http::Response>(loop, [&](auto done) { session.raw(envelope, deadline(), done); });
    if (!answer) return fail(answer.error());
    print(answer->body + "\n");
    if (answer->status == 200) return Exit::ok;
    return fail(Errc::malformed, peer_.where + ": HTTP status " + std::to_string(answer->status));
  }

  Result<Exit> run_identify(http::Loop& loop, AgentSession& session, bool json) const {
    const auto identity =
        wait_for<wsman::Identity>(loop, [&](auto done) { session.identify(deadline(), done); });
    if (!identity) return fail(identity.error());
    if (json) {
      print_json({{"protocol", identity->protocol},
                  {"vendor", identity->vendor},
                  {"version", identity->version},
                  {"profiles", identity->profiles}});
      return Exit::ok;
    }
    print("vendor    " + terminal_safe(identity->vendor) + "\nversion   " + terminal_safe(identity->version) +
          "\nprotocol  " + terminal_safe(identity->protocol) + "\n");
    for (const auto& profile : identity->profiles) print("profile   " + terminal_safe(profile) + "\n");
    return Exit::ok;
  }

  Result<std::vector<wsman::Item>> fetch(http::Loop& loop, AgentSession& session,
                                         const wsman::Target& target) const {
    using Items = std::vector<wsman::Item>;
    if (enumerate_->parsed()) {
      return wait_for<Items>(loop, [&](auto done) { session.enumerate(target, deadline(), done); });
    }
    auto item = wait_for<wsman::Item>(loop, [&](auto done) { session.get(target, deadline(), done); });
    if (!item) return fail(item.error());
    return Items{std::move(*item)};
  }

  Result<Exit> run_items(http::Loop& loop, AgentSession& session, const wsman::Target& target,
                         bool json) const {
    const auto items = fetch(loop, session, target);
    if (!items) return fail(items.error());
    if (json) {
      Json all = Json::array();
      for (const auto& item : *items) all.push_back(item_json(item));
      print_json({{"class", class_}, {"items", all}});
      return Exit::ok;
    }
    for (const auto& item : *items) print_item(item);
    return Exit::ok;
  }

  CLI::App* identify_ = nullptr;
  CLI::App* enumerate_ = nullptr;
  CLI::App* get_ = nullptr;
  PeerOptions peer_;
  std::string class_;
  std::string namespace_;
  std::vector<std::string> selectors_;
  int timeout_ = 30;
  bool raw_ = false;
};

}  // namespace

std::unique_ptr<Command> make_wsman() {
  return std::make_unique<Wsman>();
}

}  // namespace muster
