// SPDX-License-Identifier: GPL-2.0-or-later
// muster-agent serve
#include <csignal>
#include <cstdio>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "agent/cli/cli.h"
#include "agent/config.h"
#include "agent/monitor/monitor.h"
#include "agent/monitor/notify.h"
#include "agent/sandbox/privileges.h"
#include "core/base/fd.h"
#include "core/base/log.h"
#include "core/tls/context.h"
#include "core/wsman/request.h"

namespace muster::agent {
namespace {

constexpr char kLogFile[] = "/var/log/muster-agent.log";

constexpr int kStartWaitMilliseconds = 60'000;

// Holds the lock for as long as the agent runs.
Result<Fd> take_lock(const Config& config) {
  if (auto made = make_folders(config.run_folder, 0755); !made) return fail(made.error());
  const std::string path = config.run_folder + kLockFile;
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return fail(errno_error(path));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(Errc::denied, path + ": another agent is running here", "look at: muster-agent status");
  }
  if (auto written =
          write_file_atomically(config.run_folder + kPidFile, std::to_string(::getpid()) + "\n", 0644);
      !written) {
    return fail(written.error());
  }
  return file;
}

// The child goes on as the daemon, with the log file as its output from the start; the parent waits until it serves,
// or shows what the log says of why it does not. Neither keeps what the caller has open: a lock, say.
class Background {
 public:
  Result<void> detach() {
    if (auto closed = sandbox::close_all_but({}); !closed) return closed;
    Fd log(::open(kLogFile, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
    const Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!log || !null) return fail(errno_error(log ? "/dev/null" : kLogFile));
    const off_t begin = ::lseek(log.get(), 0, SEEK_END);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail(errno_error("pipe"));
    const Fd read_end(ends[0]);
    tell_ = Fd(ends[1]);
    const pid_t child = ::fork();
    if (child < 0) return fail(errno_error("fork"));
    if (child > 0) wait_and_leave(read_end.get(), begin);
    ::setsid();
    if (::chdir("/") != 0) return fail(errno_error("/"));
    ::dup2(null.get(), STDIN_FILENO);
    ::dup2(log.get(), STDOUT_FILENO);
    ::dup2(log.get(), STDERR_FILENO);
    return {};
  }

  void serving() {
    const char ready = 'r';
    static_cast<void>(!::write(tell_.get(), &ready, 1));  // nobody waiting is no reason to stop
    tell_.reset();
  }

 private:
  [[noreturn]] void wait_and_leave(int read_end, off_t begin) {
    tell_.reset();
    pollfd wait{read_end, POLLIN, 0};
    char ready = 0;
    if (::poll(&wait, 1, kStartWaitMilliseconds) > 0 && ::read(read_end, &ready, 1) == 1) ::_exit(0);
    const Fd log(::open(kLogFile, O_RDONLY | O_CLOEXEC));
    ::lseek(log.get(), begin, SEEK_SET);
    const auto words = read_all(log.get(), kLogFile, 64UL * 1024);
    std::fprintf(stderr, "%smuster-agent: did not start\n  hint: the log is %s\n",
                 words ? words->c_str() : "", kLogFile);
    ::_exit(1);
  }
  Fd tell_;
};

// What a start or a reload would say of the configuration.
Result<int> test(const Options& options) {
  const auto config = load_config(options.config);
  if (!config) return fail(config.error());
  std::printf("%s: good\n", options.config.c_str());
  return 0;
}

Result<int> serve(const Options& options, bool daemon) {
  const auto read = [options] {
    auto config = load_config(options.config);
    if (config && !options.tls_folder.empty()) config->tls_folder = options.tls_folder;
    return config;
  };
  const auto config = read();
  if (!config) return fail(config.error());
  log::threshold(config->log_level);
  Background background;
  if (daemon) {
    if (auto detached = background.detach(); !detached) return fail(detached.error());
  }
  // Freed memory is joined at once: fewer gaps stay, and no sweep at each request.
  ::mallopt(M_MXFAST, 0);  // NOLINT(concurrency-mt-unsafe): no other thread yet
  tls::keep_buffers();
  wsman::keep_pages();
  const auto lock = take_lock(*config);
  if (!lock) return fail(lock.error());
  const auto done = run_monitor(*config, read, [&] {
    if (daemon) background.serving();
    notify_systemd("READY=1");
    log::notice("monitor", "ready on port " + std::to_string(config->port));
  });
  if (!done) return fail(done.error());
  return 0;
}

}  // namespace

void add_serve(CLI::App& root, const Options& options, Action& chosen) {
  auto* command = root.add_subcommand("serve", "Run the agent");
  auto daemon = std::make_shared<bool>(false);
  command->add_flag(
      "--daemon", *daemon,
      "Go to the background once it serves; log to /var/log/muster-agent.log (hosts without systemd)");
  auto test_only = std::make_shared<bool>(false);
  command->add_flag("--test", *test_only, "Read the configuration, say what is wrong with it, and end");
  command->callback([&options, &chosen, daemon, test_only] {
    chosen = [&options, daemon, test_only] { return *test_only ? test(options) : serve(options, *daemon); };
  });
}

}  // namespace muster::agent
