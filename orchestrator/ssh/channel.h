// SPDX-License-Identifier: GPL-2.0-or-later
// One command on the host over one channel, driven without blocking: lines out, bytes or a file in.
//
// Limits  lines are cut at kMaxLineBytes, error output keeps its last kErrorBytes; both streams are always
//         drained.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "core/base/fd.h"
#include "core/base/secret.h"
#include "orchestrator/ssh/input_queue.h"
#include "orchestrator/ssh/session.h"

struct ssh_channel_struct;

namespace muster {

enum class Terminal { none, wanted };

class SshChannel {
 public:
  static constexpr std::size_t kMaxLineBytes = std::size_t{16} * 1024;
  static constexpr std::size_t kErrorBytes = std::size_t{64} * 1024;

  SshChannel(SshSession& session, std::string command, Terminal terminal);
  SshChannel(const SshChannel&) = delete;
  SshChannel& operator=(const SshChannel&) = delete;
  SshChannel(SshChannel&&) = delete;
  SshChannel& operator=(SshChannel&&) = delete;
  ~SshChannel();

  // Queues input; it may be queued before the command runs.
  void write(std::string_view bytes) { queued_.append(bytes); }
  // The secret as a line. No copy of ours outlives its being sent.
  void write_line(const Secret& secret);
  // Sends `bytes` bytes of the file from its beginning after what is queued.
  void send_file(int file, std::uint64_t bytes);
  void close_input();
  // Ends the command's input and output now.
  void abandon();

  // Does whatever can be done without waiting.
  void advance();
  // True when advance() could send more right now: then nobody should wait for the connection first.
  bool may_send() const;

  // Output, line by line, without line ends ("\n" or "\r\n"). At the end the rest counts as a line.
  std::optional<std::string> next_line();
  // What came after the last line end.
  const std::string& unfinished() const { return output_; }
  const std::string& errors() const { return errors_; }

  bool failed() const { return state_ == State::failed; }  // never ran: no channel, no terminal, no exec
  bool terminal_refused() const { return terminal_refused_; }
  bool ended() const;
  // Exit status; -1 when it has none (killed by a signal, or cut off).
  int status() const;

 private:
  enum class State { opening, terminal, starting, running, failed, done };
  struct Ending;

  void open();
  void ask_terminal();
  void start();
  void drain();
  void read_stream(bool errors);
  void send();
  bool send_block(const char* bytes, std::size_t size);
  void note_end();

  SshSession& session_;
  std::string command_;
  Terminal terminal_;
  State state_ = State::opening;
  ssh_channel_struct* channel_ = nullptr;
  std::unique_ptr<Ending> ending_;
  InputQueue queued_;
  int file_ = -1;
  std::uint64_t file_left_ = 0;
  std::uint64_t file_at_ = 0;
  bool close_wanted_ = false;
  bool closed_input_ = false;
  bool started_ = false;
  bool terminal_refused_ = false;
  std::string output_;
  std::string errors_;
  std::deque<std::string> lines_;
  std::optional<Deadline> grace_;
};

}  // namespace muster
