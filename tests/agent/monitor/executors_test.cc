// SPDX-License-Identifier: GPL-2.0-or-later
// Real executors, started as the monitor starts them: who they become, what they leave behind, and what the audit log
// says of it. Needs root to become somebody else. waitpid(2) is this file's: when a test wishes it, nobody who was
// killed is gone.
#include "agent/monitor/executors.h"

#include <atomic>
#include <csignal>
#include <filesystem>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/host/rows_writer.h"
#include "agent/ipc/arguments.h"
#include "agent/ipc/channel.h"
#include "tests/agent/temporary_folder.h"

namespace {

std::atomic<bool>& everybody_hangs() {
  static std::atomic<bool> one{false};
  return one;
}

}  // namespace

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system's are reserved
extern "C" pid_t waitpid(pid_t pid, int* status, int options) {
  if (everybody_hangs() && (options & WNOHANG) != 0) return 0;
  return static_cast<pid_t>(::syscall(SYS_wait4, pid, status, options, nullptr));
}

namespace muster::agent {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr char kAccount[] = "nobody";

// What became of one order, as the front sees it.
struct Call {
  std::string refused;  // code and reason
  std::unique_ptr<ipc::Channel> channel;
  RowsReader rows;
  bool over = false;
  bool watching = false;
  Result<void> outcome;
  cim::Arguments answer;
};

class ExecutorsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  }
  void TearDown() override { everybody_hangs() = false; }
  static Config with_grants(const std::string& state_folder) {
    Grant grant;
    grant.role = Role::administer;
    grant.users = {kAccount};
    grant.certificates = {"CN=ms1"};
    grant.run_as = kAccount;
    Config config;
    config.state_folder = state_folder;
    config.grants = {grant};
    return config;
  }

  ipc::Caller user(const std::string& name = kAccount) {
    return {ipc::Caller::Kind::user, name, tickets_.issue(name, Clock::now()).value_or(""), "192.0.2.1"};
  }
  static cim::Invocation shell(const std::string& command) {
    return {"SCX_OperatingSystem", "ExecuteShellCommand", {}, {{"Command", {command}}}};
  }

  std::uint64_t order(const cim::Invocation& call, ipc::Caller caller) {
    const std::uint64_t id = ++last_id_;
    executors_.add({std::move(caller), 20s, 100'000, call}, id);
    return id;
  }
  std::uint64_t order(const cim::Invocation& call) { return order(call, user()); }

  static ipc::WatchOrder log_watch(char name = 'a') {
    return {std::string(64, name), "/nowhere/x.log", {"x"}, 1s, ipc::Begin::now, ipc::Place::kept};
  }
  std::uint64_t order_watch(const ipc::WatchOrder& watch, ipc::Caller caller) {
    const std::uint64_t id = ++last_id_;
    executors_.add_watch({std::move(caller), 0ms, 0, ipc::watch_call(watch)}, id);
    return id;
  }
  bool is_watching(std::uint64_t id) {
    return until([&] { return calls_[id].watching || calls_[id].over || !calls_[id].refused.empty(); }) &&
           calls_[id].watching && !calls_[id].over;
  }
  static ipc::Caller without_proof() { return {ipc::Caller::Kind::user, kAccount, "", ""}; }

  // The monitor's loop, until the condition holds.
  template <class Condition>
  bool until(Condition holds) {
    const auto end = Clock::now() + 30s;
    while (!holds()) {
      if (Clock::now() >= end) return false;
      std::vector<pollfd> wait;
      executors_.append_descriptors(wait);
      for (auto& [id, call] : calls_) {
        if (call.channel) wait.push_back({call.channel->fd(), POLLIN, 0});
      }
      ::poll(wait.data(), wait.size(), 20);
      executors_.collect();
      for (auto& [id, call] : calls_) listen(call);
    }
    return true;
  }
  Call& finished(std::uint64_t id) {
    EXPECT_TRUE(until([&] { return calls_[id].over || !calls_[id].refused.empty(); }));
    return calls_[id];
  }
  std::string output(const cim::Invocation& call) {
    const auto& done = finished(order(call));
    EXPECT_EQ(done.refused, "");
    EXPECT_TRUE(done.outcome.has_value()) << (done.outcome ? "" : done.outcome.error().what);
    return cim::text_of(done.answer, "StdOut");
  }
  bool idle() {
    std::vector<pollfd> wait;
    executors_.append_descriptors(wait);
    return wait.empty();
  }
  std::string audit() const { return read_file(folder_ / "audit.log", 1 << 26).value_or(""); }

  muster::testing::TemporaryFolder folder_;
  Config config_ = with_grants(folder_.path());
  Tickets tickets_;
  std::map<std::uint64_t, Call> calls_;
  std::uint64_t last_id_ = 0;
  bool forgot_ = false;
  Executors executors_{config_,
                       tickets_,
                       {[this](std::uint64_t id, std::string_view code, const std::string& why) {
                          EXPECT_EQ(calls_[id].refused, "");
                          calls_[id].refused = std::string(code) + ": " + why;
                        },
                        [this](std::uint64_t id, Fd front) {
                          calls_[id].channel = std::make_unique<ipc::Channel>(
                              std::move(front), ipc::Party::front, ipc::Party::executor, ipc::State::serving);
                        },
                        [] { everybody_hangs() = false; }}};

 private:
  static void listen(Call& call) {
    while (call.channel && !call.over) {
      auto arrival = call.channel->receive();
      if (arrival && !*arrival) return;
      call.over = true;
      if (!arrival) {
        call.outcome = fail(arrival.error());
      } else if ((*arrival)->frame.tag == ipc::Tag::done) {
        call.outcome = outcome_of((*arrival)->frame);
      } else if ((*arrival)->frame.tag == ipc::Tag::watching) {
        call.over = false;
        call.watching = true;
      } else {
        call.over = false;
        ASSERT_TRUE(call.rows.add(std::move((*arrival)->frame), 1 << 20).has_value());
        call.over = call.rows.over();
      }
      if (call.over && call.outcome) {
        call.answer = ipc::parse_arguments(call.rows.take()).value_or(cim::Arguments{});
      }
    }
  }
};

TEST_F(ExecutorsTest, ACommandRunsAsItsUserWithNothingOfRootLeft) {
  const std::string status = output(shell("cat /proc/self/status"));
  EXPECT_THAT(status, HasSubstr("Uid:\t65534\t65534\t65534\t65534"));
  EXPECT_THAT(status, HasSubstr("Gid:\t65534\t65534\t65534\t65534"));
  EXPECT_THAT(status, HasSubstr("CapPrm:\t0000000000000000"));
  EXPECT_THAT(status, HasSubstr("CapEff:\t0000000000000000"));
  EXPECT_THAT(status, HasSubstr("CapInh:\t0000000000000000"));
  EXPECT_THAT(status, HasSubstr("NoNewPrivs:\t1"));
  EXPECT_THAT(status, ::testing::ContainsRegex("Groups:\t65534 *\n"));
}

TEST_F(ExecutorsTest, ACommandFindsACleanPlace) {
  const std::string place = output(shell("pwd; umask; env | sort; ulimit -c; test -t 0 || echo no terminal"));
  EXPECT_THAT(place, ::testing::StartsWith("/\n0077\n"));
  EXPECT_THAT(place, HasSubstr("USER=nobody\n"));
  EXPECT_THAT(place, HasSubstr("PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"));
  EXPECT_THAT(place, HasSubstr("\n0\nno terminal\n"));
  EXPECT_THAT(place, Not(HasSubstr("SSH_")));
  std::size_t variables = 0;
  for (std::size_t at = place.find('='); at != std::string::npos; at = place.find('=', at + 1)) ++variables;
  EXPECT_LE(variables, 8U) << place;
}

TEST_F(ExecutorsTest, AScriptRunsWithItsArguments) {
  EXPECT_EQ(output({"SCX_OperatingSystem",
                    "ExecuteScript",
                    {},
                    {{"Script", {"#!/bin/sh\necho \"$1-$2-$#\"\n"}}, {"Arguments", {"'a b' c"}}}}),
            "a b-c-2\n");
  EXPECT_EQ(output({"SCX_OperatingSystem",
                    "ExecuteScript",
                    {},
                    {{"Script", {"ZWNobyBoaQo="}}, {"b64encoded", {"TRUE"}}}}),
            "hi\n");
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "accounts/65534")) {
    ADD_FAILURE() << entry.path() << " was left behind";
  }
}

