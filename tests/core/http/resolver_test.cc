// SPDX-License-Identifier: GPL-2.0-or-later
// Names that are looked up side by side; what they are is the test's, but for the last.
#include "core/http/resolver.h"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/http/loop.h"

namespace muster::http {
namespace {

using std::chrono::milliseconds;
using ::testing::IsEmpty;

// "lame..." has no answer as long as this is closed.
class Gate {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    opened_.wait(lock, [this] { return open_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  // How many have come here so far.
  std::size_t waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
  std::size_t waiting_ = 0;
};

class ResolverTest : public ::testing::Test {
 protected:
  void TearDown() override { gate_->open(); }

  void find(const std::string& name) {
    resolver_.find(name, [this, name](const Resolver::Found& found) {
      answers_[name] = found.addresses.empty() ? found.problem : found.addresses.front();
      if (answers_.contains(awaited_)) loop_.stop();
    });
  }
  // Runs the loop until this name has its answer; false when that takes half a minute.
  bool has_answer(const std::string& name) {
    awaited_ = name;
    if (answers_.contains(name)) return true;
    const auto limit = loop_.after(milliseconds(30'000), [this] { loop_.stop(); });
    loop_.run();
    return answers_.contains(name);
  }

  // The threads that still wait outlive the test.
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  Loop loop_;
  std::string awaited_;
  std::map<std::string, std::string> answers_;
  Resolver resolver_{loop_, [gate = gate_](const std::string& name) -> Resolver::Found {
                       if (name.starts_with("lame")) gate->wait();
                       if (name.starts_with("nobody")) return {{}, "Name or service not known"};
                       return {{"192.0.2.7"}, ""};
                     }};
};

TEST_F(ResolverTest, TellsTheAddressesOrWhyThereAreNone) {
  find("web1");
  find("nobody1");
  EXPECT_TRUE(has_answer("web1"));
  EXPECT_TRUE(has_answer("nobody1"));
  EXPECT_EQ(answers_["web1"], "192.0.2.7");
  EXPECT_EQ(answers_["nobody1"], "Name or service not known");
}

TEST_F(ResolverTest, TheLoopDoesNotEndBeforeTheAnswer) {
  find("web1");
  loop_.run();
  EXPECT_TRUE(answers_.contains("web1"));
}

TEST_F(ResolverTest, ANameWithoutAnAnswerDelaysNoOther) {
  for (std::size_t i = 0; i + 1 < Resolver::kMostThreads; ++i) find("lame" + std::to_string(i));
  find("web1");
  EXPECT_TRUE(has_answer("web1"));
  gate_->open();
  EXPECT_TRUE(has_answer("lame0"));
}

// More of them than there are threads: they were slow the first time, and from then on have some of the threads only.
TEST_F(ResolverTest, NamesThatWereSlowBeforeLeaveThreadsToTheOthers) {
  constexpr std::size_t kLame = 3 * Resolver::kMostThreads;
  const auto find_lame = [this] {
    for (std::size_t i = 0; i < kLame; ++i) find("lame" + std::to_string(i));
  };
  resolver_.limit(kLame);
  find_lame();
  const auto later = loop_.after(Resolver::kSlow + milliseconds(200), [this] { gate_->open(); });
  for (std::size_t i = 0; i < kLame; ++i) ASSERT_TRUE(has_answer("lame" + std::to_string(i)));
  gate_->close();
  resolver_.limit(Resolver::kMostThreads);
  answers_.clear();
  find_lame();
  for (int i = 0; i < 100; ++i) find("web" + std::to_string(i));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(has_answer("web" + std::to_string(i)));
  EXPECT_LE(gate_->waiting(), kLame + Resolver::kMostOnSlowNames);
  gate_->open();
  for (std::size_t i = 0; i < kLame; ++i) ASSERT_TRUE(has_answer("lame" + std::to_string(i)));
}

TEST_F(ResolverTest, MayGoWhileNamesAreLookedUp) {
  {
    Resolver brief(loop_, [gate = gate_](const std::string&) -> Resolver::Found {
      gate->wait();
      return {{"192.0.2.7"}, ""};
    });
    brief.find("lame", [](const Resolver::Found&) { ADD_FAILURE() << "nobody is left to be told"; });
    while (gate_->waiting() == 0) std::this_thread::yield();
  }
  gate_->open();
  loop_.run();
}

TEST(Resolver, AsksTheSystem) {
  Loop loop;
  Resolver::Found found;
  loop.resolver().find("localhost", [&](Resolver::Found answer) { found = std::move(answer); });
  loop.run();
  EXPECT_THAT(found.addresses, ::testing::Contains("127.0.0.1"));
  loop.resolver().find("nobody-is-called-so.invalid",
                       [&](Resolver::Found answer) { found = std::move(answer); });
  loop.run();
  EXPECT_THAT(found.addresses, IsEmpty());
  EXPECT_NE(found.problem, "");
}

}  // namespace
}  // namespace muster::http
