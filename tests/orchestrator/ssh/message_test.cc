// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/message.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "orchestrator/ssh/job.h"

namespace muster {
namespace {

TEST(Message, EveryKindComesBack) {
  const Told all[] = {told::HostKey{"ssh-ed25519", "AAAA", "SHA256:x", true},
                      told::Begun{"probe"},
                      told::Finished{"upload", true},
                      told::Failed{"upload", {FailureCode::space, "full"}},
                      told::Known{"os=debian\n"},
                      told::Question{"request_certificate", "-----BEGIN"},
                      told::Done{}};
  for (const auto& told : all) {
    const auto back = decode_told(encode_told(told));
    ASSERT_TRUE(back) << told.index();
    EXPECT_EQ(back->index(), told.index());
    EXPECT_EQ(encode_told(*back).body, encode_told(told).body);
  }
}

TEST(Message, CutForeignAndOverlongMessagesAreRefused) {
  const auto good = encode_told(told::Failed{"upload", {FailureCode::space, "full"}});
  for (std::size_t size = 0; size < good.body.size(); ++size) {
    EXPECT_FALSE(decode_told({good.kind, good.body.substr(0, size)})) << size;
  }
  EXPECT_FALSE(decode_told({good.kind, good.body + "x"}));
  for (int kind = 7; kind < 256; ++kind) {
    EXPECT_FALSE(decode_told({static_cast<std::uint8_t>(kind), ""})) << kind;
  }
  for (const auto& step : std::vector<std::string>{"", "Up", "a b", "../x", "a\n", std::string(41, 'a')}) {
    EXPECT_FALSE(decode_told(encode_told(told::Begun{step}))) << step;
  }
}

TEST(Message, UnknownFailureWordIsTheWorkersFault) {
  Pack pack;
  pack.text("upload").text("E-INVENTED").text("x");
  const auto told = decode_told({3, pack.body()});
  ASSERT_TRUE(told);
  EXPECT_EQ(std::get<told::Failed>(*told).failure.code, FailureCode::worker);
}

TEST(Job, ComesBackWhole) {
  Job job;
  job.host = "web1";
  job.address = "10.0.0.1";
  job.port = 2222;
  job.user = "deploy";
  job.host_keys = {"SHA256:x", {"/a", "/b"}, true};
  job.keys.push_back({"/k", Secret("pem")});
  job.last_keys.push_back({"/l", Secret("pem2")});
  job.agent_socket = "/s";
  job.passphrase = Secret("p");
  job.sudo = true;
  job.sudo_password = Secret("q");
  job.mark = "m";
  job.probe_script = "1";
  job.upload_script = "2";
  job.root_script = "3";
  job.any_platform = true;
  job.package_bytes = 7;
  job.package_sha256 = "ff";
  job.deadline = std::chrono::milliseconds(1234);
  const auto body = encode_job(job);
  const auto back = decode_job(body);
  ASSERT_TRUE(back);
  EXPECT_EQ(encode_job(*back), body);
  EXPECT_EQ(back->sudo_password.reveal(), "q");
  EXPECT_EQ(back->last_keys.at(0).name, "/l");
  EXPECT_EQ(back->host_keys.files.size(), 2U);
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(decode_job(std::string_view(body).substr(0, size)));
  }
}

}  // namespace
}  // namespace muster