TEST_F(ExecutorsTest, ACertificateActsAsTheAccountOfItsGrant) {
  const auto id =
      order(shell("id -un"), {ipc::Caller::Kind::certificate, std::string(64, 'c'), "CN=ms1", "192.0.2.9"});
  EXPECT_EQ(cim::text_of(finished(id).answer, "StdOut"), "nobody\n");
  ASSERT_TRUE(until([&] { return idle(); }));
  EXPECT_THAT(audit(), HasSubstr(R"("actor":"certificate CN=ms1","via":"192.0.2.9")"));
  EXPECT_THAT(audit(), HasSubstr("\"fingerprint\":\"" + std::string(64, 'c')));
}

TEST_F(ExecutorsTest, TheAuditLogTellsIntentAndOutcome) {
  finished(order(shell("exit 3")));
  ASSERT_TRUE(until([&] { return idle(); }));
  const auto verified = audit::verify(audit());
  ASSERT_TRUE(verified.has_value()) << verified.error().what;
  EXPECT_EQ(verified->lines, 2U);
  EXPECT_THAT(audit(), HasSubstr(R"("actor":"user nobody")"));
  EXPECT_THAT(audit(), HasSubstr(R"("event":"intent","account":"nobody","arguments":"Command=exit 3")"));
  EXPECT_THAT(audit(), HasSubstr(R"("event":"outcome","account":"nobody","outcome":"ended with 3")"));
}

