// SPDX-License-Identifier: GPL-2.0-or-later
// Passwords that nobody else has are sent through every way that a login can take. Then they are looked for where a
// secret must not be: in the log at its most talkative, in what the agent leaves on disk, and, all the while, in the
// command line and the environment of every process of this machine. Needs root.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "core/wsman/client.h"
#include "tests/agent/auth/pam_fixture.h"
#include "tests/agent/running_agent.h"
#include "tests/base64.h"

namespace muster::agent {
namespace {

namespace fs = std::filesystem;
using http::testing::RawClient;
using http::testing::status_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::RunningAgent;

std::string new_canary(const std::string& what) {
  std::random_device random;
  return "canary-" + what + "-" + std::to_string(random()) + std::to_string(random());
}

std::string content_of(const fs::path& path) {
  return read_file(path, std::size_t{16} << 20).value_or("");  // a process may end meanwhile
}

bool is_number(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

// A secret, and what it looks like on its way.
std::vector<std::string> spellings(const std::string& user, const std::string& secret) {
  return {secret, muster::testing::base64(user + ":" + secret)};
}

// Looks into /proc again and again while it lives.
class Watch {
 public:
  explicit Watch(std::vector<std::string> forbidden)
      : forbidden_(std::move(forbidden)), thread_([this](const std::stop_token& stop) {
          while (!stop.stop_requested()) look();
        }) {}

  struct Report {
    std::vector<std::string> found;
    std::size_t rounds = 0;
  };
  Report end() {
    thread_.request_stop();
    thread_.join();
    return report_;
  }
  std::size_t rounds() const { return rounds_; }

 private:
  void look() {
    std::error_code gone;
    for (const auto& entry : fs::directory_iterator("/proc", gone)) {
      if (!is_number(entry.path().filename())) continue;
      for (const char* file : {"cmdline", "environ", "comm"}) judge(entry.path() / file);
    }
    ++report_.rounds;
    ++rounds_;
  }
  void judge(const fs::path& file) {
    const auto text = content_of(file);
    for (const auto& word : forbidden_) {
      if (text.find(word) != std::string::npos) report_.found.push_back(file.string() + ": " + word);
    }
  }

  std::vector<std::string> forbidden_;
  Report report_;
  std::atomic<std::size_t> rounds_{0};
  std::jthread thread_;
};

class SecretCanary : public auth::testing::PamTest {
 protected:
  void SetUp() override {
    PamTest::SetUp();
    if (IsSkipped()) return;
    user("canary", right_);
    service("canary", auth::testing::kUnix);
    allow_cores();
    agent_ =
        std::make_unique<RunningAgent>(testing::AgentOptions{.pam_service = "canary", .log_level = "debug"});
  }

  // So that a core would be written, were it not for the agent itself.
  static void allow_cores() {
    rlimit core{};
    ::getrlimit(RLIMIT_CORE, &core);
    core.rlim_cur = core.rlim_max;
    ::setrlimit(RLIMIT_CORE, &core);
  }

  int log_in(const std::string& user, const std::string& password) const {
    const auto body = wsman::identify_request();
    RawClient client(agent_->port(), RunningAgent::plain_client());
    client.send(
        "POST /wsman HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/soap+xml\r\nAuthorization: "
        "Basic " +
        muster::testing::base64(user + ":" + password) +
        "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return status_of(client.read_response());
  }

  // PAM asks a program, which gets the password as pam_exec hands it over.
  void ask_program(const std::string& script) const {
    const auto path = scripts_ / "module";
    ASSERT_TRUE(write_file_atomically(path, "#!/bin/sh\n" + script, 0755).has_value());
    service("canary",
            "auth required pam_exec.so expose_authtok " + path + "\naccount required pam_permit.so\n");
  }

  std::vector<std::string> forbidden() const {
    std::vector<std::string> all;
    for (const auto& secret : {right_, wrong_, broken_, crash_, program_, malformed_}) {
      for (auto&& text : spellings("canary", secret)) all.push_back(std::move(text));
    }
    return all;
  }

  std::string right_ = new_canary("right");
  std::string wrong_ = new_canary("wrong");
  std::string broken_ = new_canary("broken");
  std::string crash_ = new_canary("crash");
  std::string program_ = new_canary("program");
  std::string malformed_ = new_canary("malformed");
  muster::testing::TemporaryFolder scripts_;
  std::unique_ptr<RunningAgent> agent_;
};

TEST_F(SecretCanary, IsNowhereToBeFoundWhateverBecomesOfTheLogin) {
  Watch watch(forbidden());
  EXPECT_EQ(log_in("canary", right_), 200);
  EXPECT_EQ(log_in("canary", wrong_), 401);
  EXPECT_EQ(log_in("can\nary", malformed_), 401);
  EXPECT_EQ(log_in("canary", malformed_ + std::string(1, '\0')), 401);
  service("canary", "auth required pam_that_is_not_there.so\n");
  EXPECT_EQ(log_in("canary", broken_), 401);
  ask_program("kill -SEGV $PPID\n");
  EXPECT_EQ(log_in("canary", crash_), 401) << "the process that asks PAM has crashed";
  ask_program("cat >/dev/null; exit 0\n");
  EXPECT_EQ(log_in("canary", program_), 200);
  const auto seen = watch.rounds();
  while (watch.rounds() < seen + 2) std::this_thread::yield();
  const auto folder = agent_->folder();
  const auto log = agent_->log();
  EXPECT_THAT(log, HasSubstr("login refused: canary"))
      << "the log says nothing of logins: is it the right one?";
  for (const auto& secret : forbidden()) {
    EXPECT_EQ(log.find(secret), std::string::npos) << log;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const auto content = entry.is_regular_file() ? content_of(entry.path()) : std::string();
      EXPECT_EQ(content.find(secret), std::string::npos) << entry.path();
    }
  }
  const auto report = watch.end();
  EXPECT_THAT(report.found, IsEmpty());
  EXPECT_GE(report.rounds, 5U);
  EXPECT_EQ(agent_->stop(), 0) << agent_->log();
}

// The watch finds what is there to be found.
TEST_F(SecretCanary, ControlThatTheWatchSeesArgumentsAndEnvironment) {
  const auto argument = new_canary("argument");
  const auto variable = new_canary("variable");
  Watch watch({argument, variable});
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(read_end.get(), STDIN_FILENO);
    const auto entry = "V=" + variable;
    ::execle("/bin/sh", "sh", "-c", "read line", argument.c_str(), nullptr,
             std::array<const char*, 2>{entry.c_str(), nullptr}.data());
    ::_exit(1);
  }
  const auto seen = watch.rounds();
  while (watch.rounds() < seen + 3) std::this_thread::yield();
  write_end.reset();
  ::waitpid(child, nullptr, 0);
  std::string all;
  for (const auto& line : watch.end().found) all += line + "\n";
  EXPECT_THAT(all, HasSubstr("cmdline: " + argument));
  EXPECT_THAT(all, HasSubstr("environ: " + variable));
}

std::string core_limit(pid_t pid) {
  std::ifstream limits("/proc/" + std::to_string(pid) + "/limits");
  for (std::string line; std::getline(limits, line);) {
    if (line.starts_with("Max core file size")) return line;
  }
  return {};
}

// While a login is under way: monitor, front, provider host, the process that asks PAM, and PAM's helper.
TEST_F(SecretCanary, NoProcessOfTheAgentMayLeaveACore) {
  ASSERT_EQ(::mkfifo((scripts_ / "up").c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo((scripts_ / "go").c_str(), 0600), 0);
  ask_program("cat >/dev/null; echo up >" + (scripts_ / "up") + "; read line <" + (scripts_ / "go") +
              "; exit 0\n");
  std::jthread client([this] { EXPECT_EQ(log_in("canary", program_), 200); });
  {
    std::ifstream up(scripts_ / "up");
    std::string word;
    up >> word;
    ASSERT_EQ(word, "up");
  }
  const auto processes = agent_->processes();
  EXPECT_GE(processes.size(), 5U);
  for (const auto pid : processes) {
    EXPECT_THAT(core_limit(pid), ::testing::MatchesRegex("Max core file size +0 +0 +bytes *")) << pid;
  }
  std::ofstream(scripts_ / "go") << "go\n";
}

}  // namespace
}  // namespace muster::agent
