// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/channel.h"

#include <algorithm>
#include <array>

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <unistd.h>

namespace muster {
namespace {

constexpr std::size_t kBlockBytes =
    std::size_t{64} * 1024;  // more would only be copied into the library's memory
constexpr auto kGrace = std::chrono::milliseconds(2000);  // a background child may hold the output open
constexpr std::size_t kMostLines = 4096;

}  // namespace

struct SshChannel::Ending {
  ssh_channel_callbacks_struct callbacks{};
  std::optional<int> status;
  bool signalled = false;

  static void on_status(ssh_session /*session*/, ssh_channel /*channel*/, int status, void* self) {
    static_cast<Ending*>(self)->status = status;
  }
  // NOLINTNEXTLINE(readability-function-size): so libssh calls it
  static void on_signal(ssh_session /*session*/, ssh_channel /*channel*/, const char* /*signal*/,
                        int /*core*/, const char* /*text*/, const char* /*language*/, void* self) {
    static_cast<Ending*>(self)->signalled = true;
  }
};

SshChannel::SshChannel(SshSession& session, std::string command, Terminal terminal)
    : session_(session),
      command_(std::move(command)),
      terminal_(terminal),
      channel_(ssh_channel_new(session.raw())),
      ending_(std::make_unique<Ending>()) {
  if (channel_ == nullptr) {
    state_ = State::failed;
    return;
  }
  ssh_callbacks_init(&ending_->callbacks);
  ending_->callbacks.userdata = ending_.get();
  ending_->callbacks.channel_exit_status_function = &Ending::on_status;
  ending_->callbacks.channel_exit_signal_function = &Ending::on_signal;
  ssh_set_channel_callbacks(channel_, &ending_->callbacks);
}

SshChannel::~SshChannel() {
  if (channel_ != nullptr) {
    ssh_remove_channel_callbacks(channel_, &ending_->callbacks);
    ssh_channel_free(channel_);
  }
}

void SshChannel::write_line(const Secret& secret) {
  queued_.append(secret.reveal());
  queued_.append("\n");
}

void SshChannel::send_file(int file, std::uint64_t bytes) {
  file_ = file;
  file_left_ = bytes;
  file_at_ = 0;
}

void SshChannel::close_input() {
  close_wanted_ = true;
}

void SshChannel::abandon() {
  if (channel_ != nullptr && state_ == State::running) ssh_channel_close(channel_);
  if (state_ != State::failed) state_ = State::done;
}

void SshChannel::advance() {
  if (state_ == State::opening) open();
  if (state_ == State::terminal) ask_terminal();
  if (state_ == State::starting) start();
  if (state_ == State::failed || state_ == State::done) return;
  if (state_ != State::opening) drain();  // this also moves what the library holds, and so makes room to send
  if (started_) send();
  if (state_ == State::running) note_end();
}

void SshChannel::open() {
  const int rc = ssh_channel_open_session(channel_);
  if (rc == SSH_AGAIN) return;
  if (rc != SSH_OK) {
    state_ = State::failed;
    return;
  }
  state_ = terminal_ == Terminal::wanted ? State::terminal : State::starting;
}

void SshChannel::ask_terminal() {
  const int rc = ssh_channel_request_pty_size(channel_, "dumb", 200, 50);
  if (rc == SSH_AGAIN) return;
  terminal_refused_ = rc != SSH_OK;
  state_ = terminal_refused_ ? State::failed : State::starting;
}

void SshChannel::start() {
  const int rc = ssh_channel_request_exec(channel_, command_.c_str());
  started_ = true;  // the request is under way: input may follow it without waiting for the answer
  if (rc == SSH_AGAIN) return;
  state_ = rc == SSH_OK ? State::running : State::failed;
}

void SshChannel::drain() {
  read_stream(false);
  read_stream(true);
}

void SshChannel::read_stream(bool errors) {
  std::array<char, 16384> block{};
  for (;;) {
    const int got = ssh_channel_read_nonblocking(channel_, block.data(),
                                                 static_cast<std::uint32_t>(block.size()), errors ? 1 : 0);
    if (got <= 0) return;
    const std::string_view bytes(block.data(), static_cast<std::size_t>(got));
    if (errors) {
      errors_.append(bytes);
      if (errors_.size() > kErrorBytes) errors_.erase(0, errors_.size() - kErrorBytes);
      continue;
    }
    output_.append(bytes);
    for (auto end = output_.find('\n'); end != std::string::npos; end = output_.find('\n')) {
      auto line = output_.substr(0, std::min(end, kMaxLineBytes));
      while (!line.empty() && line.back() == '\r') line.pop_back();
      if (lines_.size() < kMostLines) lines_.push_back(std::move(line));
      output_.erase(0, end + 1);
    }
    if (output_.size() > kMaxLineBytes) output_.resize(kMaxLineBytes);
  }
}

void SshChannel::send() {
  if (!queued_.empty()) {
    const auto waiting = queued_.waiting();
    if (!send_block(waiting.data(), std::min(waiting.size(), kBlockBytes))) return;
  }
  if (!queued_.empty()) return;
  while (file_left_ > 0) {
    std::array<char, kBlockBytes> block{};
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(file_left_, block.size()));
    const ssize_t got = ::pread(file_, block.data(), wanted, static_cast<off_t>(file_at_));
    if (got <= 0) {  // the file became shorter: the host will see that the size is wrong
      file_left_ = 0;
      break;
    }
    const auto before = file_left_;
    const bool more = send_block(block.data(), static_cast<std::size_t>(got));
    if (!more || file_left_ == before) return;
  }
  if (close_wanted_ && !closed_input_) {
    closed_input_ = true;
    ssh_channel_send_eof(channel_);
  }
}