TEST_F(ExecutorsTest, WithoutATicketOrAGrantNothingRunsAndTheAuditLogTellsThatToo) {
  auto forged = user();
  forged.proof[0] = forged.proof[0] == '0' ? '1' : '0';
  EXPECT_THAT(finished(order(shell("id"), forged)).refused, HasSubstr("denied: user nobody: the login"));
  auto other = user();
  other.name = "daemon";
  EXPECT_THAT(finished(order(shell("id"), other)).refused, HasSubstr("denied: user daemon: the login"));
  EXPECT_THAT(finished(order(shell("id"), user("daemon"))).refused,
              HasSubstr("denied: user daemon: no [[grant]] in agent.toml gives the role admin"));
  EXPECT_THAT(finished(order(shell("id"), user("no-such-user"))).refused, HasSubstr("denied: "));
  EXPECT_THAT(finished(order(shell("id"), {ipc::Caller::Kind::certificate, "ff", "CN=ms2", ""})).refused,
              HasSubstr("denied: certificate CN=ms2"));
  EXPECT_THAT(finished(order({"SCX_OperatingSystem", "Reboot", {}, {}})).refused, HasSubstr("unsupported"));
  config_.grants.clear();
  EXPECT_THAT(finished(order(shell("id"))).refused, HasSubstr("no [[grant]]"));
  ASSERT_TRUE(until([&] { return idle(); }));
  EXPECT_EQ(audit::verify(audit())->lines, 7U);
  EXPECT_THAT(audit(), Not(HasSubstr("intent")));
  EXPECT_THAT(audit(), HasSubstr("\"event\":\"refused\",\"arguments\":\"Command=id\""));
}

