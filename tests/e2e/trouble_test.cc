// SPDX-License-Identifier: GPL-2.0-or-later
// What goes wrong on real hosts: each trouble is one typed error that names host, step and remedy, the other hosts
// go on, and nothing half-done stays behind.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/lab.h"

namespace muster::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TroubleTest : public LabTest {
 protected:
  static void SetUpTestSuite() { start({"3", "--kinds", "nopasswd"}); }

  // Every test begins with hosts that have no agent.
  void SetUp() override {
    LabTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    for (const char* host : {"h1", "h2", "h3"}) {
      lab().on(
          host,
          "dpkg --purge --force-all muster-agent >/dev/null 2>&1; rm -rf /etc/muster /var/lib/muster-agent");
    }
  }

  static std::string leftovers(const std::string& host) {
    return lab().on(host, "ls -d /tmp/*muster* /var/tmp/*muster* /home/deploy/*muster* 2>/dev/null").out;
  }

  // The other two hosts are well, h1 failed with this code.
  static void expect_only_h1_failed(const Ran& ran, const std::string& code) {
    EXPECT_EQ(ran.status, 3) << ran.out << ran.err;
    EXPECT_THAT(ran.out, AllOf(HasSubstr(code + ":"), HasSubstr("h1 ("), HasSubstr("fix: "))) << ran.err;
    for (const char* host : {"h2", "h3"}) {
      EXPECT_EQ(run(lab().muster({"poll", host})).status, 0) << host;
    }
    EXPECT_EQ(leftovers("h1"), "");
  }

  // known_hosts of the lab with h1's line replaced by what `edit` makes of it.
  template <class Edit>
  static std::string known_hosts(Edit edit) {
    std::string path = lab().scratch() + "/known_hosts";
    std::istringstream lines(read_text(lab().file("known_hosts")));
    std::ofstream out(path);
    const std::string address = lab().address("h1");
    for (std::string line; std::getline(lines, line);) {
      if (line.find(address + " ") == std::string::npos && line.find(address + "]") == std::string::npos) {
        out << line << "\n";
      } else {
        out << edit(line);
      }
    }
    return path;
  }

  static Words with_known_hosts(const std::string& path, const Words& more = {}) {
    Words words{"provision", "-i",     lab().file("inventory.ini"), "--known-hosts", path,
                "--package", package()};
    words.insert(words.end(), more.begin(), more.end());
    return lab().muster(words);
  }

  // The agent's package with a change made by a shell command in its unpacked folder.
  static std::string changed_package(const std::string& name, const std::string& shell) {
    const std::string folder = lab().scratch() + "/" + name;
    const auto made =
        run({"sh", "-ec", R"(dpkg-deb -R "$1" "$2"; cd "$2"; )" + shell + R"(; dpkg-deb -b "$2" "$2.deb")",
             "sh", package(), folder});
    EXPECT_EQ(made.status, 0) << made.out << made.err;
    return folder + ".deb";
  }

  static Words with_package(const std::string& deb) {
    return lab().muster({"provision", "-i", lab().file("inventory.ini"), "--known-hosts",
                         lab().file("known_hosts"), "--package", deb, "--limit", "h1"});
  }

  static int logins(const std::string& host) {
    const auto count =
        "journalctl --no-pager -q -u ssh | "
        "grep -cE 'Accepted|Failed|Invalid user|Connection closed by authenticating' || true";
    return std::stoi(lab().on(host, count).out);
  }
};

TEST_F(TroubleTest, AChangedHostKeyStopsTheHostBeforeAnyLogin) {
  const int before = logins("h1");
  const std::string other = lab().scratch() + "/other";
  ASSERT_EQ(run({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other}).status, 0);
  std::istringstream words(read_text(other + ".pub"));
  std::string type;
  std::string key;
  words >> type >> key;
  const auto path =
      known_hosts([&](const std::string&) { return lab().address("h1") + " " + type + " " + key + "\n"; });
  expect_only_h1_failed(run(with_known_hosts(path)), "E-HOSTKEY-CHANGED");
  expect_only_h1_failed(run(with_known_hosts(path, {"--accept-new"})), "E-HOSTKEY-CHANGED");
  EXPECT_EQ(logins("h1"), before);
}

