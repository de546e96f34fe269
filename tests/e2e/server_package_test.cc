// SPDX-License-Identifier: GPL-2.0-or-later
// The package muster on a host of its own, as its manual says: installed, initialised, its unit enabled. What is
// proved elsewhere with the program alone is proved here with the confinement of the unit around it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/lab.h"

namespace muster::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

constexpr char kServer[] = "h1";

class ServerPackageTest : public LabTest {
 protected:
  static void SetUpTestSuite() { start({"2"}); }

  static void carry(const std::string& from, const std::string& to) {
    const auto carried =
        run({source_folder() + "/scripts/lab", "exec", kServer, "sh", "-c", "umask 077; cat > " + to},
            read_text(from));
    ASSERT_EQ(carried.status, 0) << carried.err;
  }
  static std::string server_package() {
    return source_folder() + "/build/release/packages/muster_" MUSTER_VERSION "_amd64.deb";
  }
  static Ran on_server(const std::string& shell) { return lab().on(kServer, shell); }
  static std::string health_of(const std::string& name) {
    const auto all = Json::parse(on_server("muster --json hosts").out, nullptr, false);
    if (all.is_discarded()) return "";
    for (const auto& one : all.value("hosts", Json::array())) {
      if (one.value("host", "") == name) return one.value("health", "");
    }
    return "";
  }
};

TEST_F(ServerPackageTest, ItsServicePollsWhatItsCommandProvisioned) {
  carry(server_package(), "/root/muster.deb");
  const auto installed = on_server("dpkg -i /root/muster.deb");
  ASSERT_EQ(installed.status, 0) << installed.out << installed.err;
  EXPECT_EQ(on_server("test -s /usr/share/bash-completion/completions/muster").status, 0);

  // Without a state folder's content the service fails at once, says why, and is not tried again and again.
  EXPECT_NE(on_server("systemctl enable --now muster").status, 0);
  EXPECT_THAT(on_server("journalctl -u muster --no-pager").out, HasSubstr("muster init"));
  EXPECT_EQ(on_server("systemctl show -p NRestarts --value muster").out, "0\n");
  EXPECT_EQ(on_server("systemctl is-failed muster").out, "failed\n");

  const auto made = on_server("muster init");
  ASSERT_EQ(made.status, 0) << made.out << made.err;

  for (const char* name : {"inventory.ini", "known_hosts", "become-pass", "key"}) {
    carry(lab().file(name), std::string("/root/") + name);
  }
  on_server(
      "sed -i 's|ansible_ssh_private_key_file=[^ ]*|ansible_ssh_private_key_file=/root/key|' "
      "/root/inventory.ini");
  const auto provisioned = on_server(
      "muster provision -i /root/inventory.ini --known-hosts /root/known_hosts "
      "--become-password-file /root/become-pass --limit h2");
  ASSERT_EQ(provisioned.status, 0) << provisioned.out << provisioned.err;

  const auto enabled = on_server("systemctl enable --now muster");
  EXPECT_EQ(enabled.status, 0) << enabled.out << enabled.err << on_server("systemctl status muster").out;
  EXPECT_TRUE(eventually([] { return health_of("h2") == "up"; }))
      << on_server("journalctl -u muster --no-pager; systemctl status muster").out;

  // The database is opened, written and closed by the confined service, more than once.
  EXPECT_EQ(on_server("systemctl restart muster").status, 0);
  EXPECT_TRUE(eventually([] { return health_of("h2") == "up"; }));
  EXPECT_EQ(on_server("systemctl is-active muster").out, "active\n");
  EXPECT_EQ(on_server("systemctl stop muster").status, 0);
  EXPECT_EQ(on_server("systemctl show -p Result --value muster").out, "success\n");
  EXPECT_THAT(on_server("journalctl -u muster --no-pager").out, Not(HasSubstr("SIGSYS")));
}

}  // namespace
}  // namespace muster::e2e