// Takes a block off the queue or the file as far as the connection and the window have room. False: not now.
bool SshChannel::send_block(const char* bytes, std::size_t size) {
  const bool from_file = queued_.empty();
  // A file waits until the socket took what came before; a few lines never starve behind another channel's
  // file.
  if (from_file && (ssh_get_poll_flags(session_.raw()) & SSH_WRITE_PENDING) != 0) return false;
  const std::uint32_t window = ssh_channel_window_size(channel_);
  if (window == 0) return false;
  const int sent =
      ssh_channel_write(channel_, bytes, static_cast<std::uint32_t>(std::min<std::size_t>(size, window)));
  if (sent <= 0) return false;
  const auto count = static_cast<std::size_t>(sent);
  if (!from_file) {
    queued_.sent(count);
  } else {
    file_left_ -= count;
    file_at_ += count;
  }
  return true;
}

bool SshChannel::may_send() const {
  return state_ == State::running && file_left_ > 0 && ssh_channel_window_size(channel_) > 0 &&
         (ssh_get_poll_flags(session_.raw()) & SSH_WRITE_PENDING) == 0;
}

void SshChannel::note_end() {
  const bool told = ending_->status.has_value() || ending_->signalled;
  const bool over = ssh_channel_is_closed(channel_) != 0 || (told && ssh_channel_is_eof(channel_) != 0);
  if (told && !grace_) grace_ = std::chrono::steady_clock::now() + kGrace;
  if (!over && !(grace_ && std::chrono::steady_clock::now() > *grace_)) return;
  drain();
  state_ = State::done;
  if (!output_.empty()) lines_.push_back(std::move(output_));
  output_.clear();
}

std::optional<std::string> SshChannel::next_line() {
  if (lines_.empty()) return std::nullopt;
  auto line = std::move(lines_.front());
  lines_.pop_front();
  return line;
}

bool SshChannel::ended() const {
  return (state_ == State::done && lines_.empty()) || state_ == State::failed;
}

int SshChannel::status() const {
  return ending_->status.value_or(-1);
}

}  // namespace muster
