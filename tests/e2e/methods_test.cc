// SPDX-License-Identifier: GPL-2.0-or-later
// What the agent does for its callers on a real host: PAM, sudo, systemd's confinement, restarts, and the audit log.
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/lab.h"

namespace muster::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDmtf[] = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";

constexpr char kGrants[] =
    "[[grant]]\nrole = \"admin\"\nusers = [\"deploy\"]\n"
    "[[grant]]\nrole = \"operator\"\nusers = [\"monitor\"]\n";

std::string element(const std::string& name, const std::string& value) {
  return "<c:" + name + ">" + value + "</c:" + name + ">";
}

std::string request(const std::string& class_name, const std::string& method, const std::string& parameters) {
  const std::string uri = kDmtf + class_name;
  return R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope")"
         R"( xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing")"
         R"( xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header><a:To>/wsman</a:To>)"
         "<w:ResourceURI>" +
         uri + "</w:ResourceURI><a:Action>" + uri + "/" + method +
         "</a:Action><a:MessageID>uuid:1</a:MessageID></s:Header><s:Body><c:" + method + "_INPUT xmlns:c=\"" +
         uri + "\">" + parameters + "</c:" + method + "_INPUT></s:Body></s:Envelope>";
}

std::string between(const std::string& text, const std::string& open, const std::string& close) {
  const auto begin = text.find(open);
  if (begin == std::string::npos) return {};
  return text.substr(begin + open.size(), text.find(close, begin) - begin - open.size());
}

class MethodsTest : public LabTest {
 protected:
  static void SetUpTestSuite() {
    start({"1"});
    if (lab().up()) provisioned = run(lab().provision(), {}, std::chrono::seconds(300));
  }
  void SetUp() override {
    LabTest::SetUp();
    ASSERT_EQ(provisioned.status, 0) << provisioned.out << provisioned.err;
  }

  static std::string on_h1(const std::string& shell) { return lab().on("h1", shell).out; }
  static void grant(const std::string& grants) {
    on_h1("cp -n /etc/muster/agent.toml /root/agent.toml.shipped");
    on_h1("{ cat /root/agent.toml.shipped; printf '" + grants + "'; } > /etc/muster/agent.toml");
    restart();
  }
  static void restart() {
    ASSERT_EQ(lab().on("h1", "systemctl daemon-reload; systemctl restart muster-agent").status, 0);
  }
  static std::string ask(const std::string& user, const std::string& body) {
    const std::string root = lab().scratch() + "/root.pem";
    if (!std::filesystem::exists(root)) std::ofstream(root) << run(lab().muster({"ca", "export"})).out;
    const std::string config = lab().scratch() + "/curlrc";
    const std::string password = lab().secret(user == "monitor" ? "monitor-pass" : "become-pass");
    std::ofstream(config) << "user = \"" << user << ":" << password << "\"\n";
    return run({"curl", "-sS", "-m", "70", "--cacert", root, "-K", config, "-H",
                "Content-Type: application/soap+xml", "--data-binary", "@-",
                "https://" + lab().address("h1") + ":1270/wsman"},
               body)
        .out;
  }
  static std::string shell(const std::string& command, const std::string& more = {}) {
    return ask("deploy",
               request("SCX_OperatingSystem", "ExecuteShellCommand", element("Command", command) + more));
  }
  static std::string rows() {
    return ask("monitor", request("SCX_LogFile", "GetMatchedRows",
                                  element("filename", "/var/log/shop.log") + element("regexps", "error") +
                                      element("qid", "rule 1")));
  }

  static inline Ran provisioned;
};

TEST_F(MethodsTest, WithoutAGrantNothingIsDoneForAnybody) {
  grant("");
  const auto answer = shell("touch /tmp/never");
  EXPECT_THAT(answer, HasSubstr("wsman:AccessDenied"));
  EXPECT_THAT(answer, HasSubstr("gives the role admin"));
  EXPECT_THAT(on_h1("tail -n 1 /var/lib/muster-agent/audit.log"), HasSubstr("\"event\":\"refused\""));
}

TEST_F(MethodsTest, ACommandRunsAsTheUserWhoLoggedIn) {
  grant(kGrants);
  EXPECT_EQ(between(shell("id -un; id -Gn"), "<p:StdOut>", "</p:StdOut>"),
            "deploy&#10;" + between(on_h1("echo \"<$(id -Gn deploy)>\""), "<", ">") + "&#10;");
  EXPECT_THAT(shell("cat /etc/shadow"), HasSubstr("Permission denied"));
  EXPECT_THAT(shell("exit 7"), HasSubstr("<p:ReturnCode>7</p:ReturnCode>"));
}

