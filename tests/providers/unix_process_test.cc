// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/base/linux_host.h"
#include "core/wsman/render.h"
#include "providers/registry.gen.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/rows.h"

namespace muster {
namespace {

using testing::FakeHost;
using testing::is_null;
using testing::named;
using testing::number;
using testing::rows;
using testing::text;

// Fields 4 to 35 of proc(5) with the ones that matter filled in.
std::string stat(int pid, const std::string& name, char state, int user_ticks, int system_ticks) {
  return std::to_string(pid) + " (" + name + ") " + state + " 1 40 41 34817 -1 4194560 1 2 3 4 " +
         std::to_string(user_ticks) + " " + std::to_string(system_ticks) +
         " 5 6 30 10 1 0 250 9999 100 18446744073709551615 1 1 0 0 0 0 0 0 0 1 0 0 17 0 0 0\n";
}

class UnixProcessTest : public ::testing::Test {
 protected:
  UnixProcessTest() { host_.with_file("/proc/stat", "cpu 1 2 3 4\nbtime 1795160000\nprocesses 5\n"); }

  void add(int pid, const std::string& name, char state = 'S', int user_ticks = 150, int system_ticks = 25) {
    const auto folder = "/proc/" + std::to_string(pid);
    host_.with_file(folder + "/stat", stat(pid, name, state, user_ticks, system_ticks));
    host_.with_file(folder + "/status",
                    "Name:\t" + name + "\nTgid:\t" + std::to_string(pid) + "\nUid:\t1000\t0\t0\t0\n");
    host_.with_file(folder + "/cmdline", std::string("/bin/x\0--a b\0\0last\0\0\0", 21));
  }

  std::vector<cim::Selector> keys(const std::string& handle) const {
    return {{"Handle", handle},
            {"CSName", "fake"},
            {"CSCreationClassName", "SCX_ComputerSystem"},
            {"OSName", "Linux Distribution"},
            {"OSCreationClassName", "SCX_OperatingSystem"},
            {"CreationClassName", "SCX_UnixProcess"}};
  }