TEST_F(ExecutorsTest, AFloodOfRefusalsIsCountedAndNotWrittenDown) {
  auto forged = user();
  forged.proof = "none";
  const auto began = Clock::now();
  for (int i = 0; i < 2000; ++i) order(shell("id"), forged);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(Clock::now() - began).count();
  const auto verified = audit::verify(audit());
  ASSERT_TRUE(verified.has_value()) << verified.error().what;
  EXPECT_LE(verified->lines, Executors::kMostRefusals * static_cast<std::size_t>(seconds + 1));
  EXPECT_LT(verified->lines, 2000U) << "this machine is too slow for the test to tell anything";
}

TEST_F(ExecutorsTest, AFrontThatWasTakenOverWritesNoLineThatCannotBeReadAgain) {
  auto forged = user();
  forged.proof = "none";
  forged.source = std::string(200'000, 's');
  cim::Invocation call = shell(std::string(200'000, '\n'));
  for (int i = 0; i < 100; ++i) call.arguments.push_back({std::string(5000, 'n'), {std::string(5000, '\n')}});
  order(call, forged);
  EXPECT_EQ(audit::verify(audit())->lines, 1U);
  EXPECT_LT(audit().size(), 200'000U);
  audit::Log again(folder_ / "audit.log");
  EXPECT_TRUE(again.append({}).has_value());
}

TEST_F(ExecutorsTest, RootIsOnlyActedAsWhereTheGrantSaysSo) {
  config_.grants[0].users = {"root"};
  EXPECT_THAT(finished(order(shell("id -u"), user("root"))).refused,
              HasSubstr("does not let this be done as root"));
  config_.grants[0].allow_root = true;
  EXPECT_EQ(cim::text_of(finished(order(shell("id -u"), user("root"))).answer, "StdOut"), "0\n");
}

TEST_F(ExecutorsTest, WhenTheFrontLeavesEverythingOfTheCallEnds) {
  const std::string mark = folder_ / "accounts/65534/pid";
  const auto id = order(shell("sleep 600 & echo $! $$ > " + mark + "; wait"));
  ASSERT_TRUE(until([&] { return calls_[id].channel && !read_file(mark, 100).value_or("").empty(); }));
  pid_t background = 0;
  pid_t shell_pid = 0;
  ASSERT_TRUE(std::istringstream(read_file(mark, 100).value_or("")) >> background >> shell_pid);
  EXPECT_EQ(::kill(background, 0), 0);
  calls_[id].channel.reset();
  // Without a parent they stay zombies until init, or whoever stands in for it, reaps them.
  const auto gone = [](pid_t pid) {
    const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat", 4096);
    return !stat || stat->find(") Z ") != std::string::npos;
  };
  EXPECT_TRUE(until([&] { return idle() && gone(background) && gone(shell_pid); }));
  EXPECT_THAT(audit(), HasSubstr("nobody waits"));
}

TEST_F(ExecutorsTest, TheAuditLogTellsWhyTheAnswerIsNotWanted) {
  struct Case {
    std::string_view word;
    const char* outcome;
  };
  for (const Case& each : {Case{ipc::kClientGone, R"("outcome":"was ended: the client is gone")"},
                           Case{ipc::kTimeOver, R"("outcome":"was ended: its time was over")"},
                           Case{"\n", R"("outcome":"was ended: nobody waits for the answer any more")"}}) {
    const std::string mark = folder_ / "accounts/65534/begun";
    const auto id = order(shell("echo > " + mark + "; sleep 600"));
    ASSERT_TRUE(until([&] { return calls_[id].channel && read_file(mark, 100).has_value(); }));
    ASSERT_TRUE(calls_[id].channel->send({ipc::Tag::leave, 0, {std::string(each.word)}}).has_value());
    calls_[id].channel.reset();
    ASSERT_TRUE(until([&] { return idle(); }));
    EXPECT_THAT(audit(), HasSubstr(each.outcome));
    ASSERT_EQ(::unlink(mark.c_str()), 0);
  }
}

// Whether it had begun is a matter of who was quicker; that it ends is not.
TEST_F(ExecutorsTest, WhatItsClientLeavesBeforeItBeginsEndsAtOnce) {
  const auto id = order(shell("sleep 600"));
  ASSERT_TRUE(until([&] { return calls_[id].channel != nullptr; }));
  ASSERT_TRUE(calls_[id].channel->send({ipc::Tag::leave, 0, {std::string(ipc::kClientGone)}}).has_value());
  calls_[id].channel.reset();
  ASSERT_TRUE(until([&] { return idle(); }));
  EXPECT_THAT(audit(), ::testing::AnyOf(HasSubstr(R"("outcome":"was not begun: the client is gone")"),
                                        HasSubstr(R"("outcome":"was ended: the client is gone")")));
}

TEST_F(ExecutorsTest, ACommandsOwnTimeEndsItAndIsAnswered) {
  auto call = shell("echo before; sleep 600");
  call.arguments.push_back({"timeout", {"1"}});
  const auto& done = finished(order(call));
  EXPECT_EQ(cim::text_of(done.answer, "ReturnValue"), "FALSE");
  EXPECT_EQ(cim::text_of(done.answer, "ReturnCode"), "-1");
  EXPECT_EQ(cim::text_of(done.answer, "StdOut"), "before\n");
  EXPECT_THAT(cim::text_of(done.answer, "StdErr"), HasSubstr("ended after 1 s"));
}

TEST_F(ExecutorsTest, OutputIsCutAndItIsSaid) {
  const auto& done = finished(order(shell("head -c 200000 /dev/zero | tr '\\0' x")));
  EXPECT_GT(cim::text_of(done.answer, "StdOut").size(), 61'000U);
  EXPECT_LE(cim::text_of(done.answer, "StdOut").size(), 61'440U);
  EXPECT_THAT(cim::text_of(done.answer, "StdErr"), HasSubstr("output cut after 61440 octets"));
}

TEST_F(ExecutorsTest, ABoundedNumberRunsAtATime) {
  std::vector<std::uint64_t> ids;
  for (std::size_t i = 0; i < Executors::kMostOfOne; ++i) ids.push_back(order(shell("sleep 600")));
  const auto one_more = order(shell("id"));
  EXPECT_THAT(calls_[one_more].refused, HasSubstr("quota: "));
  for (const auto id : ids) EXPECT_EQ(calls_[id].refused, "");
  executors_.clear();
  EXPECT_TRUE(idle());
}

TEST_F(ExecutorsTest, WhatCannotBeAuditedDoesNotHappen) {
  const std::string mark = folder_ / "accounts/65534/mark";
  ASSERT_TRUE(write_file_atomically(folder_ / "audit.log", "damaged", 0600).has_value());
  EXPECT_THAT(finished(order(shell("touch " + mark))).refused, HasSubstr("last line is damaged"));
  ASSERT_TRUE(until([&] { return idle(); }));
  EXPECT_FALSE(std::filesystem::exists(mark));
}

TEST_F(ExecutorsTest, ALogFileIsReadWithTheRightsOfItsUser) {
  const std::string log = folder_ / "secret.log";
  ASSERT_TRUE(write_file_atomically(log, "line\n", 0600).has_value());
  const auto& done = finished(order(
      {"SCX_LogFile", "GetMatchedRows", {}, {{"filename", {log}}, {"regexps", {"."}}, {"qid", {"q"}}}}));
  ASSERT_FALSE(done.outcome.has_value());
  EXPECT_EQ(done.outcome.error().code, Errc::denied);
}

TEST_F(ExecutorsTest, AWatchGoesOnWithoutAProofUntilItEndsForGood) {
  EXPECT_THAT(calls_[order_watch(log_watch(), without_proof())].refused, HasSubstr("denied: "));
  const auto first = order_watch(log_watch(), user());
  ASSERT_TRUE(is_watching(first)) << calls_[first].refused;
  executors_.clear();  // the front has died
  const auto again = order_watch(log_watch(), without_proof());
  ASSERT_TRUE(is_watching(again)) << calls_[again].refused;
  ipc::WatchOrder other = log_watch();
  other.file = "/etc/shadow";
  EXPECT_THAT(calls_[order_watch(other, without_proof())].refused, HasSubstr("denied: "));
  executors_.unwatch(log_watch().name);
  calls_[again].channel.reset();
  EXPECT_TRUE(until([&] { return idle(); }));
  EXPECT_THAT(audit(), HasSubstr("0 events"));
  EXPECT_THAT(calls_[order_watch(log_watch(), without_proof())].refused, HasSubstr("denied: "));
}

TEST_F(ExecutorsTest, AWatchThatIsNotWantedWhileItIsBegunLeavesNoPermit) {
  order_watch(log_watch(), user());
  executors_.unwatch(log_watch().name);
  EXPECT_TRUE(until([&] { return idle(); }));
  EXPECT_THAT(calls_[order_watch(log_watch(), without_proof())].refused, HasSubstr("denied: "));
}

TEST_F(ExecutorsTest, WatchesTakeNoPlacesOfMethods) {
  for (char name = 'a'; name < 'a' + 6; ++name) order_watch(log_watch(name), user());
  order_watch(log_watch('0'), user());
  const auto last = order_watch(log_watch('1'), user());
  ASSERT_TRUE(is_watching(last)) << calls_[last].refused;
  EXPECT_THAT(calls_[order_watch(log_watch('2'), user())].refused, HasSubstr("quota: "));
  EXPECT_THAT(output(shell("id -u")), HasSubstr("65534"));
}

TEST_F(ExecutorsTest, WhenTooManyWatchersHangInTheKernelNoMoreBegin) {
  everybody_hangs() = true;
  const auto begin_and_end = [this](std::size_t watches) {
    for (std::size_t i = 0; i < watches; ++i) {
      const auto id = order_watch(log_watch("0123456789abcdef"[i]), user());
      EXPECT_EQ(calls_[id].refused, "");
    }
    executors_.clear();
  };
  begin_and_end(Executors::kMostStuck);
  begin_and_end(1);
  EXPECT_THAT(calls_[order_watch(log_watch(), user())].refused,
              AllOf(HasSubstr("quota: 8 watchers of log files hang"), HasSubstr("/proc/mounts")));
  EXPECT_EQ(output(shell("id -u")), "65534\n") << "methods have places of their own";
  everybody_hangs() = false;
  executors_.collect();
  const auto again = order_watch(log_watch(), user());
  EXPECT_TRUE(is_watching(again)) << calls_[again].refused;
}

TEST_F(ExecutorsTest, AWatchWhoseCallerCannotBeRememberedIsNotBegunAndTheAuditLogTellsIt) {
  ASSERT_TRUE(write_file_atomically(folder_ / "watches", "no folder", 0600).has_value());
  const auto id = order_watch(log_watch(), user());
  EXPECT_THAT(finished(id).refused, HasSubstr("internal: "));
  ASSERT_TRUE(until([&] { return idle(); }));
  EXPECT_FALSE(calls_[id].channel);
  const auto verified = audit::verify(audit());
  ASSERT_TRUE(verified.has_value()) << verified.error().what;
  EXPECT_EQ(verified->lines, 2U) << audit();
  EXPECT_THAT(audit(), HasSubstr(R"("event":"intent","account":"nobody")"));
  EXPECT_THAT(audit(), HasSubstr(R"("event":"outcome","account":"nobody","outcome":"was not begun")"));
}

TEST_F(ExecutorsTest, WhenGrantsChangeWatchesAreJudgedAgain) {
  const auto first = order_watch(log_watch(), user());
  ASSERT_TRUE(is_watching(first));
  config_.grants[0].users = {"somebody"};
  executors_.look_again_who_may_watch();
  EXPECT_TRUE(until([&] { return calls_[first].over; }));
  EXPECT_THAT(finished(order_watch(log_watch(), without_proof())).refused, HasSubstr("no [[grant]]"));
}

}  // namespace
}  // namespace muster::agent
