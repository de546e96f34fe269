// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/orchestrator/steps/host_box.h"

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "orchestrator/steps/registry.gen.h"

namespace muster::test {
namespace {

constexpr int kPatienceMs = 60'000;

constexpr char kSetUp[] = R"sh(set -e
mount -t tmpfs -o mode=755 box /run
mkdir -p /run/box/usr /run/box/usr.work /run/box/etc /run/box/etc.work
mount -t overlay -o lowerdir=/usr,upperdir=/run/box/usr,workdir=/run/box/usr.work box /usr
mount -t overlay -o lowerdir=/etc,upperdir=/run/box/etc,workdir=/run/box/etc.work box /etc
for folder in /var/lib /var/log /var/tmp; do mount -t tmpfs box "$folder"; done
mkdir -p /var/lib/dpkg/info /var/lib/dpkg/updates /var/lib/dpkg/triggers
: >/var/lib/dpkg/status
: >/var/lib/dpkg/available
echo ready
exec sleep infinity)sh";

// What provisioning asks of an agent. A certificate is the lines that "cert show --porcelain" prints.
constexpr char kAgent[] = R"sh(#!/bin/sh
tls=/etc/muster/tls
case "$1 $2" in
  'cert create')
    mkdir -p "$tls" /run/muster-agent
    [ -e "$tls/active" ] || printf 'sha256=own\nself_signed=yes\n' >"$tls/active"
    ;;
  'cert show') cat "$tls/active" ;;
  'cert request') printf -- '-----%s CERTIFICATE REQUEST-----\n' BEGIN END ;;
  'cert install') cat >"$tls/new" && mv "$tls/active" "$tls/previous" && mv "$tls/new" "$tls/active" ;;
  'cert rollback')
    mv "$tls/active" "$tls/swap" && mv "$tls/previous" "$tls/active" && mv "$tls/swap" "$tls/previous"
    ;;
  'serve --daemon')
    program=/run/muster-agent-program
    [ -e "$program" ] || cp /usr/bin/sleep "$program"
    "$program" infinity </dev/null >/dev/null 2>&1 &
    echo "$!" >/run/muster-agent/agent.pid
    ;;
esac
)sh";

void become(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(126);
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    out = Fd(ends[0]);
    in = Fd(ends[1]);
  }
  Fd out;
  Fd in;
};

// Without its line end; empty at the end of everything.
std::string read_line(int fd) {
  std::string line;
  for (char c = 0;;) {
    pollfd wait{fd, POLLIN, 0};
    if (::poll(&wait, 1, kPatienceMs) != 1 || ::read(fd, &c, 1) != 1) return line;
    if (c == '\n') return line;
    line.push_back(c);
  }
}

pid_t start(const std::vector<std::string>& words, int in, int out) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (in >= 0) ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  become(words);
  return child;
}

void write_file(const std::string& path, const std::string& text, int mode) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << text;
  std::filesystem::permissions(path, static_cast<std::filesystem::perms>(mode));
}

}  // namespace

HostBox::HostBox() {
  std::string pattern = std::filesystem::temp_directory_path() / "muster-box-XXXXXX";
  EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
  folder_ = pattern;
  Pipe said;
  outside_ = start({"unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child",
                    "--mount-proc", "sh", "-c", kSetUp},
                   -1, said.in.get());
  said.in.reset();
  if (read_line(said.out.get()) != "ready") return;
  const auto process = std::to_string(outside_);
  std::ifstream("/proc/" + process + "/task/" + process + "/children") >> inside_;
}

