// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/poll_host.h"

#include <memory>
#include <utility>

namespace muster {
namespace {

using std::chrono::steady_clock;

struct Work {
  AgentSession& session;
  PollPlan plan;
  std::function<void(Reading)> done;
  Reading reading;
  steady_clock::time_point begun;
};

void finish(Work& work) {
  auto& reading = work.reading;
  reading.took = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - work.begun);
  bool any = false;
  for (const auto& one : reading.classes) any = any || !one.error;
  if (!any && !reading.error && !reading.classes.empty()) reading.error = reading.classes.front().error;
  work.done(std::move(reading));
}

void ask_next(const std::shared_ptr<Work>& work) {
  const auto next = work->reading.classes.size();
  if (next == work->plan.classes.size()) return finish(*work);
  const auto& class_name = work->plan.classes[next];
  work->session.enumerate(work->session.target_for(class_name), work->plan.class_deadline,
                          [work, class_name](Result<std::vector<wsman::Item>> items) {
                            ClassReading one{class_name, {}, {}};
                            if (items) one.items = std::move(*items);
                            if (!items) one.error = items.error();
                            work->reading.classes.push_back(std::move(one));
                            const bool answered = work->session.answered();
                            work->reading.reached = work->reading.reached || answered;
                            const bool hopeless = !items && (!answered || items.error().code == Errc::denied);
                            if (!hopeless) return ask_next(work);
                            work->reading.error = items.error();
                            finish(*work);
                          });
}

// Keeps a bounded number of polls going until every host had its turn.
class Round {
 public:
  Round(const std::vector<HostRecord>& hosts, std::shared_ptr<tls::Context> context, const PollPlan& plan)
      : hosts_(hosts),
        context_(std::move(context)),
        plan_(plan),
        sessions_(hosts.size()),
        readings_(hosts.size()) {}

  std::vector<Reading> run(std::size_t concurrency) {
    if (hosts_.empty()) return {};
    for (std::size_t i = 0; i < concurrency && next_ < hosts_.size(); ++i) begin_next();
    loop_.run();
    return std::move(readings_);
  }

 private:
  void begin_next() {
    const auto index = next_++;
    const auto& host = hosts_[index];
    sessions_[index] = std::make_unique<AgentSession>(loop_, endpoint_of(host), context_);
    poll_host(*sessions_[index], host.name, plan_, [this, index](Reading reading) {
      readings_[index] = std::move(reading);
      loop_.post([this, index] { end(index); });  // the session is in use until its callback has returned
    });
  }

  void end(std::size_t index) {
    sessions_[index].reset();
    ++ended_;
    if (next_ < hosts_.size()) begin_next();
    if (ended_ == hosts_.size()) loop_.stop();
  }

  const std::vector<HostRecord>& hosts_;
  std::shared_ptr<tls::Context> context_;
  const PollPlan& plan_;
  http::Loop loop_;
  std::vector<std::unique_ptr<AgentSession>> sessions_;
  std::vector<Reading> readings_;
  std::size_t next_ = 0;
  std::size_t ended_ = 0;
};

}  // namespace

http::Endpoint endpoint_of(const HostRecord& host) {
  return {host.address, host.agent_port, host.certificate_name.empty() ? host.name : host.certificate_name};
}

void poll_host(AgentSession& session, const std::string& host, const PollPlan& plan,
               std::function<void(Reading)> done) {
  Reading reading;
  reading.host = host;
  reading.at = std::chrono::system_clock::now();
  ask_next(
      std::make_shared<Work>(Work{session, plan, std::move(done), std::move(reading), steady_clock::now()}));
}

std::vector<Reading> poll_once(const std::vector<HostRecord>& hosts,
                               const std::shared_ptr<tls::Context>& context, const PollPlan& plan,
                               std::size_t concurrency) {
  return Round(hosts, context, plan).run(concurrency);
}

}  // namespace muster
