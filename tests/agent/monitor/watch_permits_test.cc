// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/watch_permits.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/base/fd.h"
#include "tests/agent/temporary_folder.h"

namespace muster::agent {
namespace {

using ipc::Caller;
using namespace std::chrono_literals;

const WatchPermits::Time kNow{std::chrono::hours(480'000)};
const Caller kAlice{Caller::Kind::user, "alice", "ticket", "192.0.2.1"};
const Caller kServer{Caller::Kind::certificate, "00ff", "CN=ms1", "192.0.2.2"};

Caller without_proof(Caller caller) {
  caller.proof.clear();
  return caller;
}

ipc::WatchOrder watch(char name = 'a', ipc::Place place = ipc::Place::kept) {
  return {std::string(64, name), "/var/log/x", {"a", "b"}, 10s, ipc::Begin::now, place};
}

class WatchPermitsTest : public ::testing::Test {
 protected:
  bool knows(const Caller& caller, const ipc::WatchOrder& order, WatchPermits::Time now = kNow) {
    return WatchPermits(path_).find(without_proof(caller), order, now).has_value();  // as after a restart
  }
  muster::testing::TemporaryFolder folder_;
  std::string path_ = folder_ / "watches";
  WatchPermits permits_{path_};
};

TEST_F(WatchPermitsTest, OutliveTheMonitorForEightDays) {
  ASSERT_TRUE(permits_.add(kAlice, watch(), kNow).has_value());
  EXPECT_TRUE(knows(kAlice, watch(), kNow + WatchPermits::kLife - 1min));
  EXPECT_FALSE(knows(kAlice, watch(), kNow + WatchPermits::kLife));
  EXPECT_TRUE(knows(kAlice, watch(), kNow - 1h)) << "the clock was set back,";
  EXPECT_FALSE(knows(kAlice, watch(), kNow - 1h + WatchPermits::kLife))
      << "and it lasts as long as a new one";
}

TEST_F(WatchPermitsTest, AreForTheSameCallerFileAndExpressions) {
  ASSERT_TRUE(permits_.add(kAlice, watch(), kNow).has_value());
  Caller other = kAlice;
  other.name = "bob";
  EXPECT_FALSE(knows(other, watch()));
  other = kAlice;
  other.kind = Caller::Kind::certificate;
  EXPECT_FALSE(knows(other, watch()));
  ipc::WatchOrder order = watch();
  order.file = "/etc/shadow";
  EXPECT_FALSE(knows(kAlice, order));
  order = watch();
  order.expressions = {"ab"};
  EXPECT_FALSE(knows(kAlice, order));
  EXPECT_FALSE(knows(kAlice, watch('b')));
}

TEST_F(WatchPermitsTest, RememberACertificatesSubjectAndNoTicket) {
  ASSERT_TRUE(permits_.add(kServer, watch('a'), kNow).has_value());
  ASSERT_TRUE(permits_.add(kAlice, watch('b'), kNow).has_value());
  const auto server = permits_.find(without_proof(kServer), watch('a'), kNow);
  ASSERT_TRUE(server.has_value());
  EXPECT_EQ(server->proof, "CN=ms1");
  EXPECT_EQ(permits_.find(without_proof(kAlice), watch('b'), kNow)->proof, "");
  const auto text = read_file(path_ + "/" + std::string(64, 'b') + ".permit", 10'000);
  EXPECT_EQ(text.value_or("ticket").find("ticket"), std::string::npos);
}

TEST_F(WatchPermitsTest, AreRootsAlone) {
  ASSERT_TRUE(permits_.add(kAlice, watch(), kNow).has_value());
  struct stat state {};
  ASSERT_EQ(::stat(path_.c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 07777, 0700U);
  ASSERT_EQ(::stat((path_ + "/" + std::string(64, 'a') + ".permit").c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 07777, 0600U);
}

TEST_F(WatchPermitsTest, LastLongerWhenTheirOwnCallerComesAgain) {
  ASSERT_TRUE(permits_.add(kAlice, watch(), kNow).has_value());
  ASSERT_TRUE(permits_.renew(std::string(64, 'a'), kServer, kNow + 24h).has_value());
  EXPECT_FALSE(knows(kAlice, watch(), kNow + WatchPermits::kLife));
  ASSERT_TRUE(permits_.renew(std::string(64, 'a'), kAlice, kNow + 24h).has_value());
  EXPECT_TRUE(knows(kAlice, watch(), kNow + WatchPermits::kLife));
  ASSERT_TRUE(permits_.renew("../x", kAlice, kNow).has_value());
}

TEST_F(WatchPermitsTest, GoWhenTheWatchEnds) {
  ASSERT_TRUE(permits_.add(kAlice, watch(), kNow).has_value());
  permits_.remove("../watches/" + std::string(64, 'a'));
  EXPECT_TRUE(knows(kAlice, watch()));
  permits_.remove(std::string(64, 'a'));
  EXPECT_FALSE(knows(kAlice, watch()));
}

TEST_F(WatchPermitsTest, OfWhatIsNotKeptGoWithTheFront) {
  const auto fleeting = watch('a', ipc::Place::forgotten);
  ASSERT_TRUE(permits_.add(kAlice, fleeting, kNow).has_value());
  EXPECT_TRUE(permits_.find(without_proof(kAlice), fleeting, kNow).has_value());
  EXPECT_FALSE(std::filesystem::exists(path_));
  permits_.front_has_gone();
  EXPECT_FALSE(permits_.find(without_proof(kAlice), fleeting, kNow).has_value());
}

TEST_F(WatchPermitsTest, ThatAreDamagedAreNone) {
  ASSERT_TRUE(permits_.add(kAlice, watch(), kNow).has_value());
  const std::string file = path_ + "/" + std::string(64, 'a') + ".permit";
  const std::string text = read_file(file, 10'000).value_or("");
  for (const std::string& damaged : {text.substr(0, text.size() - 1), std::string(), text + "x"}) {
    ASSERT_TRUE(write_file_atomically(file, damaged, 0600).has_value());
    EXPECT_FALSE(knows(kAlice, watch()));
  }
}

TEST_F(WatchPermitsTest, TheOneThatEndsFirstMakesRoom) {
  const auto numbered = [](std::size_t number) {
    auto order = watch();
    const std::string digits = std::to_string(number);
    order.name.replace(0, digits.size(), digits);
    return order;
  };
  for (std::size_t i = 0; i <= WatchPermits::kMost; ++i) {
    ASSERT_TRUE(permits_.add(kAlice, numbered(100 + i), kNow + std::chrono::minutes(i)).has_value());
  }
  const auto last = kNow + std::chrono::minutes(WatchPermits::kMost);
  EXPECT_FALSE(knows(kAlice, numbered(100), last));
  EXPECT_TRUE(knows(kAlice, numbered(101), last));
}

}  // namespace
}  // namespace muster::agent