HostBox::~HostBox() {
  if (outside_ > 0) {
    ::kill(outside_, SIGKILL);
    ::waitpid(outside_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::string> HostBox::words(const std::string& script) const {
  return {"nsenter", "--target", std::to_string(inside_),  "--user",
          "--mount", "--pid",    "--preserve-credentials", "sh",
          "-c",      script};
}

bool HostBox::eventually(const std::string& condition) const {
  return run("left=600; until " + condition +
             "; do left=$((left - 1)); [ $left -gt 0 ] || exit 1; sleep 0.05; done")
             .status == 0;
}

Talk::Talk(const HostBox& box, const std::string& script) {
  Pipe answers;
  Pipe said;
  process_ = start(box.words(script), answers.out.get(), said.in.get());
  to_ = std::move(answers.in);
  from_ = std::move(said.out);
}

Talk::~Talk() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  end();
}

std::string Talk::hear(std::string_view start) {
  for (;;) {
    auto line = read_line(from_.get());
    if (line.empty()) return line;
    heard_.append(line).append("\n");
    if (line.starts_with(start)) return line;
  }
}

void Talk::answer(const std::string& text) {
  const auto words = text + "\n.\n";
  EXPECT_TRUE(write_all(to_.get(), "answer", words));
}

void Talk::cut() {
  to_.reset();
  from_.reset();
}

int Talk::end() {
  if (from_) hear("nothing that a script says");
  int status = 0;
  ::waitpid(std::exchange(process_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

ShellResult converse(const HostBox& box, const std::string& script, const Answers& answers) {
  Talk talk(box, script);
  const std::string question = "mtest ask ";
  for (auto asked = talk.hear(question); !asked.empty(); asked = talk.hear(question)) {
    const auto answer = answers.find(asked.substr(question.size()));
    if (answer == answers.end()) {
      talk.cut();
      break;
    }
    talk.answer(answer->second);
  }
  const int status = talk.end();
  return {status, talk.heard()};
}

BoxPackage make_package(const HostBox& box, const std::string& version,
                        const std::map<std::string, std::string>& scripts, const std::string& name) {
  BoxPackage package;
  std::string pattern = box.folder() + "/package-XXXXXX";
  EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
  ::chmod(pattern.c_str(), 0755);
  write_file(pattern + "/DEBIAN/control",
             "Package: " + name + "\nVersion: " + version +
                 "\nArchitecture: all\nMaintainer: test\nDescription: test\n",
             0644);
  auto all = scripts;
  all.try_emplace("postinst", "");
  for (const auto& [script, body] : all) {
    std::string text = "#!/bin/sh\n";
    if (script == "postinst") text += "muster-agent cert create\n";
    text.append(body).append("\n");
    write_file(std::string(pattern).append("/DEBIAN/").append(script), text, 0755);
  }
  write_file(pattern + "/usr/sbin/muster-agent", kAgent, 0755);
  package.path = pattern + ".deb";
  const auto built =
      run_program({"dpkg-deb", "--root-owner-group", "-Znone", "-b", pattern, package.path}, "");
  EXPECT_EQ(built.status, 0) << built.output;
  package.sha256 = run_program({"sha256sum", package.path}, "").output.substr(0, 64);
  package.bytes = std::to_string(std::filesystem::file_size(package.path));
  return package;
}

std::string chain(const std::string& sha256) {
  return "serial=1\nsha256=" + sha256 +
         "\nself_signed=no\nissuer_sha256=ab\nnames=web1\nnot_after=100\n-----END CERTIFICATE-----";
}

std::string root_script(Journey journey, const BoxPackage& package, const std::string& lock_seconds) {
  return compose_script(plan_steps(all_steps(), journey), Place::root, "mtest",
                        {{"package_bytes", package.bytes},
                         {"package_sha256", package.sha256},
                         {"lock_seconds", lock_seconds},
                         {"lock_tries", lock_seconds},
                         {"certificate_names", "web1"},
                         {"issuer_sha256", "ab"},
                         {"renew_seconds", "10"},
                         {"server_clock", "1"},
                         {"restart_always", journey == Journey::restart ? "yes" : "no"}});
}

TEST(HostBox, WhatIsInstalledInsideIsNotInstalledOutside) {
  const HostBox box;
  if (!box.works()) GTEST_SKIP() << "no namespaces here";
  const auto package = make_package(box, "1.0");
  EXPECT_EQ(box.run("dpkg -i " + package.path + " && muster-agent cert show").output.find("sha256=own") ==
                std::string::npos,
            false);
  EXPECT_FALSE(std::filesystem::exists("/etc/muster/tls/active"));
}

TEST(HostBox, AQuestionWithoutAnAnswerIsACut) {
  const HostBox box;
  if (!box.works()) GTEST_SKIP() << "no namespaces here";
  const std::string script = "echo mtest ask name; read -r name || exit 75; read -r dot; echo mtest $name";
  EXPECT_EQ(converse(box, script, {{"name", "web1"}}).output, "mtest ask name\nmtest web1\n");
  EXPECT_EQ(converse(box, script, {}).status, 75);
}

}  // namespace muster::test
