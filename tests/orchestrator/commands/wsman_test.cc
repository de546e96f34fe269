// SPDX-License-Identifier: GPL-2.0-or-later
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "orchestrator/poll/poll_host.h"
#include "tests/orchestrator/commands/run_command.h"
#include "tests/orchestrator/poll/local_agent.h"

namespace muster {
namespace {

using ::testing::HasSubstr;
using testing::host_at;
using testing::LocalAgent;
using testing::run_command;
using testing::State;

class WsmanTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(state_.store().put_host(host_at("web1", agent_.port()))); }
  std::string url() const { return "https://127.0.0.1:" + std::to_string(agent_.port()); }

  State state_;
  LocalAgent agent_{state_.authority(), {"web1", "127.0.0.1"}};
};

TEST_F(WsmanTest, a_registered_host_and_a_url_are_both_understood) {
  for (const auto& where : {std::string("web1"), url()}) {
    const auto outcome = run_command(state_.folder(), {"wsman", "identify", where});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("vendor    Muster"));
  }
}

TEST_F(WsmanTest, enumerates_to_the_end) {
  const auto outcome =
      run_command(state_.folder(), {"wsman", "enumerate", "web1", "SCX_UnixProcess", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.out;
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["items"].size(), 1'200U);
}

TEST_F(WsmanTest, gets_by_selectors) {
  const std::vector<std::string> words = {"wsman", "get", "web1", "SCX_MemoryStatisticalInformation",
                                          "--selector"};
  auto good = words;
  good.emplace_back("Name=Memory");
  const auto outcome = run_command(state_.folder(), good);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("PercentUsedMemory = 63"));
  auto bad = words;
  bad.emplace_back("Name");
  EXPECT_THAT(run_command(state_.folder(), bad).err, HasSubstr("not NAME=VALUE"));
}

TEST_F(WsmanTest, a_missing_key_is_named) {
  const std::vector<std::string> words = {"wsman", "get", "web1", "SCX_UnixProcess"};
  const auto none = run_command(state_.folder(), words);
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.err, HasSubstr("name its keys, Handle"));
  auto wrong = words;
  wrong.insert(wrong.end(), {"--selector", "Name=1"});
  EXPECT_THAT(run_command(state_.folder(), wrong).err, HasSubstr("its keys are Handle"));
}

TEST_F(WsmanTest, refused_credentials_are_called_that) {
  const LocalAgent refusing(state_.authority(), {"web2"}, LocalAgent::Behaviour::refuses);
  ASSERT_TRUE(state_.store().put_host(host_at("web2", refusing.port())));
  const auto outcome = run_command(state_.folder(), {"wsman", "get", "web2", "SCX_UnixProcess"});
  EXPECT_THAT(outcome.err, HasSubstr("HTTP 401: the credentials were refused"));
}

TEST_F(WsmanTest, secrets_that_others_may_read_are_refused) {
  const auto file = state_.folder() + "/open";
  std::ofstream(file) << "secret\n";
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"wsman", "identify", "web1", "--user", "u", "--password-file", file},
           {"wsman", "identify", "web1", "--cert", state_.folder() + "/client.pem", "--key", file}}) {
    const auto outcome = run_command(state_.folder(), words);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err, HasSubstr("chmod 600 " + file));
  }
}

TEST_F(WsmanTest, the_bundle_of_a_system_may_be_trusted) {
  const auto file = state_.folder() + "/bundle.pem";
  const auto root = state_.authority().root().pem();
  for (int i = 0; i < 140; ++i) std::ofstream(file, std::ios::app) << "# CN=one of many\n" << root;
  const auto outcome = run_command(state_.folder(), {"wsman", "identify", "web1", "--ca", file});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
}

TEST_F(WsmanTest, the_envelope_of_the_readme_is_understood) {
  std::stringstream readme;
  readme << std::ifstream(MUSTER_SOURCE_DIR "/README.md").rdbuf();
  auto envelope = readme.str();
  envelope.erase(0, envelope.find("<s:Envelope"));
  const std::string_view end = "</s:Envelope>\nXML\n";
  ASSERT_NE(envelope.find(end), std::string::npos);
  envelope.resize(envelope.find(end) + end.find('\n'));
  const std::string_view asked = "SCX_FileSystem";
  ASSERT_NE(envelope.find(asked), std::string::npos);
  envelope.replace(envelope.find(asked), asked.size(), "SCX_MemoryStatisticalInformation");
  http::Loop loop;
  AgentSession session(loop, endpoint_of(*state_.store().host("web1")), *state_.authority().client_context());
  Result<http::Response> answer = fail(Errc::internal, "none came");
  session.raw(envelope, std::chrono::seconds(30), [&](Result<http::Response> response) {
    answer = std::move(response);
    loop.stop();
  });
  loop.run();
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->status, 200) << answer->body;
  EXPECT_THAT(answer->body, HasSubstr("PercentUsedMemory>63<"));
}

TEST_F(WsmanTest, raw_shows_the_envelope) {
  const auto outcome = run_command(state_.folder(), {"wsman", "identify", "web1", "--raw"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("IdentifyResponse"));
}

TEST_F(WsmanTest, an_envelope_as_it_came_is_no_json) {
  const auto outcome = run_command(state_.folder(), {"wsman", "identify", "web1", "--raw", "--json"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["error"]["code"], "usage");
  EXPECT_THAT(outcome.out, ::testing::AllOf(HasSubstr("--raw"), HasSubstr("--json")));
}

TEST_F(WsmanTest, a_server_of_another_authority_is_not_trusted) {
  const State other;
  const auto outcome = run_command(other.folder(), {"wsman", "identify", url()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out, "");
}

TEST_F(WsmanTest, a_password_never_stands_on_the_command_line) {
  EXPECT_EQ(run_command(state_.folder(), {"wsman", "identify", "web1", "--password", "x"}).status, 2);
  EXPECT_THAT(run_command(state_.folder(), {"wsman", "identify", "web1", "--user", "u"}).err,
              HasSubstr("--password-file"));
}

}  // namespace
}  // namespace muster
