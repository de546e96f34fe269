// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/visit.h"

#include <utility>

#include <poll.h>

#include "core/base/log.h"
#include "orchestrator/provision/shell.h"
#include "orchestrator/provision/sudo.h"

namespace muster {
namespace {

constexpr int kTurnMs = 1000;
constexpr std::size_t kNoiseBytes = 4096;
constexpr std::size_t kQuestionBytes = std::size_t{16} * 1024;

Root root_of(const Job& job) {
  if (!job.sudo) return Root::as_is;
  return job.sudo_password.empty() ? Root::sudo_without_password : Root::sudo_with_password;
}

}  // namespace

Visit::Visit(int socket, Job job, Fd package)
    : socket_(socket),
      job_(std::move(job)),
      package_(std::move(package)),
      deadline_(std::chrono::steady_clock::now() + job_.deadline),
      session_(job_, deadline_),
      upload_(session_, job_, package_.get(), [this](const Told& told) { tell(told); }) {}

bool Visit::run() {
  auto stopped = connect();
  if (!stopped) stopped = work();
  if (!stopped) {
    tell(told::Known{facts_.text()});
    tell(told::Done{});
    return true;
  }
  tell(told::Failed{stopped->step, stopped->failure});
  return false;
}

VisitEnd Visit::connect() {
  tell(told::Begun{step_});
  if (auto failed = session_.open()) return VisitStop{step_, *failed};
  const auto& key = session_.host_key();
  tell(told::HostKey{key.type, key.base64, key.fingerprint, session_.host_key_is_new()});
  if (session_.host_key_is_new()) {
    if (auto stopped = await_consent()) return stopped;
  }
  if (auto failed = session_.log_in()) return VisitStop{step_, *failed};
  tell(told::Finished{step_, false});
  return std::nullopt;
}

// A key that was accepted and not recorded would be accepted again, whoever shows it: not even the user name
// goes out before the management server has it on disk.
VisitEnd Visit::await_consent() {
  for (;;) {
    if (const auto frame = from_server_.next()) {
      if (frame->kind == kAnswerFrame && frame->body.empty()) return std::nullopt;
      continue;
    }
    const int left = milliseconds_until(deadline_, kTurnMs);
    if (left == 0) {
      return VisitStop{step_, {FailureCode::timeout, "the new host key was not recorded in time"}};
    }
    pollfd wait{socket_, POLLIN, 0};
    ::poll(&wait, 1, left);
    const auto received = receive_frames(socket_, from_server_);
    if (!received || received->ended) {
      return VisitStop{step_, {FailureCode::interrupted, "the management server ended the visit"}};
    }
  }
}

VisitEnd Visit::work() {
  step_ = "probe";
  probe_ = std::make_unique<SshChannel>(session_, loader_command(job_.mark, Root::as_is), Terminal::none);
  probe_->write(loader_script(job_.mark, job_.probe_script));
  probe_->close_input();
  open_root();
  upload_.start();
  while (!finished()) {
    if (auto stopped = turn()) return stopped;
    if (finished()) break;
    if (!session_.wait(socket_, upload_.may_send() ? 0 : kTurnMs)) {
      return VisitStop{
          step_,
          {FailureCode::timeout, "no end within " + std::to_string(job_.deadline.count() / 1000) + " s"}};
    }
    if (auto stopped = hear_server()) return stopped;
  }
  return std::nullopt;
}

VisitEnd Visit::turn() {
  if (auto stopped = advance_probe()) return stopped;
  if (auto stopped = advance_upload()) return stopped;
  if (auto stopped = advance_root()) return stopped;
  if (!finished() && !session_.connected()) return VisitStop{step_, session_.broken()};
  return std::nullopt;
}

bool Visit::finished() const {
  return probed_ && root_finished_;
}

// --- probe ----------------------------------------------------------------------------------

VisitEnd Visit::advance_probe() {
  if (probed_) return std::nullopt;
  probe_->advance();
  for (;;) {
    const auto line = probe_->next_line();
    if (!line) break;
    const auto ours = parse_host_line(*line, job_.mark);
    if (!ours) continue;
    if (ours->verb == HostLine::Verb::fact) facts_.add(ours->text);
    if (ours->verb == HostLine::Verb::begin) tell(told::Begun{ours->step});
    if (ours->verb != HostLine::Verb::ok) continue;
    probed_ = true;
    tell(told::Known{facts_.text()});
    if (auto failed = job_.any_platform ? std::nullopt : check_platform(facts_)) {
      return VisitStop{ours->step, *failed};
    }
    tell(told::Finished{ours->step, false});
    start_root_script();
    return std::nullopt;
  }
  if (!probe_->ended()) return std::nullopt;
  const auto words = log::printable(probe_->errors()).substr(0, 200);
  return VisitStop{"probe",
                   {FailureCode::platform, "the login shell did not run the probe: " +
                                               (words.empty() ? session_.error_text() : words)}};
}

// --- upload ---------------------------------------------------------------------------------

VisitEnd Visit::advance_upload() {
  if (auto stopped = upload_.advance()) return stopped;
  offer_package();
  return std::nullopt;
}

void Visit::offer_package() {
  if (const auto path = upload_.take_path()) root_->write(*path + "\n.\n");
}

// --- root -----------------------------------------------------------------------------------

void Visit::open_root() {
  const Root root = root_of(job_);
  const bool on_terminal = terminal_ == Terminal::wanted;
  if (!on_terminal) tell(told::Begun{"become"});
  root_ready_ = false;
  script_sent_ = false;
  noise_.clear();
  root_ = std::make_unique<SshChannel>(
      session_, on_terminal ? loader_command_on_terminal(job_.mark, root) : loader_command(job_.mark, root),
      terminal_);
  if (on_terminal) return;  // echo must be off first
  if (root == Root::sudo_with_password) root_->write_line(job_.sudo_password);
}

// With a password nothing but that password may lie on sudo's input: it would be taken for the next try.
void Visit::start_root_script() {
  if (!probed_ || !root_ready_ || script_sent_) return;
  script_sent_ = true;
  root_->write(loader_script(job_.mark, job_.root_script));
}

VisitEnd Visit::advance_root() {
  if (root_finished_) return std::nullopt;
  root_->advance();
  for (;;) {
    const auto line = root_->next_line();
    if (!line) break;
    const auto ours = parse_host_line(without_sudo_prompt(*line, job_.mark), job_.mark);
    if (!ours) {
      if (noise_.size() < kNoiseBytes) noise_.append(line->substr(0, kNoiseBytes)).append("\n");
      continue;
    }
    if (auto stopped = root_line(*ours)) return stopped;
    if (root_finished_) return std::nullopt;
  }
  if (auto stopped = hear_sudo()) return stopped;
  return root_->ended() ? root_ended() : std::nullopt;
}

VisitEnd Visit::hear_sudo() {
  if (root_ready_ || !job_.sudo) return std::nullopt;
  const std::string words = noise_ + root_->unfinished() + root_->errors();
  if (!sudo_refused_password(words, job_.mark)) return std::nullopt;
  root_->abandon();
  return VisitStop{"become", diagnose_sudo(words, job_.mark, root_->status())};
}

VisitEnd Visit::root_ended() {
  const std::string words = noise_ + root_->errors();
  if (root_->terminal_refused()) {
    return VisitStop{"become", {FailureCode::sudo_tty, "the SSH server refused a terminal"}};
  }
  if (root_->failed()) return VisitStop{"become", session_.broken()};
  if (root_ready_) {
    const auto shown =
        log::printable(std::string_view(words).substr(words.size() > 300 ? words.size() - 300 : 0));
    return VisitStop{
        step_,
        {FailureCode::script, "the root script ended with status " + std::to_string(root_->status()) +
                                  (shown.empty() ? "" : ": " + shown)}};
  }
  const Failure failure = diagnose_sudo(words, job_.mark, root_->status());
  if (failure.code == FailureCode::sudo_tty && terminal_ == Terminal::none) {
    terminal_ = Terminal::wanted;
    open_root();
    return std::nullopt;
  }
  return VisitStop{"become", failure};
}

VisitEnd Visit::root_line(const HostLine& line) {
  switch (line.verb) {
    case HostLine::Verb::tty:
      if (root_of(job_) == Root::sudo_with_password) {
        root_->write_line(job_.sudo_password);
      }
      break;
    case HostLine::Verb::ready:
      if (line.text != "0") {
        return VisitStop{"become",
                         {FailureCode::sudo_denied, "the shell runs as uid " + line.text + ", not as root"}};
      }
      root_ready_ = true;
      tell(told::Finished{"become", false});
      start_root_script();
      break;
    case HostLine::Verb::begin:
      step_ = line.step;
      tell(told::Begun{line.step});
      break;
    case HostLine::Verb::ok: tell(told::Finished{line.step, false}); break;
    case HostLine::Verb::changed: tell(told::Finished{line.step, true}); break;
    case HostLine::Verb::failed: return VisitStop{line.step, {line.code, line.text}};
    case HostLine::Verb::data:
      if (question_.size() < kQuestionBytes) question_.append(line.text).append("\n");
      break;
    case HostLine::Verb::ask:
      if (line.step == "install_package") {
        upload_.want();
        offer_package();
        break;
      }
      tell(told::Question{line.step, std::exchange(question_, {})});
      break;
    case HostLine::Verb::fact: facts_.add(line.text); break;
    case HostLine::Verb::end: root_finished_ = true; break;
    default: break;
  }
  if (line.step == "install_package" && line.verb == HostLine::Verb::changed) upload_.release();
  return std::nullopt;
}

// --- management server ----------------------------------------------------------------------

VisitEnd Visit::hear_server() {
  auto received = receive_frames(socket_, from_server_);
  if (!received || received->ended) {
    return VisitStop{step_, {FailureCode::interrupted, "the management server ended the visit"}};
  }
  for (;;) {
    const auto frame = from_server_.next();
    if (!frame) break;
    if (frame->kind == kAnswerFrame && root_) root_->write(frame->body + ".\n");
  }
  return std::nullopt;
}

void Visit::tell(const Told& told) const {
  const auto frame = encode_told(told);
  static_cast<void>(
      send_frame(socket_, frame.kind, frame.body).has_value());  // hear_server() sees a broken socket
}

}  // namespace muster