TEST_F(TroubleTest, AnUnknownHostKeyIsRefusedUntilItIsAccepted) {
  const auto path = known_hosts([](const std::string&) { return std::string(); });
  expect_only_h1_failed(run(with_known_hosts(path)), "E-HOSTKEY-UNKNOWN");
  const auto accepted = run(with_known_hosts(path, {"--accept-new"}));
  EXPECT_EQ(accepted.status, 0) << accepted.out << accepted.err;
  EXPECT_THAT(accepted.out, HasSubstr("SHA256:"));
  EXPECT_EQ(run(with_known_hosts(path)).status, 0) << "the accepted key was not remembered";
  const std::string recorded = lab().state() + "/known_hosts";
  EXPECT_EQ(std::filesystem::status(recorded).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::istringstream shown(run({"ssh-keygen", "-lf", recorded}).out);
  std::string bits;
  std::string fingerprint;
  shown >> bits >> fingerprint;
  EXPECT_THAT(accepted.out, HasSubstr(fingerprint));
  EXPECT_THAT(read_text(recorded), ::testing::StartsWith(lab().address("h1") + " "));
  std::filesystem::remove(recorded);
}

TEST_F(TroubleTest, APinnedKeyDecidesWhateverKnownHostsSays) {
  std::string inventory = read_text(lab().file("inventory.ini"));
  const auto line = inventory.find("h1 ");
  ASSERT_NE(line, std::string::npos);
  const auto pinned = [&](const std::string& fingerprint) {
    auto text = inventory;
    text.insert(line + 3, "muster_host_key=" + fingerprint + " ");
    const std::string path = lab().scratch() + "/pinned.ini";
    std::ofstream(path) << text;
    return lab().muster({"provision", "-i", path, "--known-hosts", lab().file("known_hosts"), "--accept-new",
                         "--package", package()});
  };
  const int before = logins("h1");
  const auto refused = run(pinned("SHA256:" + std::string(43, 'A')));
  expect_only_h1_failed(refused, "E-HOSTKEY-CHANGED");
  EXPECT_EQ(logins("h1"), before);
  std::istringstream words(lab().on("h1", "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub").out);
  std::string bits;
  std::string fingerprint;
  words >> bits >> fingerprint;
  const auto well = run(pinned(fingerprint));
  EXPECT_EQ(well.status, 0) << well.out << well.err;
}

TEST_F(TroubleTest, AKeyThatTheHostDoesNotKnowIsALoginError) {
  lab().on("h1", "mv /home/deploy/.ssh/authorized_keys /home/deploy/.ssh/kept");
  const auto ran = run(lab().provision());
  lab().on("h1", "mv /home/deploy/.ssh/kept /home/deploy/.ssh/authorized_keys");
  expect_only_h1_failed(ran, "E-SSH-AUTH");
}

TEST_F(TroubleTest, AnEncryptedKeyWithoutPassphraseIsNoRefusalOfTheHost) {
  const std::string key = lab().scratch() + "/encrypted";
  ASSERT_EQ(run({"ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", key}).status, 0);
  const std::string path = lab().scratch() + "/encrypted.ini";
  std::ofstream(path) << "h1 ansible_host=" << lab().address("h1")
                      << " ansible_user=deploy ansible_ssh_private_key_file=" << key << "\n";
  auto words = lab().muster(
      {"provision", "-i", path, "--known-hosts", lab().file("known_hosts"), "--package", package()});
  words.insert(words.begin(), {"env", "-u", "SSH_AUTH_SOCK", "HOME=/nonexistent"});
  const auto ran = run(words);
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("E-SSH-KEY:"), HasSubstr("--key-passphrase-file"), HasSubstr("0 unreachable")));
}

TEST_F(TroubleTest, AFullDiskLeavesNothingHalfDone) {
  ASSERT_EQ(run({source_folder() + "/scripts/lab", "fill", "h1"}).status, 0);
  const auto ran = run(lab().provision());
  EXPECT_EQ(ran.status, 3) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("E-SPACE:"), HasSubstr("h1 ("))) << ran.err;
  EXPECT_EQ(leftovers("h1"), "");
  EXPECT_EQ(
      lab().on("h1", "dpkg-query -W -f '${db:Status-Abbrev}' muster-agent 2>/dev/null").out.substr(0, 2), "");
  const auto emptied =
      lab().on("h1", "umount /tmp /var 2>&1; umount -l /tmp /var 2>/dev/null; ls /var/lib/dpkg/status");
  ASSERT_EQ(emptied.status, 0) << emptied.out << emptied.err;
  EXPECT_EQ(run(lab().provision({"--limit", "h1"})).status, 0);
}

TEST_F(TroubleTest, AnUnsupportedPlatformIsNamedBeforeAnythingIsSent) {
  lab().on("h1",
           "mv /usr/bin/dpkg /root/dpkg; cp -P /etc/os-release /root/os-release; rm /etc/os-release; "
           "printf 'ID=slackware\\nNAME=Slackware\\nVERSION_ID=15.0\\n' >/etc/os-release");
  const auto ran = run(lab().provision());
  lab().on("h1", "mv /root/dpkg /usr/bin/dpkg; rm /etc/os-release; cp -P /root/os-release /etc/os-release");
  expect_only_h1_failed(ran, "E-PLATFORM");
  EXPECT_THAT(ran.out, HasSubstr("lackware"));
}

TEST_F(TroubleTest, AHostThatHangsCostsItsDeadlineAndNobodyElse) {
  ASSERT_EQ(lab().on("h1", "systemctl kill -s STOP ssh").status, 0);
  const auto began = std::chrono::steady_clock::now();
  const auto ran = run(lab().provision({"--timeout", "12"}));
  const auto took = std::chrono::steady_clock::now() - began;
  lab().on("h1", "systemctl kill -s CONT ssh");
  expect_only_h1_failed(ran, "E-TIMEOUT");
  EXPECT_LT(took, std::chrono::seconds(40));
}

