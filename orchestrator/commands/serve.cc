// SPDX-License-Identifier: GPL-2.0-or-later
// muster serve
#include <csignal>

#include <CLI/CLI.hpp>

#include "core/base/log.h"
#include "core/http/loop.h"
#include "orchestrator/ca/authority.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/terminal.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/poll/poller.h"
#include "orchestrator/poll/recorder.h"
#include "orchestrator/service/descriptor_limit.h"
#include "orchestrator/service/instance_lock.h"
#include "orchestrator/service/notify.h"
#include "orchestrator/store/store.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "polls the registered hosts on schedule",
    .description =
        "Runs in the foreground until SIGTERM or SIGINT. Each host is polled once an interval, at a time "
        "that depends "
        "on its name, over one kept-alive connection; samples and health go into the database. A host that "
        "stops "
        "answering is reported as down within 30 seconds, by name and with the reason; the others are not "
        "delayed.\n\n"
        "Hosts that provision or uninstall add or remove are noticed within five seconds. One line a minute "
        "on "
        "standard error sums up. SIGHUP looks at the authority and the client certificate at once, which "
        "happens "
        "once a day otherwise; on a terminal it ends muster serve, as the terminal is gone then. Under "
        "systemd, use Type=notify; the watchdog is served.",
    .examples =
        "muster serve\n"
        "muster serve --interval 30\n"
        "systemctl status muster",
    .exit_status =
        "0  stopped by a signal, everything written\n"
        "1  failed, or another one runs on this state folder\n"
        "2  wrong usage or configuration, or no state folder to work with: a restart mends nothing",
    .files =
        "STATE/muster.db     hosts, health, samples of the last retention_hours\n"
        "STATE/serve.lock    held while it runs\n"
        "/etc/muster/muster.toml   poll_interval_seconds, retention_hours",
};

constexpr std::chrono::minutes kSummaryPeriod{1};
constexpr std::chrono::hours kAuthorityPeriod{24};

void report_change(const HostHealth& state, const Liveness::Change& change) {
  const auto text = change_text(state, change, std::chrono::system_clock::now());
  log::write(change.to == Health::down ? log::Level::warning : log::Level::notice, "health", text);
}

void warn_of(const Authority& authority) {
  if (const auto warning = authority.warning(std::chrono::system_clock::now())) {
    log::warning("ca", warning->what + "; " + warning->hint);
  }
}

// Opening renews the client certificate; a daemon that runs for longer than one lasts must show the new one.
void renew_certificate(const std::string& state_folder, Poller& poller, std::string& shown) {
  const auto authority = Authority::open(state_folder);
  if (!authority) return log::error("ca", authority.error());
  warn_of(*authority);
  if (authority->client().sha256() == shown) return;
  auto context = authority->client_context();
  if (!context) return log::error("ca", context.error());
  poller.set_context(std::move(*context));
  shown = authority->client().sha256();
  log::notice("ca", "the client certificate was renewed");
}

// systemd is told by the status whether to try again.
Result<Exit> not_set_up(const Environment& environment, const Error& error) {
  if (error.code == Errc::timeout || error.code == Errc::internal) return fail(error);
  return wrong_usage(environment, error);
}

class Serve : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    auto* command = add_command(root, "serve", kManual);
    command->add_option("--interval", interval_, "polls each host so often (default: the configured 60)")
        ->type_name("SECONDS")
        ->check(CLI::Range(5, 86'400));
    return command;
  }

  Result<Exit> run(Environment& environment) override {
    const auto authority = Authority::open(environment.state_folder);
    if (!authority) return not_set_up(environment, authority.error());
    if (const auto store = Store::open(environment.state_folder); !store) {
      return not_set_up(environment, store.error());
    }
    auto context = authority->client_context();
    if (!context) return fail(context.error());
    const auto lock = service::lock_instance(environment.state_folder);
    if (!lock) return fail(lock.error());
    service::raise_descriptor_limit();  // one connection for each host
    warn_of(*authority);
    return serve(environment, std::move(*context), authority->client().sha256());
  }

 private:
  Result<Exit> serve(const Environment& environment, std::shared_ptr<tls::Context> context,
                     std::string shown) const {
    PollerOptions options;
    options.interval = interval_ > 0 ? std::chrono::seconds(interval_) : environment.settings.poll_interval;
    options.plan.classes = default_collection();
    const auto interval_text = std::to_string(options.interval.count() / 1000) + " s";

    http::Loop loop;
    std::unique_ptr<Poller> poller;
    // The recorder's thread posts to the loop, and is joined before poller and loop go.
    auto recorder = Recorder::start(environment.state_folder, environment.settings.retention,
                                    [&](Recorder::Roster roster) {
                                      loop.post([&poller, roster = std::move(roster)] {
                                        if (poller) poller->set_hosts(roster.hosts, roster.health);
                                      });
                                    });
    if (!recorder) return fail(recorder.error());
    poller = std::make_unique<Poller>(
        loop, std::move(context), std::move(options),
        [&](std::vector<Sample> samples, const HostHealth& health) {
          (*recorder)->put(std::move(samples), health);
        },
        report_change);

    const auto stop = [&loop] {
      service::notify_stopping();
      loop.stop();
    };
    const auto terminated = loop.on_signal(SIGTERM, stop);
    const auto interrupted = loop.on_signal(SIGINT, stop);
    // What daemons are told after a change: their certificate is looked at again, hosts are anyway.
    const bool on_terminal = stdout_is_terminal();  // asked now: one that is gone does not say so
    const auto hung_up = loop.on_signal(SIGHUP, [&] {
      if (on_terminal) return stop();
      log::notice("serve", "SIGHUP: looking at certificates and authority again");
      renew_certificate(environment.state_folder, *poller, shown);
    });
    const auto summaries = loop.every(kSummaryPeriod, [&] { sum_up(*poller, **recorder); });
    const auto renewals =
        loop.every(kAuthorityPeriod, [&] { renew_certificate(environment.state_folder, *poller, shown); });
    std::unique_ptr<http::Subscription> alive;
    if (const auto period = service::watchdog_period()) {
      alive = loop.every(*period / 2, service::notify_alive);
    }

    log::notice("serve", "polling every " + interval_text + ", state in " + environment.state_folder);
    service::notify_ready("polling every " + interval_text);
    loop.run();
    poller.reset();  // what is under way is dropped
    const auto written = (*recorder)->finish();
    if (!written) return fail(Error(written.error()).during("the newest samples are lost"));
    log::notice("serve", "stopped");
    return Exit::ok;
  }

  static void sum_up(Poller& poller, Recorder& recorder) {
    const auto figures = recorder.figures();
    const auto text = summary_text(poller.take_summary()) + ", " + std::to_string(figures.committed) +
                      " samples written since the start, " + std::to_string(figures.dropped) + " dropped";
    log::info("serve", text);
    service::notify_status(text);
  }

  int interval_ = 0;
};

}  // namespace

std::unique_ptr<Command> make_serve() {
  return std::make_unique<Serve>();
}

}  // namespace muster