TEST_F(MethodsTest, AnOperatorReadsLogsAndRunsNothing) {
  grant(kGrants);
  EXPECT_THAT(ask("monitor", request("SCX_OperatingSystem", "ExecuteCommand", element("Command", "id"))),
              HasSubstr("wsman:AccessDenied"));
}

TEST_F(MethodsTest, ALogIsReadOverRotationAndRestartsOfTheAgent) {
  grant(kGrants);
  on_h1("rm -f /var/log/shop.log*; echo 'old error' > /var/log/shop.log; chmod 644 /var/log/shop.log");
  EXPECT_THAT(rows(), HasSubstr("<p:ReturnValue>0</p:ReturnValue>"));
  on_h1("echo 'error 1' >> /var/log/shop.log");
  EXPECT_THAT(rows(), HasSubstr("<p:rows>0;error 1</p:rows>"));
  on_h1(
      "echo 'error 2' >> /var/log/shop.log; mv /var/log/shop.log /var/log/shop.log.1; "
      "echo 'error 3' > /var/log/shop.log");
  restart();
  const auto both = rows();
  EXPECT_THAT(both, HasSubstr("<p:rows>0;error 2</p:rows><p:rows>0;error 3</p:rows>"));
  EXPECT_THAT(both, Not(HasSubstr("error 1")));
  EXPECT_THAT(rows(), HasSubstr("<p:ReturnValue>0</p:ReturnValue>"));
}

TEST_F(MethodsTest, AsShippedSudoAsksServicesAndWritesNothing) {
  grant(kGrants);
  const auto answer =
      shell("id -u; systemctl is-active ssh; touch /root/by-sudo", element("ElevationType", "sudo"));
  EXPECT_EQ(between(answer, "<p:StdOut>", "</p:StdOut>"), "0&#10;active&#10;");
  EXPECT_THAT(answer, HasSubstr("Read-only file system"));
}

TEST_F(MethodsTest, WithTheShippedExampleSudoIsRootAndEndsWithItsCall) {
  grant(kGrants);
  on_h1(
      "mkdir -p /etc/systemd/system/muster-agent.service.d; "
      "cp /usr/share/doc/muster-agent/execution.conf /etc/systemd/system/muster-agent.service.d/");
  restart();
  const auto sudo = element("ElevationType", "sudo");
  EXPECT_EQ(between(shell("id -u; touch /root/by-sudo; ls /root/by-sudo", sudo), "<p:StdOut>", "</p:StdOut>"),
            "0&#10;/root/by-sudo&#10;");
  const auto late = shell("id -u; exec sleep 4321", sudo + element("timeout", "2"));
  EXPECT_THAT(late, HasSubstr("<p:StdOut>0&#10;</p:StdOut>")) << "it ran, as root";
  EXPECT_THAT(late, HasSubstr("ended after 2 s"));
  EXPECT_TRUE(eventually([] { return on_h1("pgrep -f 'sleep 432[1]'").empty(); }));
  EXPECT_EQ(on_h1("cat /proc/$(pgrep -o -x muster-agent)/status | grep NoNewPrivs"), "NoNewPrivs:\t0\n");
  on_h1("rm -r /etc/systemd/system/muster-agent.service.d");
  restart();
}

TEST_F(MethodsTest, TheAuditLogIsForRootAloneAndUnbroken) {
  grant(kGrants);
  shell("echo audited");
  EXPECT_EQ(on_h1("stat -c '%U %a' /var/lib/muster-agent/audit.log"), "root 600\n");
  ASSERT_TRUE(eventually([] {
    return on_h1("tail -n 1 /var/lib/muster-agent/audit.log").find("\"outcome\"") != std::string::npos;
  }));
  EXPECT_EQ(lab().on("h1", "muster-agent audit verify").status, 0);
  on_h1("sed 's/echo audited/echo nothing/' /var/lib/muster-agent/audit.log > /root/forged.log");
  EXPECT_EQ(lab().on("h1", "muster-agent audit verify /root/forged.log").status, 1);
}

}  // namespace
}  // namespace muster::e2e
