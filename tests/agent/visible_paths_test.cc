// SPDX-License-Identifier: GPL-2.0-or-later
// What a running agent leaves where others can see it: every path with its owner and mode, and what a user of the
// machine can open of it. Needs root.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "tests/agent/auth/pam_fixture.h"
#include "tests/agent/in_child.h"
#include "tests/agent/running_agent.h"
#include "tests/fakes/golden.h"

namespace muster::agent {
namespace {

namespace fs = std::filesystem;
using muster::testing::in_child;
using testing::RunningAgent;

constexpr uid_t kNobody = 65534;
constexpr uid_t kDaemon = 1;  // whom the agent's own front and provider host are

// PamTest, for its users: neither the machine's accounts nor its PAM play a part here.
class VisiblePaths : public auth::testing::PamTest {
 protected:
  void SetUp() override {
    PamTest::SetUp();
    if (IsSkipped()) return;
    ::umask(0);  // the worst that an administrator's shell may have
    agent_ = std::make_unique<RunningAgent>();
  }
  void TearDown() override {
    ::umask(022);
    if (!agent_) return;
    EXPECT_EQ(agent_->stop(), 0) << agent_->log();
  }

  std::vector<fs::path> paths() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::recursive_directory_iterator(agent_->folder())) all.push_back(entry.path());
    std::sort(all.begin(), all.end());
    return all;
  }

  // "-rw------- root root tls/agent.key", without what differs from run to run.
  std::string line_of(const fs::path& path) const {
    struct stat seen {};
    ::lstat(path.c_str(), &seen);
    std::ostringstream line;
    line << (S_ISLNK(seen.st_mode)   ? 'l'
             : S_ISDIR(seen.st_mode) ? 'd'
             : S_ISREG(seen.st_mode) ? '-'
                                     : '?')
         << std::oct << (S_ISLNK(seen.st_mode) ? 0777U : seen.st_mode & 07777U) << std::dec << ' '
         << seen.st_uid << ':' << seen.st_gid << ' ' << path.lexically_relative(agent_->folder()).string();
    return std::regex_replace(line.str(), std::regex("agent-[0-9a-fA-F]+"), "agent-SERIAL");
  }

  std::unique_ptr<RunningAgent> agent_;
};

// The configuration and the log are the test's own, as the package's and the journal's would be.
TEST_F(VisiblePaths, HaveTheOwnersAndModesOfTheGoldenFileEvenWithoutAMask) {
  std::set<std::string> lines;
  for (const auto& path : paths()) {
    if (path.filename() != "agent.toml" && path.filename() != "log") lines.insert(line_of(path));
  }
  std::string all;
  for (const auto& line : lines) all += line + "\n";
  EXPECT_EQ(all, muster::testing::golden("agent/paths.txt", all));
}

// Becomes this user, without any group, and does something that must not work; true when it does.
template <class Attempt>
bool works_for(uid_t user, const Attempt& attempt) {
  return in_child([&] {
           if (::setgroups(0, nullptr) != 0 || ::setresgid(user, user, user) != 0 ||
               ::setresuid(user, user, user) != 0) {
             return 2;
           }
           return attempt() ? 1 : 0;
         }).status != 0;
}

bool opens(const std::string& path, int flags) {
  return Fd(::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK)).get() >= 0;
}

TEST_F(VisiblePaths, NobodyCanWriteAnyOfThemAndReadOnlyWhatIsForAll) {
  // process number; certificates, which every handshake shows
  const std::regex for_all(R"(.*/(agent\.toml|run/agent\.pid|tls/[^/]*\.pem))");
  for (const auto& path : paths()) {
    if (fs::is_directory(path)) continue;
    EXPECT_FALSE(works_for(kNobody, [&] { return opens(path, O_WRONLY); })) << path;
    if (std::regex_match(path.string(), for_all)) continue;
    EXPECT_FALSE(works_for(kNobody, [&] { return opens(path, O_RDONLY); })) << path;
  }
  for (const char* folder : {"/tls", "/run"}) {
    const auto added = agent_->folder() + folder + "/x";
    EXPECT_FALSE(works_for(kNobody, [&] { return opens(added, O_WRONLY | O_CREAT); })) << added;
  }
}

bool opens_a_descriptor(const std::string& process) {
  for (int fd = 0; fd < 64; ++fd) {
    const auto path = process + "/fd/" + std::to_string(fd);
    if (opens(path, O_RDWR) || opens(path, O_RDONLY)) return true;
  }
  return false;
}

void expect_out_of_reach(const std::string& process, uid_t user) {
  for (const char* file : {"/mem", "/environ", "/fd", "/maps"}) {
    EXPECT_FALSE(works_for(user, [&] { return opens(process + file, O_RDONLY); }))
        << process << file << " " << user;
  }
  EXPECT_FALSE(works_for(user, [&] { return opens_a_descriptor(process); })) << process << " " << user;
}

// The descriptors of the agent's processes are the only way to the channels between them, and to the key in memory.
// Not even another program of the front's own user has it.
TEST_F(VisiblePaths, NobodyReachesIntoItsProcesses) {
  const auto processes = agent_->processes();
  ASSERT_GE(processes.size(), 3U);
  for (const auto pid : processes) {
    for (const uid_t user : {kNobody, kDaemon}) expect_out_of_reach("/proc/" + std::to_string(pid), user);
  }
}

// Their inode numbers, of every socket that a process of the agent holds.
std::set<std::string> sockets_of(const std::set<pid_t>& processes) {
  std::set<std::string> inodes;
  for (const auto pid : processes) {
    std::error_code gone;
    for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd", gone)) {
      const auto target = fs::read_symlink(entry.path(), gone).string();
      if (target.starts_with("socket:[")) inodes.insert(target.substr(8, target.size() - 9));
    }
  }
  return inodes;
}

TEST_F(VisiblePaths, NoneOfItsLocalSocketsHasAName) {
  const auto inodes = sockets_of(agent_->processes());
  std::ifstream table("/proc/net/unix");
  std::size_t seen = 0;
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line)) {
    std::istringstream words(line);
    std::string word;
    for (int i = 0; i < 7; ++i) words >> word;
    if (!inodes.contains(word)) continue;
    ++seen;
    EXPECT_FALSE(words >> word) << word;
  }
  EXPECT_GE(seen, 4U) << "two channels have four ends";
}

}  // namespace
}  // namespace muster::agent
