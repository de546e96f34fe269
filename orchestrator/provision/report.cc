// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/report.h"

#include <cstdio>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include "orchestrator/cli/output.h"
#include "orchestrator/cli/text_width.h"
#include "orchestrator/cli/time_text.h"
#include "orchestrator/provision/board.h"
#include "orchestrator/provision/outcome.h"

namespace muster {
namespace {

using std::chrono::steady_clock;

// A line per host when it ends; a line per step as well when everything is wanted.
class Lines final : public Report {
 public:
  explicit Lines(bool every_step) : every_step_(every_step) {}
  void started(std::int64_t /*run*/, const std::vector<std::string>& /*hosts*/,
               const std::vector<std::string>& /*steps*/) override {}
  void begun(const std::string& host, const std::string& /*step*/) override {
    outcomes_.begun(host, steady_clock::now());
  }
  void ended(const StepRecord& step) override {
    outcomes_.ended(step);
    if (!every_step_) return;
    std::string text = terminal_safe(step.host) + ":   " + step.step + " " + step.state;
    if (!step.code.empty()) text.append(" ").append(step.code).append(": ").append(terminal_safe(step.text));
    say(text + " (" + took_text(step.took) + ")");
  }
  void host_done(const std::string& host) override {
    say(outcome_line(host, outcomes_.take(host, steady_clock::now())));
  }
  void wave(const Wave& wave) override { say(wave_text(wave)); }
  void stopping(const Stopping& stopping) override { say(stopping_text(stopping)); }
  void finished(const Summary& summary) override { print(summary_text(summary)); }

 private:
  static void say(const std::string& line) {
    print(line + "\n");
    std::fflush(stdout);  // somebody may be following a log
  }

  Outcomes outcomes_;
  bool every_step_;
};

class Events final : public Report {
 public:
  void started(std::int64_t run, const std::vector<std::string>& hosts,
               const std::vector<std::string>& steps) override {
    print_json_line({{"event", "started"}, {"run", run}, {"hosts", hosts}, {"steps", steps}});
  }
  void begun(const std::string& host, const std::string& step) override {
    outcomes_.begun(host, steady_clock::now());
    print_json_line({{"event", "begun"}, {"host", host}, {"step", step}});
  }
  void ended(const StepRecord& step) override {
    outcomes_.ended(step);
    Json event{{"event", "step"},
               {"host", step.host},
               {"step", step.step},
               {"state", step.state},
               {"took_ms", step.took.count()}};
    if (!step.code.empty()) event.update({{"code", step.code}, {"text", step.text}, {"hint", step.hint}});
    if (step.code.empty() && !step.text.empty()) event["text"] = step.text;
    print_json_line(event);
  }
  void host_done(const std::string& host) override {
    const auto outcome = outcomes_.take(host, steady_clock::now());
    print_json_line({{"event", "host_done"},
                     {"host", host},
                     {"state", outcome.state()},
                     {"changed", outcome.changed},
                     {"notes", outcome.notes},
                     {"took_ms", outcome.took.count()}});
  }
  void wave(const Wave& wave) override {
    print_json_line({{"event", wave.paused ? "paused" : "wave"},
                     {"wave", wave.number},
                     {"of", wave.of},
                     {"hosts", wave.hosts},
                     {"canary", wave.canary}});
  }
  void stopping(const Stopping& stopping) override {
    print_json_line({{"event", "stopping"},
                     {"why", stopping.why},
                     {"at_work", stopping.at_work},
                     {"grace_s", stopping.grace.count()}});
  }
  void finished(const Summary& summary) override { print_json_line(summary_json(summary)); }

 private:
  Outcomes outcomes_;
};

class Live final : public Report {
 public:
  void started(std::int64_t /*run*/, const std::vector<std::string>& hosts,
               const std::vector<std::string>& steps) override {
    board_.emplace(hosts, steps, steady_clock::now());
    tick();
  }
  void begun(const std::string& host, const std::string& step) override {
    if (board_) board_->begun(host, step, steady_clock::now());
  }
  void ended(const StepRecord& step) override {
    if (board_) board_->ended(step);
  }
  void host_done(const std::string& host) override {
    if (board_) board_->host_done(host, steady_clock::now());
  }
  void wave(const Wave& wave) override {
    if (std::exchange(asked_, wave.paused && wave.asked)) ++drawn_;  // the line that Enter ended
    if (board_) board_->note(wave_text(wave));
    tick();
  }
  void stopping(const Stopping& stopping) override {
    if (std::exchange(asked_, false)) ++drawn_;
    if (board_) board_->note(stopping_text(stopping));
    tick();
  }
  void tick() override {
    if (!board_) return;
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row < 3 || size.ws_col < 20) {
      size = {24, 80, 0, 0};
    }
    std::string text;
    if (size.ws_row != size_.ws_row || size.ws_col != size_.ws_col) {
      if (drawn_ > 0) text = "\033[H";  // old lines may have been folded: where they begin is not known
    } else {
      text = "\r\033[" + std::to_string(drawn_) + "A";
    }
    size_ = size;
    const auto lines = board_->render(steady_clock::now(), size.ws_col - 1U, size.ws_row - 1U);
    for (const auto& line : lines) text.append("\033[2K").append(line).append("\n");
    text.append("\033[J");
    drawn_ = lines.size();
    print(text);
    std::fflush(stdout);
  }
  void finished(const Summary& summary) override {
    tick();
    print("\n" + summary_text(summary));
  }

 private:
  std::optional<Board> board_;
  std::size_t drawn_ = 0;
  bool asked_ = false;
  winsize size_{};
};

}  // namespace

std::string wave_text(const Wave& wave) {
  const auto name = wave.canary ? std::string("canary") : "batch " + std::to_string(wave.number);
  const auto hosts = std::to_string(wave.hosts) + (wave.hosts == 1 ? " host" : " hosts");
  auto text = name + " of " + std::to_string(wave.of) + (wave.canary ? " batches: " : ": ") + hosts;
  if (!wave.paused) return text;
  return "paused before " + text + (wave.asked ? "; Enter goes on, q and Enter ends the run" : "");
}

std::string stopping_text(const Stopping& stopping) {
  const std::string waits = "waits for " + std::to_string(stopping.at_work) +
                            (stopping.at_work == 1 ? " host that is" : " hosts that are") + " at work";
  if (stopping.grace.count() == 0) return "stopping: " + stopping.why + "; " + waits;
  const bool key = stopping.why == "SIGINT";
  return "stopping" + (key ? std::string() : " (" + stopping.why + ")") + ": " + waits + " (up to " +
         std::to_string(stopping.grace.count()) + " s)" + (key ? "; Ctrl-C again leaves them" : "");
}

std::unique_ptr<Report> make_report(const Environment& environment) {
  if (environment.json) return std::make_unique<Events>();
  if (environment.interactive) return std::make_unique<Live>();
  return std::make_unique<Lines>(environment.verbose);
}

}  // namespace muster