TEST_F(TroubleTest, APackageThatFailsToInstallIsNamedAndTheRightOneHealsIt) {
  const auto broken =
      changed_package("broken", R"(printf '#!/bin/sh\necho out of luck >&2\nexit 1\n' >DEBIAN/postinst)");
  const auto ran = run(with_package(broken));
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("E-PACKAGE:"), HasSubstr("h1 (install_package)"), HasSubstr("out of luck")));
  EXPECT_EQ(leftovers("h1"), "");
  const auto healed = run(lab().provision({"--limit", "h1"}));
  EXPECT_EQ(healed.status, 0) << healed.out << healed.err;
}

TEST_F(TroubleTest, AnUpgradeThatFailsToInstallGivesWayToThePackageBefore) {
  ASSERT_EQ(run(lab().provision({"--limit", "h1"})).status, 0);
  const char* proof =
      "dpkg-query -W -f '${db:Status-Abbrev} ${Version}' muster-agent; ls /var/lib/muster-agent";
  const auto before = lab().on("h1", proof);
  const auto broken = changed_package("broken-upgrade",
                                      "sed -i 's/^Version: .*/Version: 99.0/' DEBIAN/control; "
                                      "printf '#!/bin/sh\necho out of luck >&2\nexit 1\n' >DEBIAN/postinst");
  const auto ran = run(with_package(broken));
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("E-PACKAGE:"), HasSubstr("out of luck"),
                             HasSubstr("(went back to the earlier package)")));
  EXPECT_EQ(lab().on("h1", proof).out, before.out);
  EXPECT_EQ(run(lab().muster({"poll", "h1"})).status, 0);
  EXPECT_EQ(leftovers("h1"), "");
}

TEST_F(TroubleTest, ACertificateThatDoesNotFitTheKeyIsRefusedAndTheOldOneStays) {
  const auto liar = changed_package(
      "liar",
      "mv usr/sbin/muster-agent usr/sbin/muster-agent.real; cat >usr/sbin/muster-agent <<'S'\n"
      "#!/bin/sh\n"
      "case \"$1 $2\" in\n"
      "  'cert request') exec openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "
      "/dev/null"
      " -subj /CN=liar 2>/dev/null ;;\n"
      "esac\n"
      "exec /usr/sbin/muster-agent.real \"$@\"\n"
      "S\n"
      "chmod 755 usr/sbin/muster-agent");
  const auto ran = run(with_package(liar));
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("E-CERT-MISMATCH:"), HasSubstr("h1 (install_certificate)")));
  EXPECT_THAT(lab().on("h1", "muster-agent.real cert show").out, HasSubstr("self-signed"));
  EXPECT_EQ(leftovers("h1"), "");
}

// The agent comes up with what is new, and cannot be reached: the host serves its old management server as before.
TEST_F(TroubleTest, WhatCannotBeProvedIsTakenBack) {
  ASSERT_EQ(run(lab().provision({"--limit", "h1"})).status, 0);
  const char* proof = "muster-agent cert show --porcelain | grep ^sha256; dpkg-query -W muster-agent";
  const auto before = lab().on("h1", proof);
  const auto newer = changed_package("newer", "sed -i 's/^Version: .*/Version: 99.0/' DEBIAN/control");
  const std::string state = lab().scratch() + "/other-server";
  auto other = with_package(newer);
  *std::find(other.begin(), other.end(), lab().state()) = state;
  auto init = lab().muster({"init"});
  *std::find(init.begin(), init.end(), lab().state()) = state;
  ASSERT_EQ(run(init).status, 0);
  // The agent answers nobody outside: its port is open, what it sends to this machine is lost.
  const std::string rule =
      "ip route add blackhole 10.213.0.1/32 table 99 && ip rule add ipproto tcp sport 1270 table 99";
  ASSERT_EQ(run({"sh", "-c", "ip() { command ip -n muster-lab-h1 \"$@\"; }; " + rule}).status, 0);
  const auto ran = run(other);
  ASSERT_EQ(run({"sh", "-c",
                 "ip() { command ip -n muster-lab-h1 \"$@\"; }; ip rule del table 99; "
                 "ip route flush table 99"})
                .status,
            0);
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("E-VERIFY:"), HasSubstr("h1 (verify)"),
                             HasSubstr("the host went back to the earlier package and certificate"),
                             HasSubstr("; 0 changes")));
  EXPECT_EQ(lab().on("h1", proof).out, before.out);
  EXPECT_EQ(run(lab().muster({"poll", "h1"})).status, 0);
  const auto again = run(lab().provision({"--limit", "h1"}));
  EXPECT_THAT(again.out, HasSubstr("; 0 changes"));
  EXPECT_EQ(leftovers("h1"), "");
}

}  // namespace
}  // namespace muster::e2e