  FakeHost host_;
  std::unique_ptr<Provider> provider_ = make_unix_process(host_);
};

TEST_F(UnixProcessTest, ReportsWhatTheKernelSays) {
  add(42, "worker");
  const auto seen = rows(*provider_);
  const auto& row = seen.at(0);
  const std::pair<const char*, std::uint64_t> numbers[] = {
      {"Priority", 30},      {"ProcessNiceValue", 10}, {"KernelModeTime", 250}, {"UserModeTime", 1500},
      {"UsedMemory", 400},   {"RealUserID", 1000},     {"ProcessGroupID", 40},  {"ProcessSessionID", 41},
      {"ExecutionState", 4}, {"PercentBusyTime", 0},
  };
  for (const auto& [name, value] : numbers) EXPECT_EQ(number(row, name), value) << name;
  EXPECT_EQ(text(row, "Handle"), "42");
  EXPECT_EQ(text(row, "ParentProcessID"), "1");
  EXPECT_EQ(text(row, "ProcessTTY"), "pts/1");
  EXPECT_EQ(text(row, "CreationDate"), "2026-11-20T07:33:22.500000Z");
  EXPECT_EQ(std::get<std::vector<std::string>>(row.value("Parameters")),
            (std::vector<std::string>{"/bin/x", "--a b", "", "last"}));
}

TEST_F(UnixProcessTest, TakesNamesWithBlanksAndParentheses) {
  for (const auto* name : {"a b", "(sd-pam)", "x) S 9 9", "((", "))", ""}) {
    add(42, name);
    const auto seen = rows(*provider_);
    EXPECT_EQ(text(seen.at(0), "Name"), name);
    EXPECT_EQ(text(seen.at(0), "ParentProcessID"), "1") << name;
  }
}

TEST_F(UnixProcessTest, LeavesOutProcessesThatEndWhileTheyAreRead) {
  for (const auto* file : {"/stat", "/status"}) {
    add(41, "stays");
    add(42, "ends");
    host_.vanish(std::string("/proc/42") + file);
    const auto seen = rows(*provider_);
    ASSERT_EQ(seen.size(), 1U) << file;
    EXPECT_EQ(text(seen[0], "Name"), "stays");
  }
}

TEST_F(UnixProcessTest, KernelThreadsAreRootsAndHaveNoParameters) {
  add(2, "kthreadd");
  auto thread = stat(2, "kthreadd", 'S', 0, 0);
  thread.replace(thread.find(" 4194560 "), 9, " 2129984 ");  // 0x208040
  host_.with_file("/proc/2/stat", thread);
  const auto seen = rows(*provider_);
  EXPECT_TRUE(is_null(seen.at(0), "Parameters"));
  EXPECT_EQ(number(seen.at(0), "RealUserID"), 0U);
  EXPECT_EQ(host_.reads("/proc/2/status") + host_.reads("/proc/2/cmdline"), 0U);
}

TEST_F(UnixProcessTest, ProcessesThatHideTheirArgumentsHaveNoParameters) {
  add(42, "hidden");
  host_.with_file("/proc/42/cmdline", "");
  EXPECT_TRUE(is_null(rows(*provider_).at(0), "Parameters"));
}

TEST_F(UnixProcessTest, MapsStatesAndNegativeNumbers) {
  const std::pair<char, std::uint64_t> states[] = {{'R', 3}, {'S', 4}, {'D', 4}, {'I', 4}, {'Z', 7},
                                                   {'X', 7}, {'T', 8}, {'t', 8}, {'?', 0}};
  for (const auto& [state, expected] : states) {
    add(42, "x", state);
    EXPECT_EQ(number(rows(*provider_).at(0), "ExecutionState"), expected) << state;
  }
  auto realtime = stat(42, "rt", 'S', 0, 0);
  realtime.replace(realtime.find(" 30 10 "), 7, " -100 -20 ");
  host_.with_file("/proc/42/stat", realtime);
  EXPECT_EQ(number(rows(*provider_).at(0), "Priority"), 0U);
  EXPECT_EQ(number(rows(*provider_).at(0), "ProcessNiceValue"), 0U);
}

TEST_F(UnixProcessTest, MeasuresBusyTimeSinceAnEarlierLook) {
  add(42, "busy", 'R', 0, 0);
  add(43, "many threads", 'R', 0, 0);
  provider_->sample();
  host_.advance(std::chrono::seconds(60));
  add(42, "busy", 'R', 1000, 500);  // 15 s of 60
  add(43, "many threads", 'R', 60000, 0);
  add(44, "new", 'R', 9999, 0);
  const auto seen = rows(*provider_);
  EXPECT_EQ(number(named(seen, "busy"), "PercentBusyTime"), 25U);
  EXPECT_EQ(number(named(seen, "many threads"), "PercentBusyTime"), 100U);
  EXPECT_EQ(number(named(seen, "new"), "PercentBusyTime"), 0U);
}

TEST_F(UnixProcessTest, LooksFurtherBackRightAfterALook) {
  add(42, "busy", 'R', 0, 0);
  provider_->sample();
  host_.advance(std::chrono::seconds(60));
  add(42, "busy", 'R', 3000, 0);
  provider_->sample();
  EXPECT_EQ(number(rows(*provider_).at(0), "PercentBusyTime"), 50U);
}

TEST_F(UnixProcessTest, DoesNotMistakeALaterProcessForAnEarlierOne) {
  add(42, "first", 'R', 0, 0);
  provider_->sample();
  host_.advance(std::chrono::seconds(60));
  auto later = stat(42, "second", 'R', 6000, 0);
  later.replace(later.find(" 250 9999 "), 10, " 999 9999 ");
  host_.with_file("/proc/42/stat", later);
  EXPECT_EQ(number(rows(*provider_).at(0), "PercentBusyTime"), 0U);
}

TEST_F(UnixProcessTest, FindReadsOneProcessOnly) {
  add(41, "other");
  add(42, "wanted");
  std::vector<std::string> found;
  const auto collect = [&](const cim::Instance& row) { found.push_back(text(row, "Name")); };
  ASSERT_TRUE(provider_->find(keys("42"), collect));
  EXPECT_EQ(found, std::vector<std::string>{"wanted"});
  EXPECT_EQ(host_.reads("/proc/41/stat"), 0U);
}

TEST_F(UnixProcessTest, FindAnswersNothingForWhatIsNoProcess) {
  add(42, "wanted");
  host_.with_file("/proc/77/stat", stat(77, "thread", 'S', 0, 0));
  host_.with_file("/proc/77/status", "Tgid:\t42\nUid:\t0\t0\t0\t0\n");
  for (const auto* handle : {"99", "042", "77", "", "-1", "../42", "42/task/42", "4294967338"}) {
    ASSERT_TRUE(provider_->find(keys(handle), [&](const cim::Instance&) { ADD_FAILURE() << handle; }));
  }
  auto wrong_system = keys("42");
  wrong_system[1].value = "elsewhere";
  ASSERT_TRUE(provider_->find(wrong_system, [](const cim::Instance&) { ADD_FAILURE(); }));
}

TEST_F(UnixProcessTest, CutsEndlessCommandLines) {
  add(42, "java");
  const auto parameters = [this](std::string cmdline) {
    host_.with_file("/proc/42/cmdline", std::move(cmdline));
    return std::get<std::vector<std::string>>(rows(*provider_).at(0).value("Parameters"));
  };
  using Arguments = std::vector<std::string>;
  EXPECT_EQ(parameters(std::string(1 << 20, 'x')), (Arguments{std::string(4096, 'x'), "..."}));
  EXPECT_EQ(parameters(std::string(4096, 'x')), (Arguments{std::string(4096, 'x')}));
  std::string many;
  for (int i = 0; i < 64; ++i) many += std::string("a\0", 2);
  EXPECT_EQ(parameters(many), Arguments(64, "a"));
  auto cut = Arguments(64, "a");
  cut.emplace_back("...");
  EXPECT_EQ(parameters(many + "b"), cut);
  EXPECT_EQ(parameters(std::string(4091, 'x') + "\xC3\xA9"), (Arguments{std::string(4091, 'x'), "..."}));
}

TEST_F(UnixProcessTest, NoCommandLineMakesALargeRow) {
  add(42, "evil");
  const std::string lines[] = {
      std::string((1 << 14) - 1, '\0') + "x", std::string(1 << 14, '"'),  std::string(1 << 14, '\xFF'),
      std::string(1 << 14, '\x01'),           std::string(1 << 14, '\n'), std::string(1 << 14, 'x'),
  };
  for (const auto& line : lines) {
    host_.with_file("/proc/42/cmdline", line);
    const auto seen = rows(*provider_);
    EXPECT_LT(wsman::render_instance(seen.at(0)).size(), 16U * 1024) << line.front();
  }
}

TEST(UnixProcessProvider, FindsThisProcessOnTheLiveMachine) {
  const LinuxHost host;
  const auto provider = make_unix_process(host);
  const auto handle = std::to_string(::getpid());
  bool found = false;
  for (const auto& row : rows(*provider)) {
    if (text(row, "Handle") != handle) continue;
    found = true;
    EXPECT_EQ(number(row, "RealUserID"), ::getuid());
    EXPECT_EQ(text(row, "ParentProcessID"), std::to_string(::getppid()));
    EXPECT_GT(number(row, "UsedMemory"), 0U);
  }
  EXPECT_TRUE(found);
}

TEST_F(UnixProcessTest, TellsWhichProcessesUseMost) {
  add(42, "small", 'S', 10, 10);
  add(43, "large", 'S', 900, 10);
  const auto top = [&](const std::string& resource, const std::string& count) {
    return provider_->invoke(
        {"SCX_UnixProcess", "TopResourceConsumers", {}, {{"resource", {resource}}, {"count", {count}}}});
  };
  const auto table = top("UserModeTime", "1");
  ASSERT_TRUE(table.has_value());
  const auto text = cim::text_of(*table, "ReturnValue");
  EXPECT_NE(text.find("PID   Name                 UserModeTime\n"), std::string::npos) << text;
  EXPECT_NE(text.find("   43 large                      9000\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("small"), std::string::npos);
  EXPECT_TRUE(top("cputime", "5").has_value());
  for (const char* resource : {"Name", "Parameters", "BlockReadsPerSecond", ""}) {
    const auto refused = top(resource, "5");
    ASSERT_FALSE(refused.has_value()) << resource;
    EXPECT_EQ(refused.error().code, Errc::malformed);
  }
}

}  // namespace
}  // namespace muster
