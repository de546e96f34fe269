// SPDX-License-Identifier: GPL-2.0-or-later
// The front's end with real provider hosts in processes of their own, some of whose providers hang or die.
#include "agent/front/provider_client.h"

#include <csignal>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/host/provider_host.h"
#include "core/base/linux_host.h"
#include "providers/registry.gen.h"
#include "tests/agent/ipc/raw_socket.h"

namespace muster::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr milliseconds kPatience{500};
constexpr cim::Property kProperties[] = {{.name = "Name", .role = cim::Role::key}};
constexpr cim::ClassDecl kWell{"SCX_Well", nullptr, "1.0", "answers", kProperties};
constexpr cim::ClassDecl kHangs{"SCX_Hangs", nullptr, "1.0", "never answers", kProperties};
constexpr cim::ClassDecl kDies{"SCX_Dies", nullptr, "1.0", "takes its process down", kProperties};
constexpr cim::ClassDecl kSlow{"SCX_Slow", nullptr, "1.0", "answers just in time", kProperties};

class ScriptedProvider final : public Provider {
 public:
  ScriptedProvider(const cim::ClassDecl& decl, std::function<void()> act)
      : class_(decl), act_(std::move(act)) {}
  const cim::Class& cim_class() const override { return class_; }
  Result<void> enumerate(const Emit& emit) override {
    act_();
    cim::Instance row(class_);
    row.set("Name", std::string("one"));
    emit(std::move(row));
    return {};
  }

 private:
  cim::Class class_;
  std::function<void()> act_;
};

ProviderList scripted(const Host& host) {
  ProviderList list;
  list.push_back(std::make_unique<ScriptedProvider>(kDies, [] { ::raise(SIGKILL); }));
  list.push_back(std::make_unique<ScriptedProvider>(kHangs, [] {
    for (;;) ::pause();
  }));
  list.push_back(
      std::make_unique<ScriptedProvider>(kSlow, [] { ::usleep(kPatience / milliseconds(1) * 600); }));
  list.push_back(std::make_unique<ScriptedProvider>(kWell, [] {}));
  list.push_back(make_provider_calls(host));
  return list;
}

std::vector<const cim::Class*> classes_of(const ProviderList& providers) {
  std::vector<const cim::Class*> list;
  for (const auto& provider : providers) list.push_back(&provider->cim_class());
  return list;
}

ipc::Activity shared_activity() {
  auto activity = ipc::Activity::shared();
  if (!activity) throw std::runtime_error(activity.error().what);
  return std::move(*activity);
}

class ProviderClientTest : public ::testing::Test {
 protected:
  ProviderClientTest() {
    connect();
    // As the monitor does: whoever died is replaced.
    reaper_ = loop_.every(milliseconds(20), [this] {
      if (::waitpid(host_process_, nullptr, WNOHANG) == host_process_) connect();
    });
  }
  void TearDown() override {
    ::kill(host_process_, SIGKILL);
    ::waitpid(host_process_, nullptr, 0);
  }

  void connect() {
    auto [ours, theirs] = ipc::testing::new_pair();
    host_process_ = ::fork();
    if (host_process_ == 0) {
      ours.reset();
      const auto done = run_provider_host(
          ipc::Channel(std::move(theirs), ipc::Party::providers, ipc::Party::front, ipc::State::serving),
          providers_, host_, activity_);
      ::_exit(done ? 0 : 1);
    }
    ++hosts_;
    client_.connect(std::move(ours));
  }

  void fetch(const std::string& class_name) {
    const auto began = std::chrono::steady_clock::now();
    ++waiting_;
    client_.fetch({wsman::Query::Kind::enumerate, class_name, {}}, seconds(60),
                  [this, class_name, began](auto rows) {
                    outcomes_[class_name] = rows ? rows->empty() ? "" : rows->front() : rows.error().what;
                    took_[class_name] =
                        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
                    if (--waiting_ == 0 && running_) loop_.stop();
                  });
  }
  void run() {
    if (waiting_ == 0) return;
    const auto limit = loop_.after(seconds(60), [this] { loop_.stop(); });
    running_ = true;
    loop_.run();
    running_ = false;
  }

