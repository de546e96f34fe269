// SPDX-License-Identifier: GPL-2.0-or-later
// What ends provisioning before the first host.
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "orchestrator/ca/client_pair.h"
#include "orchestrator/ca/key_file.h"
#include "orchestrator/ssh/fork_server.h"
#include "tests/core/tls/forge.h"
#include "tests/orchestrator/commands/run_command.h"
#include "tests/orchestrator/provision/agent_package.h"

namespace muster {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Outcome;

int no_worker(int /*socket*/) {
  return 1;
}

class ProvisionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "muster-provision-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    ASSERT_EQ(testing::run_command(folder_, {"init"}).status, 0);
    write("hosts.ini", "web1 ansible_host=127.0.0.1\n");
    testing::build_package(folder_ + "/agent.deb");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
  }
  Outcome provision(std::vector<std::string> more) const {
    more.insert(more.begin(), {"--package", folder_ + "/agent.deb"});
    return journey("provision", more);
  }
  Outcome journey(const std::string& name, const std::vector<std::string>& more) const {
    std::vector<std::string> words{"--state", folder_, name, "-i", folder_ + "/hosts.ini"};
    words.insert(words.end(), more.begin(), more.end());
    auto workers = std::move(*ForkServer::start(&no_worker));
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    CommandLine line(all_commands());
    const int status = line.run(words, [&]() -> Result<ForkServer*> { return workers.get(); });
    return {status, ::testing::internal::GetCapturedStdout(), ::testing::internal::GetCapturedStderr()};
  }
  void replace_issuing(std::chrono::hours ends) const {
    const auto root_key = load_key_file(folder_ + "/ca/root.key");
    const auto root = load_certificates(folder_ + "/ca/root.pem");
    const auto key = load_key_file(folder_ + "/ca/issuing.key");
    tls::testing::Forgery wanted{"issuing", tls::testing::authority_extensions("critical,CA:TRUE,pathlen:0")};
    wanted.starts = std::chrono::hours(-48);
    wanted.ends = ends;
    write("ca/issuing.pem", tls::testing::forge(*key, wanted, {&*root_key, &root->front()}).pem());
  }

  std::string folder_;
};

TEST_F(ProvisionTest, a_limit_that_leaves_no_host_is_named) {
  const auto outcome = provision({"--limit", "all:!web1"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("--limit 'all:!web1': selects no host of "),
                                 HasSubstr("hosts.ini"), HasSubstr("muster inventory list")));
}

TEST_F(ProvisionTest, an_inventory_without_hosts_is_named) {
  write("hosts.ini", "[web]\n");
  const auto outcome = provision({});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("hosts.ini: names no host"));
}

TEST_F(ProvisionTest, an_inventory_that_is_missing_or_malformed_is_wrong_usage_of_every_journey) {
  write("hosts.ini", "[web\nweb1\n");
  EXPECT_EQ(provision({}).status, 2);
  for (const auto* name : {"restart", "uninstall"}) {
    EXPECT_EQ(journey(name, {"--limit", "web1"}).status, 2) << name;
  }
  std::filesystem::remove(folder_ + "/hosts.ini");
  EXPECT_EQ(provision({}).status, 2);
  for (const auto* name : {"restart", "uninstall"}) {
    const auto outcome = journey(name, {"--limit", "web1"});
    EXPECT_EQ(outcome.status, 2) << name;
    EXPECT_THAT(outcome.err, HasSubstr("hosts.ini: No such file or directory")) << name;
  }
  EXPECT_THAT(journey("restart", {"--json"}).out, HasSubstr(R"("code": "usage")"));
}

TEST_F(ProvisionTest, a_rollout_that_makes_no_sense_is_wrong_usage) {
  struct Case {
    std::vector<std::string> words;
    const char* said;
  };
  for (const Case& each :
       {Case{{"--max-fail", "120%"}, "--max-fail: '120%': more than all"},
        Case{{"--max-fail", "few"}, "--max-fail: 'few': neither a number nor a percentage"},
        Case{{"--batch", "0"}, "--batch 0: no host at all"}, Case{{"--canary", "0"}, "--canary"},
        Case{{"--pause", "--pause-for", "3"}, "--pause"}}) {
    const auto outcome = provision(each.words);
    EXPECT_EQ(outcome.status, 2) << each.said;
    EXPECT_THAT(outcome.err, HasSubstr(each.said));
  }
}

TEST_F(ProvisionTest, a_named_file_of_host_keys_that_is_missing_is_wrong_usage) {
  const auto outcome = provision({"--known-hosts", folder_ + "/none"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--known-hosts " + folder_ + "/none"));
}

TEST_F(ProvisionTest, an_issuing_authority_that_ends_soon_is_a_warning) {
  replace_issuing(std::chrono::hours(24));
  const auto outcome = provision({});
  EXPECT_THAT(outcome.err, HasSubstr("the issuing authority expires in"));
  EXPECT_THAT(outcome.out, HasSubstr("web1"));
}

TEST_F(ProvisionTest, an_issuing_authority_that_has_ended_stops_the_run_before_its_first_host) {
  replace_issuing(std::chrono::hours(-1));
  const auto outcome = provision({});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("the issuing authority has expired"), HasSubstr("muster init")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("web1")));
}

TEST_F(ProvisionTest, a_package_that_is_not_the_agent_is_wrong_usage_and_no_host_is_connected_to) {
  testing::build_package(folder_ + "/agent.deb", "muster");
  const auto outcome = provision({});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr(folder_ + "/agent.deb: this is the package muster, not muster-agent\n"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("web1")));
  EXPECT_THAT(provision({"--json"}).out, HasSubstr(R"("code": "usage")"));
}

// Standard input is no terminal while this lives.
class NoTerminal {
 public:
  NoTerminal() : before_(::dup(STDIN_FILENO)) {
    const Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    ::dup2(null.get(), STDIN_FILENO);
  }
  ~NoTerminal() { ::dup2(before_.get(), STDIN_FILENO); }
  NoTerminal(const NoTerminal&) = delete;
  NoTerminal& operator=(const NoTerminal&) = delete;
  NoTerminal(NoTerminal&&) = delete;
  NoTerminal& operator=(NoTerminal&&) = delete;

 private:
  Fd before_;
};

TEST_F(ProvisionTest, a_removal_from_every_host_must_be_asked_for_where_nobody_can_be_asked) {
  const NoTerminal no_terminal;
  const auto outcome = journey("uninstall", {});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("uninstall: nobody to ask"), HasSubstr("--limit"), HasSubstr("--yes")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("web1")));
  EXPECT_THAT(journey("uninstall", {"--yes"}).out, HasSubstr("web1"));
  EXPECT_THAT(journey("uninstall", {"--limit", "web1"}).out, HasSubstr("web1"));
}

}  // namespace
}  // namespace muster
