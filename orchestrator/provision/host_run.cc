// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/host_run.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"

namespace muster {
namespace {

constexpr std::chrono::milliseconds kGrace{3'000};  // the worker's own deadline comes first and says more

}  // namespace

HostRun::HostRun(RunShared& shared, HostWork work) : shared_(shared), work_(std::move(work)) {}

void HostRun::start(Worker worker, const Job& job, int package, std::function<void()> worker_done,
                    std::function<void()> done) {
  worker_ = std::move(worker);
  worker_done_ = std::move(worker_done);
  done_ = std::move(done);
  auto body = encode_job(job);
  const auto sent = send_frame(worker_.socket.get(), kJobFrame, body, package);
  wipe(body);
  listening_ = shared_.server.loop.when_readable(worker_.socket.get(), [this] { hear(); });
  deadline_ = shared_.server.loop.after(job.deadline + kGrace, [this] {
    stop({FailureCode::timeout, "no end within the time limit"});
  });
  // A worker that is dead already is not stopped here: the fork server says better how it ended.
  if (!sent && sent.error().code != Errc::unreachable) stop({FailureCode::local, sent.error().what});
}

void HostRun::hear() {
  auto received = receive_frames(worker_.socket.get(), reader_);
  for (;;) {
    const auto frame = reader_.next();
    if (!frame) break;
    auto told = decode_told(*frame);
    if (!told) return stop({FailureCode::worker, told.error().what});
    take(*told);
    if (failure_ || done_told_) return;
  }
  if (!received) return stop({FailureCode::worker, received.error().what});
  if (received->ended) listening_.reset();  // it has died: the fork server will say how
}

void HostRun::take(const Told& told) {
  if (const auto* key = std::get_if<told::HostKey>(&told)) {
    take_key(*key);
  } else if (const auto* begun = std::get_if<told::Begun>(&told)) {
    if (!workers_step(begun->step)) return stop({FailureCode::worker, "it speaks of an unknown step"});
    begin(begun->step);
  } else if (const auto* finished = std::get_if<told::Finished>(&told)) {
    if (!workers_step(finished->step)) return stop({FailureCode::worker, "it speaks of an unknown step"});
    end(finished->step, finished->changed ? StepState::changed : StepState::ok, nullptr);
  } else if (const auto* failed = std::get_if<told::Failed>(&told)) {
    done_told_ = true;
    fail_host(workers_step(failed->step) ? failed->step : step_, failed->failure);
  } else if (const auto* known = std::get_if<told::Known>(&told)) {
    work_.facts = Facts::parse(known->facts);
  } else if (const auto* question = std::get_if<told::Question>(&told)) {
    answer(*question);
  } else {
    worker_finished();
  }
}

void HostRun::take_key(const told::HostKey& key) {
  if (!work_.host_key.empty() || key.fingerprint.empty()) {
    return stop({FailureCode::worker, "it speaks of a second host key, or of none"});
  }
  work_.host_key = key.fingerprint;
  if (!key.is_new) return;
  if (const auto taken = shared_.new_key(work_, key); !taken) {
    return stop({FailureCode::host_key_unknown, taken.error().what});
  }
  if (!send_frame(worker_.socket.get(), kAnswerFrame, "")) stop({FailureCode::worker, "it does not read"});
}

void HostRun::answer(const told::Question& question) {
  const auto asking = std::find_if(shared_.steps.begin(), shared_.steps.end(),
                                   [&](const auto& step) { return step->name() == question.step; });
  if (asking == shared_.steps.end()) return stop({FailureCode::worker, "it asks for an unknown step"});
  if (!answered_.insert(question.step).second) return stop({FailureCode::worker, "it asks the same twice"});
  if ((*asking)->place() == Place::management_server) return prove(**asking);
  const auto answer = (*asking)->answer(question.text, work_, shared_.server);
  if (!answer) {
    const auto& error = answer.error();
    fail_host(question.step, {(*asking)->failure_code(),
                              error.hint.empty() ? error.what : error.what + " (" + error.hint + ")"});
    return;
  }
  reply(*answer);
}

void HostRun::reply(const std::string& text) {
  if (!send_frame(worker_.socket.get(), kAnswerFrame, text)) stop({FailureCode::worker, "it does not read"});
}

// The verdict is found and kept here; the host only hears of it, so that it can go back.
void HostRun::prove(const Step& step) {
  const std::string name(step.name());
  proved_.insert(name);
  proving_ = true;
  begin(name);
  step.apply(work_, shared_.server, [this, self = shared_from_this(), name](const Step::Outcome& outcome) {
    if (!finished_) proved(name, outcome);
  });
}

void HostRun::proved(const std::string& step, const Step::Outcome& outcome) {
  proving_ = false;
  if (outcome.state == StepState::failed) {
    unproved_ = outcome.failure;
    unproved_step_ = step;
    return reply("failed\n");
  }
  end(step, outcome.state, nullptr);
  reply("well\n");
}

void HostRun::went_back() {
  static constexpr std::pair<std::string_view, std::string_view> kUndone[] = {
      {"package", "install_package"},         {"certificate", "request_certificate"},
      {"certificate", "install_certificate"}, {"certificate", "restart_agent"},
      {"package", "restart_agent"},
  };
  const std::string back = work_.facts["went_back"];
  const std::string stuck = work_.facts["stuck"];
  for (const auto& [what, step] : kUndone) {
    if (back.find(what) != std::string::npos) changed_.erase(std::string(step));
  }
  auto failure = std::exchange(unproved_, std::nullopt).value_or(Failure{});
  if (!back.empty()) failure.text += "; the host went back to the earlier " + back;
  if (!stuck.empty()) failure.text += "; what could not be brought back: " + stuck;
  fail_host(unproved_step_, failure);
}

// The cause stays the cause, whatever became of the way back.
void HostRun::broke_while_going_back(const Failure& failure) {
  auto cause = std::exchange(unproved_, std::nullopt).value_or(Failure{});
  cause.text.append("; while the host went back: ").append(failure_class(failure.code).word);
  cause.text.append(": ").append(failure.text);
  fail_host(unproved_step_, cause);
}

void HostRun::worker_finished() {
  if (proving_) return stop({FailureCode::worker, "it ended before the proof"});
  done_told_ = true;
  let_worker_go();
  if (unproved_) return went_back();
  next_server_step();
}

void HostRun::next_server_step() {
  const auto is_ours = [this](const Step& step) {
    return step.place() == Place::management_server && !proved_.contains(std::string(step.name()));
  };
  while (next_step_ < shared_.steps.size() && !is_ours(*shared_.steps[next_step_])) ++next_step_;
  if (next_step_ == shared_.steps.size()) return finish();
  const Step& step = *shared_.steps[next_step_++];
  const std::string name(step.name());
  begin(name);
  step.apply(work_, shared_.server, [this, self = shared_from_this(), name](const Step::Outcome& outcome) {
    if (finished_) return;
    if (outcome.state == StepState::failed) return fail_host(name, outcome.failure);
    end(name, outcome.state, nullptr);
    next_server_step();
  });
}

void HostRun::stop(const Failure& failure) {
  if (finished_) return;
  fail_host(step_, failure);
}

void HostRun::worker_ended(const WorkerExit& how) {
  if (finished_ || done_told_) return;
  hear();  // its last words may still lie in the socket
  if (finished_ || done_told_) return;
  worker_.process.reset();
  stop({FailureCode::worker, how.signal != 0
                                 ? "its process was killed by signal " + std::to_string(how.signal)
                                 : "its process ended without a word"});
}

bool HostRun::workers_step(const std::string& step) const {
  return step == "connect" || step == "become" ||
         std::any_of(shared_.steps.begin(), shared_.steps.end(), [&](const auto& known) {
           return known->name() == step && known->place() != Place::management_server;
         });
}

void HostRun::begin(const std::string& step) {
  step_ = step;
  begun_.emplace(step, std::chrono::steady_clock::now());
  shared_.report.begun(work_.entry.name, step);
}

void HostRun::end(const std::string& step, StepState state, const Failure* failure) {
  if (!ended_.insert(step).second) return;  // each step ends once, whatever a worker says
  StepRecord record;
  record.run = shared_.run;
  record.host = work_.entry.name;
  record.step = step;
  record.state = to_string(state);
  record.began = std::chrono::system_clock::now();
  if (const auto begun = begun_.find(step); begun != begun_.end()) {
    record.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                        begun->second);
    record.began -= record.took;
  }
  if (failure != nullptr) {
    record.code = failure_class(failure->code).word;
    record.text = log::printable(failure->text);
    record.hint = hint_of(*failure);
  } else if (const auto note = work_.notes.find(step); note != work_.notes.end()) {
    record.text = log::printable(note->second);
  }
  if (state == StepState::changed) changed_.insert(step);
  shared_.report.ended(record);
  if (const auto put = shared_.server.store.put_step(record); !put) log::error("store", put.error());
}

void HostRun::fail_host(const std::string& step, const Failure& failure) {
  if (unproved_) return broke_while_going_back(failure);
  failure_ = failure;
  failed_step_ = step;
  ended_.erase(step);
  end(step, StepState::failed, &failure);
  let_worker_go();
  finish();
}

// A worker that is done ends by itself, soon; one that is not is killed.
void HostRun::let_worker_go() {
  if (!worker_.socket) return;
  if (worker_.process && !done_told_) {
    killed_ = true;
    kill_worker(worker_);
  }
  listening_.reset();
  deadline_.reset();
  worker_.socket.reset();
  if (worker_.process) shared_.leaving({worker_.id, std::move(worker_.process), Fd()});
  if (worker_done_) shared_.server.loop.post(worker_done_);
}

void HostRun::finish() {
  if (finished_) return;
  finished_ = true;
  shared_.report.host_done(work_.entry.name);
  shared_.server.loop.post(done_);
}

}  // namespace muster
