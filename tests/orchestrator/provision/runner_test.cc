// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/runner.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/http/server.h"
#include "core/tls/issue.h"

namespace muster {
namespace {

class Silent final : public Report {
 public:
  Silent(std::function<void()> at_start, std::function<void()> at_host_done)
      : at_start_(std::move(at_start)), at_host_done_(std::move(at_host_done)) {}
  void started(std::int64_t /*run*/, const std::vector<std::string>& /*hosts*/,
               const std::vector<std::string>& /*steps*/) override {
    if (at_start_) at_start_();
  }
  void begun(const std::string& /*host*/, const std::string& /*step*/) override {}
  void ended(const StepRecord& /*step*/) override {}
  void host_done(const std::string& /*host*/) override {
    if (at_host_done_) at_host_done_();
  }
  void wave(const Wave& wave) override { waves.push_back(wave_text(wave)); }
  void stopping(const Stopping& stopping) override {
    said.push_back(stopping_text(stopping));
    if (at_stopping) at_stopping();
  }
  void finished(const Summary& /*summary*/) override {}

  std::vector<std::string> said;
  std::vector<std::string> waves;
  std::function<void()> at_stopping;

 private:
  std::function<void()> at_start_;
  std::function<void()> at_host_done_;
};

int die(int /*socket*/) {
  ::signal(SIGSEGV, SIG_DFL);  // a sanitizer would turn it into an exit status
  ::raise(SIGSEGV);
  return 0;
}

int say_done(int socket) {
  FrameReader reader;
  while (!reader.next()) {  // the job
    pollfd wait{socket, POLLIN, 0};
    ::poll(&wait, 1, -1);
    if (const auto received = receive_frames(socket, reader); !received || received->ended) return 1;
  }
  const auto frame = encode_told(told::Done{});
  return send_frame(socket, frame.kind, frame.body) ? 0 : 1;
}

bool wait_for_frame(int socket, std::uint8_t kind) {
  FrameReader reader;
  for (;;) {
    if (const auto frame = reader.next()) {
      if (frame->kind == kind) return true;
      continue;
    }
    pollfd wait{socket, POLLIN, 0};
    ::poll(&wait, 1, -1);
    if (const auto received = receive_frames(socket, reader); !received || received->ended) return false;
  }
}

bool say(int socket, const Told& told) {
  const auto frame = encode_told(told);
  return send_frame(socket, frame.kind, frame.body).has_value();
}

int show_a_new_key(int socket) {
  const bool well = wait_for_frame(socket, kJobFrame) &&
                    say(socket, told::HostKey{"ssh-ed25519", "AAAA", "SHA256:a", true}) &&
                    wait_for_frame(socket, kAnswerFrame) && say(socket, told::Done{});
  return well ? 0 : 1;
}

int show_two_keys(int socket) {
  const told::HostKey key{"ssh-ed25519", "AAAA", "SHA256:a", true};
  const bool well = wait_for_frame(socket, kJobFrame) && say(socket, key) && say(socket, key);
  return well && wait_for_frame(socket, kJobFrame) ? 0 : 1;
}

int kill_the_server(int socket) {
  static_cast<void>(wait_for_frame(socket, kJobFrame));
  ::kill(::getppid(), SIGKILL);
  for (;;) ::pause();
}

int talk_nonsense(int socket) {
  pollfd closed{socket, 0, 0};
  const bool sent = send_frame(socket, 200, "what a worker in hostile hands might say").has_value();
  ::poll(&closed, 1, -1);
  return sent ? 0 : 1;
}

int say_nothing(int socket) {
  pollfd closed{socket, 0, 0};
  ::poll(&closed, 1, -1);
  return 0;
}

std::string& lock_file() {
  static std::string path;
  return path;
}

// The first host's worker says its last word and stays, with a lock in its hands; the second one's waits for
// that lock.
int stay_after_the_last_word(int socket) {
  const Fd lock(::open(lock_file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  const bool first = ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0;
  if (!wait_for_frame(socket, kJobFrame)) return 1;
  if (!first && ::flock(lock.get(), LOCK_EX) != 0) return 1;
  if (!say(socket, told::Done{})) return 1;
  for (;;) ::pause();
}

int ask_for_the_servers_step(int socket) {
  const bool well = wait_for_frame(socket, kJobFrame) && say(socket, told::Question{"forget", ""}) &&
                    wait_for_frame(socket, kAnswerFrame) && say(socket, told::Done{});
  return well ? 0 : 1;
}

pid_t& runner_process() {
  static pid_t process = ::getpid();
  return process;
}

int hang_up_the_terminal(int socket) {
  if (!wait_for_frame(socket, kJobFrame)) return 1;
  ::kill(runner_process(), SIGHUP);
  return say(socket, told::Done{}) ? 0 : 1;
}

// The proof fails, and the worker dies while the host goes back.
int die_while_going_back(int socket) {
  const bool well = wait_for_frame(socket, kJobFrame) && say(socket, told::Question{"verify", ""}) &&
                    wait_for_frame(socket, kAnswerFrame);
  return well ? die(socket) : 1;
}

int claim_the_servers_step(int socket) {
  const bool well = wait_for_frame(socket, kJobFrame) && say(socket, told::Finished{"forget", true});
  return well && wait_for_frame(socket, kJobFrame) ? 0 : 1;
}

// Listens where an agent should, with a certificate that nobody signed.
class Stranger {
 public:
  explicit Stranger(http::Loop& loop) {
    const auto key = tls::Key::generate(tls::KeyKind::p256);
    const auto certificate = tls::self_signed(*key, {"stranger"}, std::chrono::hours(24));
    auto context = tls::Context::server({{*certificate}, *key}, {}, tls::ClientCertificates::ignored);
    std::vector<Fd> listening;
    listening.push_back(std::move(*http::listen_on("127.0.0.1", 0)));
    port_ = *http::local_port(listening.front().get());
    server_ =
        std::move(*http::Server::start(loop, std::move(listening), std::move(*context), {},
                                       [](const http::Head&, const http::Peer&, const http::Decide&) {}));
  }
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  std::unique_ptr<http::Server> server_;
};

class RunnerTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "muster_runner_" + std::to_string(::getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Summary run(WorkerMain worker, Journey journey, std::size_t count, std::chrono::milliseconds deadline) {
    auto workers = ForkServer::start(worker);
    EXPECT_TRUE(workers);
    EXPECT_TRUE(Store::create(folder_));
    auto store = Store::open(folder_);
    EXPECT_TRUE(store) << store.error().what;
    http::Loop loop;
    loop_ = &loop;
    const Stranger stranger(loop);
    ServerSide server{loop, nullptr, client_context(), *store};
    RunOrder order;
    order.journey = journey;
    order.forks = 1;
    order.deadline = deadline;
    order.new_keys_file = keys_file();
    order.rollout = rollout_;
    order.pause = pause_;
    order.pause_for = pause_for_;
    for (std::size_t i = 0; i < count; ++i) {
      HostWork work;
      work.entry.name = work.entry.address = "h" + std::to_string(i);
      if (journey == Journey::restart) work.entry.address = "127.0.0.1";
      work.agent_port = stranger.port();
      work.user = "root";
      work.certificate_names = {work.entry.name};
      work.entry.private_key_file = private_key_file_;
      order.hosts.push_back(std::move(work));
    }
    Silent report(at_start_, at_host_done_);
    report.at_stopping = at_stopping_;
    auto summary = Runner(**workers, server, std::move(order), report).run();
    said_ = report.said;
    waves_ = report.waves;
    EXPECT_TRUE(summary);
    const auto runs = store->runs(1);
    EXPECT_TRUE(runs);
    EXPECT_EQ(runs->at(0).exit_status, static_cast<int>(summary->exit()));
    EXPECT_EQ(runs->at(0).stopped, summary->stopped);
    const auto recorded = store->steps(summary->run);
    EXPECT_TRUE(recorded);
    steps_ = recorded.value_or(std::vector<StepRecord>{});
    return std::move(*summary);
  }

  static std::shared_ptr<tls::Context> client_context() {
    const auto key = tls::Key::generate(tls::KeyKind::p256);
    const auto root = tls::make_root(*key, "root", std::chrono::hours(24));
    return tls::Context::client({*root}, nullptr).value_or(nullptr);
  }
  std::string keys_file() const { return folder_ + "/known_hosts"; }

  std::string folder_;
  std::string private_key_file_;
  std::function<void()> at_start_;  // once the run has begun, before any host
  std::function<void()> at_host_done_;
  std::function<void()> at_stopping_;
  RolloutRules rollout_;
  bool pause_ = false;
  std::chrono::milliseconds pause_for_{0};
  http::Loop* loop_ = nullptr;  // of the run
  std::vector<StepRecord> steps_;
  std::vector<std::string> said_;  // when the run was to stop
  std::vector<std::string> waves_;
};

constexpr std::chrono::milliseconds kLong{60'000};

TEST_F(RunnerTest, ThreeDeadWorkersEndTheRun) {
  const auto summary = run(&die, Journey::uninstall, 6, kLong);
  EXPECT_EQ(summary.failed, 6U);
  EXPECT_EQ(summary.failures.at(FailureCode::worker).size(), 3U);
  EXPECT_EQ(summary.failures.at(FailureCode::interrupted).size(), 3U);
  EXPECT_NE(summary.failures.at(FailureCode::worker)[0].text.find("signal 11"), std::string::npos);
  EXPECT_EQ(summary.exit(), Exit::failed);
}

TEST_F(RunnerTest, WorkerThatTalksNonsenseCostsItsHostAlone) {
  const auto summary = run(&talk_nonsense, Journey::uninstall, 5, kLong);
  EXPECT_EQ(summary.failures.at(FailureCode::worker).size(), 5U);
  EXPECT_EQ(summary.stopped, "");
}

TEST_F(RunnerTest, CanaryThatGoesWrongKeepsTheOthersFromIt) {
  rollout_.canary = 2;
  const auto summary = run(&talk_nonsense, Journey::uninstall, 6, kLong);
  EXPECT_EQ(summary.failures.at(FailureCode::worker).size(), 1U);
  EXPECT_EQ(summary.failures.at(FailureCode::interrupted).size(), 5U);
  EXPECT_EQ(summary.stopped, "1 of 2 hosts of the canary went wrong");
  EXPECT_EQ(summary.failures.at(FailureCode::interrupted).at(0).text,
            "not started: 1 of 2 hosts of the canary went wrong");
  EXPECT_EQ(summary.exit(), Exit::failed);
  EXPECT_EQ(waves_, std::vector<std::string>{"canary of 2 batches: 2 hosts"});
}

TEST_F(RunnerTest, BatchesFollowOneAnother) {
  rollout_ = {.canary = 1, .batch = Share{2, false}, .max_fail = Share{0, false}};
  const auto summary = run(&say_done, Journey::uninstall, 4, kLong);
  EXPECT_EQ(summary.settled, 4U);
  EXPECT_EQ(waves_, (std::vector<std::string>{"canary of 3 batches: 1 host", "batch 2 of 3: 2 hosts",
                                              "batch 3 of 3: 1 host"}));
}

TEST_F(RunnerTest, HostsThatCannotBeBegunCountAgainstTheBudget) {
  private_key_file_ = folder_ + "/no_such_key";
  rollout_.max_fail = Share{1, false};
  const auto summary = run(&say_done, Journey::uninstall, 5, kLong);
  EXPECT_EQ(summary.failures.at(FailureCode::ssh_key).size(), 2U);
  EXPECT_EQ(summary.failures.at(FailureCode::interrupted).size(), 3U);
  EXPECT_EQ(summary.stopped, "2 of 5 hosts went wrong, --max-fail 1 allows 1");
}

TEST_F(RunnerTest, BudgetUsedUpByTheLastHostStopsNothing) {
  rollout_.max_fail = Share{0, false};
  const auto summary = run(&talk_nonsense, Journey::uninstall, 1, kLong);
  EXPECT_EQ(summary.stopped, "");
  EXPECT_EQ(summary.failed, 1U);
}

TEST_F(RunnerTest, PausesBetweenBatches) {
  rollout_.batch = Share{1, false};
  pause_for_ = std::chrono::milliseconds(300);
  const auto summary = run(&say_done, Journey::uninstall, 2, kLong);
  EXPECT_EQ(summary.settled, 2U);
  EXPECT_GE(summary.took, pause_for_);
  EXPECT_EQ(waves_, (std::vector<std::string>{"batch 1 of 2: 1 host", "paused before batch 2 of 2: 1 host",
                                              "batch 2 of 2: 1 host"}));
}

// Enter goes on, q ends the run, and so does a terminal that is gone.
TEST_F(RunnerTest, AsksBetweenBatches) {
  struct Case {
    const char* typed;
    std::size_t well;
    const char* stopped;
  };
  for (const Case& each : {Case{"\n", 2, ""}, Case{"q\n", 1, "at the pause"}, Case{"", 1, "at the pause"}}) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const Fd kept(::dup(STDIN_FILENO));
    ASSERT_EQ(::dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    ::close(ends[0]);
    ASSERT_TRUE(write_all(ends[1], "pipe", each.typed));
    ::close(ends[1]);
    rollout_.batch = Share{1, false};
    pause_ = true;
    const auto summary = run(&say_done, Journey::uninstall, 2, kLong);
    if (kept) ::dup2(kept.get(), STDIN_FILENO);
    EXPECT_EQ(summary.settled, each.well) << each.typed;
    EXPECT_EQ(summary.stopped, each.stopped) << each.typed;
    EXPECT_EQ(waves_.at(1), "paused before batch 2 of 2: 1 host; Enter goes on, q and Enter ends the run");
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
}

TEST_F(RunnerTest, SilentWorkerIsKilledAtItsDeadline) {
  const auto summary = run(&say_nothing, Journey::uninstall, 1, std::chrono::milliseconds(1));
  EXPECT_EQ(summary.failures.at(FailureCode::timeout).size(), 1U);
}

TEST_F(RunnerTest, DeadForkServerEndsTheRunAtOnce) {
  const auto summary = run(&kill_the_server, Journey::uninstall, 4, kLong);
  EXPECT_EQ(summary.failed, 4U);
  EXPECT_EQ(summary.failures.at(FailureCode::worker).size(), 1U);
  EXPECT_EQ(summary.failures.at(FailureCode::interrupted).size(), 3U);
  EXPECT_EQ(summary.stopped, "the fork server died");
  EXPECT_LT(summary.took, kLong / 2);
}

TEST_F(RunnerTest, WorkerGoesOnWhenItsNewKeyIsRecorded) {
  ASSERT_TRUE(write_file_atomically(keys_file(), "old ssh-ed25519 BBBB", 0600));  // cut off
  const auto summary = run(&show_a_new_key, Journey::uninstall, 2, kLong);
  EXPECT_EQ(summary.settled, 2U);
  EXPECT_EQ(read_file(keys_file(), 1000).value_or(""),
            "old ssh-ed25519 BBBB\nh0 ssh-ed25519 AAAA\nh1 ssh-ed25519 AAAA\n");
}

TEST_F(RunnerTest, KeyThatCannotBeRecordedIsNotTaken) {
  std::filesystem::create_directory(keys_file());
  const auto summary = run(&show_a_new_key, Journey::uninstall, 1, kLong);
  EXPECT_EQ(summary.failures.at(FailureCode::host_key_unknown).size(), 1U);
  EXPECT_TRUE(summary.accepted.empty());
}

TEST_F(RunnerTest, SecondHostKeyOfOneVisitIsRefused) {
  const auto summary = run(&show_two_keys, Journey::uninstall, 1, kLong);
  EXPECT_EQ(summary.failures.at(FailureCode::worker).size(), 1U);
  EXPECT_EQ(summary.accepted.size(), 1U);
}

TEST_F(RunnerTest, MissingKeyFileIsNamedAndRecorded) {
  private_key_file_ = folder_ + "/no_such_key";
  const auto summary = run(&say_done, Journey::uninstall, 2, kLong);
  EXPECT_EQ(summary.unreachable, 0U);
  EXPECT_EQ(summary.failed, 2U);
  EXPECT_EQ(summary.failures.at(FailureCode::ssh_key).at(0).text,
            "ansible_ssh_private_key_file: " + private_key_file_ + ": No such file or directory");
  ASSERT_EQ(steps_.size(), 2U);
  EXPECT_EQ(steps_[0].step, "connect");
  EXPECT_EQ(steps_[0].state, "failed");
  EXPECT_EQ(steps_[0].code, "E-SSH-KEY");
}

TEST_F(RunnerTest, KeyFileThatOthersMayReadIsToldWithItsRemedyToTheEnd) {
  private_key_file_ = folder_ + "/open_key";
  ASSERT_TRUE(write_file_atomically(private_key_file_, "key", 0644));
  const auto summary = run(&say_done, Journey::uninstall, 1, kLong);
  EXPECT_EQ(summary.failures.at(FailureCode::ssh_key).at(0).hint, "chmod 600 " + private_key_file_);
  EXPECT_NE(summary_text(summary).find("chmod 600 " + private_key_file_), std::string::npos)
      << summary_text(summary);
  ASSERT_EQ(steps_.size(), 1U);
  EXPECT_EQ(steps_[0].hint, "chmod 600 " + private_key_file_);
}

TEST_F(RunnerTest, WorkerThatStaysAfterItsLastWordIsKilled) {
  lock_file() = folder_ + "/lock";
  const auto summary = run(&stay_after_the_last_word, Journey::uninstall, 2, kLong);
  EXPECT_EQ(summary.settled, 2U);
  EXPECT_LT(summary.took, kLong / 2);
  // The second one ended with the run.
  const Fd lock(::open(lock_file().c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_EQ(::flock(lock.get(), LOCK_EX), 0);
}

TEST_F(RunnerTest, StepOfTheServerIsDoneOnceWhenAWorkerAsksForIt) {
  const auto summary = run(&ask_for_the_servers_step, Journey::uninstall, 1, kLong);
  EXPECT_EQ(summary.settled, 1U);
  EXPECT_EQ(
      std::count_if(steps_.begin(), steps_.end(), [](const auto& step) { return step.step == "forget"; }), 1);
}

TEST_F(RunnerTest, CauseOfGoingBackIsToldWhenGoingBackBreaks) {
  const auto summary = run(&die_while_going_back, Journey::restart, 1, kLong);
  ASSERT_EQ(summary.failures.count(FailureCode::verify), 1U);
  const auto& failed = summary.failures.at(FailureCode::verify).at(0);
  EXPECT_EQ(failed.step, "verify");
  EXPECT_NE(failed.text.find("127.0.0.1"), std::string::npos) << failed.text;
  EXPECT_NE(failed.text.find("; while the host went back: E-WORKER: its process was killed by signal 11"),
            std::string::npos)
      << failed.text;
  EXPECT_EQ(failed.hint.substr(0, 16), "muster provision") << failed.hint;
}

// The limit on descriptors, as it was before the test when it is over.
class DescriptorLimit {
 public:
  DescriptorLimit() { ::getrlimit(RLIMIT_NOFILE, &before_); }
  ~DescriptorLimit() { restore(); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  DescriptorLimit(DescriptorLimit&&) = delete;
  DescriptorLimit& operator=(DescriptorLimit&&) = delete;

  void set(rlim_t soft) const {
    const rlimit limit{soft, before_.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  }
  void restore() const { ::setrlimit(RLIMIT_NOFILE, &before_); }
  static bool highest() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur == limit.rlim_max;
  }

 private:
  rlimit before_{};
};

TEST_F(RunnerTest, AsManyDescriptorsAreTakenAsAreAllowed) {
  const DescriptorLimit limit;
  limit.set(200);
  bool highest = false;
  at_start_ = [&] { highest = DescriptorLimit::highest(); };
  EXPECT_EQ(run(&say_done, Journey::uninstall, 1, kLong).settled, 1U);
  EXPECT_TRUE(highest);
}

TEST_F(RunnerTest, WhatThisMachineHasTooLittleOfIsNotTheHostsFault) {
  const DescriptorLimit limit;
  at_start_ = [&] {
    loop_->post([&] {  // comes before the first host
      const Fd next(::dup(STDIN_FILENO));
      limit.set(static_cast<rlim_t>(next.get()));
    });
  };
  at_host_done_ = [&] { limit.restore(); };  // the loop's end needs descriptors under a sanitizer
  const auto summary = run(&say_done, Journey::uninstall, 1, kLong);
  ASSERT_EQ(summary.failures.count(FailureCode::local), 1U);
  EXPECT_NE(summary.failures.at(FailureCode::local)[0].text.find("Too many open files"), std::string::npos);
}

TEST_F(RunnerTest, LostTerminalEndsTheRunInOrder) {
  runner_process();
  const auto summary = run(&hang_up_the_terminal, Journey::uninstall, 3, kLong);
  EXPECT_EQ(summary.stopped, "SIGHUP");
  EXPECT_EQ(said_,
            std::vector<std::string>{"stopping (SIGHUP): waits for 1 host that is at work (up to 10 s)"});
  EXPECT_LT(summary.settled, 3U);
  EXPECT_EQ(summary.settled + summary.failures.at(FailureCode::interrupted).size(), 3U);
}

TEST_F(RunnerTest, HostsThatAreNotStartedGoOnRecordTogether) {
  runner_process();
  std::unique_ptr<Store> witness;
  std::vector<std::int64_t> changes;  // of the database, as another process sees them
  at_start_ = [&] { witness = std::make_unique<Store>(std::move(*Store::open(folder_))); };
  at_host_done_ = [&] { changes.push_back(witness->foreign_changes().value_or(-1)); };
  const auto summary = run(&hang_up_the_terminal, Journey::uninstall, 20, kLong);
  EXPECT_EQ(summary.stopped, "SIGHUP");
  const auto left_out =
      std::ranges::count_if(steps_, [](const auto& step) { return step.text == "not started: SIGHUP"; });
  ASSERT_GT(left_out, 10);
  ASSERT_EQ(changes.size(), 20U);
  EXPECT_EQ(std::set<std::int64_t>(changes.end() - left_out, changes.end()).size(), 1U)
      << "no commit between two of them";
}

int interrupt_twice(int socket) {
  if (!wait_for_frame(socket, kJobFrame)) return 1;
  ::kill(runner_process(), SIGINT);
  while (::access(lock_file().c_str(), F_OK) != 0) ::usleep(10'000);  // the first has been heard
  ::kill(runner_process(), SIGINT);
  return say_nothing(socket);
}

TEST_F(RunnerTest, FirstInterruptSaysWhatIsWaitedForAndTheSecondLeavesIt) {
  runner_process();
  lock_file() = folder_ + "/heard";
  at_stopping_ = [] { EXPECT_TRUE(write_file_atomically(lock_file(), "", 0600)); };
  const auto summary = run(&interrupt_twice, Journey::uninstall, 2, kLong);
  EXPECT_EQ(said_, std::vector<std::string>{
                       "stopping: waits for 1 host that is at work (up to 10 s); Ctrl-C again leaves them"});
  EXPECT_LT(summary.took, std::chrono::seconds(9));
  EXPECT_EQ(summary.failures.at(FailureCode::interrupted).size(), 2U);
}

TEST_F(RunnerTest, RunThatIsToOutliveTheTerminalDoes) {
  runner_process();
  ::signal(SIGHUP, SIG_IGN);
  const auto summary = run(&hang_up_the_terminal, Journey::uninstall, 2, kLong);
  ::signal(SIGHUP, SIG_DFL);
  EXPECT_EQ(summary.stopped, "");
  EXPECT_EQ(summary.settled, 2U);
}

TEST_F(RunnerTest, WorkersHaveNoSayAboutStepsOfTheServer) {
  const auto summary = run(&claim_the_servers_step, Journey::uninstall, 1, kLong);
  EXPECT_EQ(summary.failures.at(FailureCode::worker).size(), 1U);
  EXPECT_EQ(summary.changes, 0U);
}

TEST_F(RunnerTest, HostsThatAreDoneGoThroughTheStepsOfTheServer) {
  const auto summary = run(&say_done, Journey::uninstall, 4, kLong);
  EXPECT_EQ(summary.settled, 4U);
  EXPECT_EQ(summary.changes, 0U);
  EXPECT_EQ(summary.exit(), Exit::ok);
}

}  // namespace
}  // namespace muster