  http::Loop loop_;
  LinuxHost host_;
  ipc::Activity activity_ = shared_activity();
  ProviderList providers_ = scripted(host_);
  ProviderClient client_{loop_, classes_of(providers_), activity_, kPatience,
                         [this] { ::kill(host_process_, SIGKILL); }};
  pid_t host_process_ = -1;
  int hosts_ = 0;
  int waiting_ = 0;
  bool running_ = false;
  std::map<std::string, std::string> outcomes_;
  std::map<std::string, milliseconds> took_;
  std::unique_ptr<http::Subscription> reaper_;
};

TEST_F(ProviderClientTest, AHangCostsTheOthersThePatienceAndNoMore) {
  fetch("SCX_Hangs");
  fetch("SCX_Well");
  run();
  EXPECT_EQ(outcomes_["SCX_Hangs"], "SCX_Hangs: the provider hangs");
  EXPECT_THAT(outcomes_["SCX_Well"], HasSubstr("one"));
  EXPECT_GE(took_["SCX_Well"], kPatience);
  EXPECT_LT(took_["SCX_Well"], kPatience + seconds(5));
  EXPECT_EQ(hosts_, 2);
}

TEST_F(ProviderClientTest, AClassThatHungIsNotAskedAgainForAWhileAndStallsNobody) {
  fetch("SCX_Hangs");
  run();
  fetch("SCX_Hangs");
  fetch("SCX_Well");
  run();
  EXPECT_THAT(outcomes_["SCX_Hangs"], HasSubstr("it is asked again in "));
  EXPECT_EQ(took_["SCX_Hangs"], milliseconds(0));
  EXPECT_LT(took_["SCX_Well"], kPatience);
  EXPECT_EQ(hosts_, 2);
}

TEST_F(ProviderClientTest, TheProvidersOwnClassShowsWhoHung) {
  fetch("SCX_Hangs");
  run();
  client_.fetch({wsman::Query::Kind::enumerate, "Muster_Provider", {}}, seconds(60), [this](auto rows) {
    for (const auto& row : rows ? *rows : wsman::Rows{}) {
      if (row.find(">SCX_Hangs<") != std::string::npos) outcomes_["row"] = row;
    }
    loop_.stop();
  });
  ++waiting_;
  run();
  EXPECT_THAT(outcomes_["row"], HasSubstr("Hangs>1<"));
  EXPECT_THAT(outcomes_["row"], HasSubstr("NotAskedUntil"));
}

TEST_F(ProviderClientTest, WhoeverWaitsBehindASlowProviderIsNotTakenForTheOneThatHangs) {
  for (int i = 0; i < 4; ++i) fetch("SCX_Slow");  // together longer than the patience, each of them shorter
  fetch("SCX_Well");
  run();
  EXPECT_THAT(outcomes_["SCX_Slow"], HasSubstr("one"));
  EXPECT_THAT(outcomes_["SCX_Well"], HasSubstr("one"));
  EXPECT_EQ(hosts_, 1);
}

TEST_F(ProviderClientTest, WhatKillsItsProcessTwiceFailsIsLeftAloneAndTheOthersAreAnswered) {
  fetch("SCX_Dies");
  fetch("SCX_Well");
  run();
  EXPECT_THAT(outcomes_["SCX_Dies"], HasSubstr("died twice"));
  EXPECT_THAT(outcomes_["SCX_Well"], HasSubstr("one"));
  EXPECT_EQ(hosts_, 3);
  fetch("SCX_Dies");
  EXPECT_THAT(outcomes_["SCX_Dies"], HasSubstr("it is asked again in "));
}

}  // namespace
}  // namespace muster::agent
