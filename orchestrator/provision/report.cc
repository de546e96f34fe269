// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/report.h"

#include <cstdio>
#include <optional>

#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include "orchestrator/cli/output.h"
#include "orchestrator/cli/text_width.h"
#include "orchestrator/cli/time_text.h"
#include "orchestrator/provision/board.h"

namespace muster {
namespace {

using std::chrono::steady_clock;

class Lines final : public Report {
 public:
  void started(std::int64_t /*run*/, const std::vector<std::string>& /*hosts*/,
               const std::vector<std::string>& /*steps*/) override {}
  void begun(const std::string& /*host*/, const std::string& /*step*/) override {}
  void ended(const StepRecord& step) override {
    std::string text = step.host + ": " + step.step + " " + step.state;
    if (!step.code.empty()) text.append(" ").append(step.code).append(": ").append(terminal_safe(step.text));
    print(text + " (" + took_text(step.took) + ")\n");
    std::fflush(stdout);  // somebody may be following a log
  }
  void host_done(const std::string& /*host*/) override {}
  void finished(const Summary& summary) override { print(summary_text(summary)); }
};

class Events final : public Report {
 public:
  void started(std::int64_t run, const std::vector<std::string>& hosts,
               const std::vector<std::string>& steps) override {
    print_json_line({{"event", "started"}, {"run", run}, {"hosts", hosts}, {"steps", steps}});
  }
  void begun(const std::string& host, const std::string& step) override {
    print_json_line({{"event", "begun"}, {"host", host}, {"step", step}});
  }
  void ended(const StepRecord& step) override {
    Json event{{"event", "step"},
               {"host", step.host},
               {"step", step.step},
               {"state", step.state},
               {"took_ms", step.took.count()}};
    if (!step.code.empty()) event.update({{"code", step.code}, {"text", step.text}, {"hint", step.hint}});
    print_json_line(event);
  }
  void host_done(const std::string& host) override {
    print_json_line({{"event", "host_done"}, {"host", host}});
  }
  void finished(const Summary& summary) override { print_json_line(summary_json(summary)); }
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
    if (board_) board_->host_done(host);
  }
  void tick() override {
    if (!board_) return;
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row < 3 || size.ws_col < 20)
      size = {24, 80, 0, 0};
    std::string text;
    if (drawn_ > 0) text = "\r\033[" + std::to_string(drawn_) + "A";
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
};

}  // namespace

std::unique_ptr<Report> make_report(const Environment& environment) {
  if (environment.json) return std::make_unique<Events>();
  if (environment.interactive) return std::make_unique<Live>();
  return std::make_unique<Lines>();
}

}  // namespace muster
