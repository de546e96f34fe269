// SPDX-License-Identifier: GPL-2.0-or-later
// A whole agent on loopback, forked from the test: "muster-agent serve" with a configuration file, key and
// certificates as provisioning makes them. What it logs goes to a file. Needs root.
#pragma once

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/cert_files.h"
#include "agent/cli/cli.h"
#include "tests/agent/in_child.h"
#include "tests/agent/temporary_folder.h"
#include "tests/core/http/https_fixture.h"

namespace muster::agent::testing {

inline constexpr char kUser[] = "daemon";  // whom front and provider host become

using tls::testing::our_authority;
using tls::testing::value_of;

struct AgentOptions {
  std::string pam_service = "muster";
  std::string log_level = "info";
  std::string grants =
      {};  // tables at the end of the configuration; what they let be done is noted in folder()
};

class RunningAgent {
 public:
  explicit RunningAgent(const AgentOptions& options = {}) : port_(free_port()) {
    ::chmod(folder_.path().c_str(), 0755);
    make_identity();
    configure(options);
    start();
  }
  RunningAgent(const RunningAgent&) = delete;
  RunningAgent& operator=(const RunningAgent&) = delete;
  RunningAgent(RunningAgent&&) = delete;
  RunningAgent& operator=(RunningAgent&&) = delete;
  ~RunningAgent() {
    if (pid_ > 0) static_cast<void>(stop());
  }

  std::uint16_t port() const { return port_; }
  pid_t monitor() const { return pid_; }
  const std::string& folder() const { return folder_.path(); }

  // The monitor and every process below it that lives now.
  std::set<pid_t> processes() const {
    std::set<pid_t> all{pid_};
    add_children(pid_, all);
    return all;
  }

  std::string log() const {
    std::ifstream file(log_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // Exit status; 0 is an orderly end of all three processes without a complaint of a sanitizer.
  int stop() {
    ::kill(pid_, SIGTERM);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return muster::testing::exit_status(status);
  }

  // A client that shows a certificate which the agent accepts, or none.
  static std::shared_ptr<tls::Context> certificate_client() {
    static const http::testing::Identity kIdentity(our_authority(), {"ms1"}, tls::Purpose::client);
    return http::testing::client_context(our_authority(), &kIdentity);
  }
  static std::shared_ptr<tls::Context> plain_client() { return http::testing::client_context(); }

 private:
  // Given back before the agent takes it: another program could be faster, and the test would say so.
  static std::uint16_t free_port() {
    const Fd socket = value_of(http::listen_on("127.0.0.1", 0));
    return value_of(http::local_port(socket.get()));
  }

  void make_identity() const {
    const std::vector<std::string> names{"localhost", "127.0.0.1"};
    const std::string tls = folder_ / "tls";
    value_of(create_missing(tls, names));
    const auto request =
        value_of(tls::CertificateRequest::from_pem(value_of(make_request(tls, names)), "request"));
    const auto& authority = our_authority();
    const auto leaf = value_of(tls::issue_leaf(request, names, {}, authority.issuing_key, authority.issuing));
    value_of(install_bundle(tls, leaf.pem() + authority.issuing.pem() + authority.root.pem()));
  }

  void configure(const AgentOptions& options) const {
    const auto line = [](const std::string& key, const std::string& value) {
      return key + " = \"" + value + "\"\n";
    };
    const std::string text = "listen = [\"127.0.0.1\"]\nport = " + std::to_string(port_) + "\n" +
                             line("user", kUser) + line("tls_folder", folder_ / "tls") +
                             line("run_folder", folder_ / "run") + line("log_level", options.log_level) +
                             (options.grants.empty() ? "" : line("state_folder", folder_.path())) +
                             "[basic]\n" + line("pam_service", options.pam_service) + options.grants;
    const auto written = write_file_atomically(folder_ / "agent.toml", text, 0644);
    if (!written) throw std::runtime_error(written.error().what);
  }

  void start() {
    const std::string name = folder_ / "notify";
    const Fd notified(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{AF_UNIX, {}};
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(notified.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("bind");
    }
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork");
    if (pid_ == 0) be_the_agent(name);
    const Fd ended(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    pollfd wait[] = {{notified.get(), POLLIN, 0}, {ended.get(), POLLIN, 0}};
    ::poll(wait, 2, 60'000);
    std::filesystem::remove(name);
    if (wait[0].revents == 0) {
      ::kill(pid_, SIGKILL);
      static_cast<void>(stop());
      throw std::runtime_error("the agent did not start:\n" + log());
    }
  }

  [[noreturn]] void be_the_agent(const std::string& notify) const noexcept {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::close_range(3, ~0U, 0);  // a program that is started has nothing of the test's
    const Fd log(::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    ::dup2(log.get(), STDOUT_FILENO);
    ::dup2(log.get(), STDERR_FILENO);
    ::setenv("NOTIFY_SOCKET", notify.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread, after fork
    std::string words[] = {"muster-agent", "--config", folder_ / "agent.toml", "serve"};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
    const int status = run_command_line(4, arguments);
    std::exit(status);  // NOLINT(concurrency-mt-unsafe): with a sanitizer's leak check
  }

  static void add_children(pid_t of, std::set<pid_t>& all) {
    const auto number = std::to_string(of);
    std::ifstream children("/proc/" + number + "/task/" + number + "/children");
    for (pid_t child = 0; children >> child;) {
      if (all.insert(child).second) add_children(child, all);
    }
  }

  muster::testing::TemporaryFolder folder_;
  std::string log_ = folder_ / "log";
  std::uint16_t port_;
  pid_t pid_ = -1;
};

}  // namespace muster::agent::testing
