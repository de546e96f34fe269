// SPDX-License-Identifier: GPL-2.0-or-later
#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

#include "providers/registry.gen.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/rows.h"

namespace muster {
namespace {

using testing::FakeHost;
using testing::is_null;
using testing::rows;
using testing::text;

std::string command(std::initializer_list<const char*> arguments) {
  std::string line;
  for (const auto* argument : arguments) line.append(argument).push_back('\0');
  return line;
}

class ApplicationServerTest : public ::testing::Test {
 protected:
  ApplicationServerTest() {
    host_.with_file("/proc/1/mountinfo",
                    "27 1 254:1 / / rw - ext4 /dev/vda1 rw\n28 27 0:44 / /net rw - nfs4 srv:/ rw\n");
  }
  void run(const std::string& pid, std::initializer_list<const char*> arguments) {
    host_.with_file("/proc/" + pid + "/cmdline", command(arguments));
  }
  void run_tomcat(const std::string& pid, const char* base) {
    run(pid, {"/usr/bin/java", base, "-Dcatalina.home=/opt/tomcat", "org.apache.catalina.startup.Bootstrap"});
  }

  FakeHost host_;
  std::unique_ptr<Provider> provider_ = make_application_server(host_);
};

TEST_F(ApplicationServerTest, ReadsTomcatsPortsAndVersion) {
  run("9", {"/bin/sh", "-c", "java"});
  run_tomcat("10", "-Dcatalina.base=/srv/shop");
  host_.with_file("/opt/tomcat/RELEASE-NOTES", "\n   Apache Tomcat Version 9.0.70\n")
      .with_file("/srv/shop/conf/server.xml",
                 "<Connector port=\"8081\"/><Connector SSLEnabled='true' port='8444'/>");
  const auto seen = rows(*provider_);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(text(seen[0], "Name"), "/srv/shop");
  EXPECT_EQ(text(seen[0], "Type"), "Tomcat");
  EXPECT_EQ(text(seen[0], "Version"), "9.0.70");
  EXPECT_EQ(text(seen[0], "MajorVersion"), "9");
  EXPECT_EQ(text(seen[0], "HttpPort"), "8081");
  EXPECT_EQ(text(seen[0], "HttpsPort"), "8444");
  EXPECT_EQ(text(seen[0], "Port"), "8081");
  EXPECT_EQ(text(seen[0], "Protocol"), "HTTP");
  EXPECT_TRUE(is_null(seen[0], "Cell"));
}

TEST_F(ApplicationServerTest, LeavesNullWhatItCannotRead) {
  run_tomcat("10", "-Dcatalina.base=/srv/shop");
  const auto seen = rows(*provider_);
  for (const auto* property : {"Version", "MajorVersion", "HttpPort", "HttpsPort", "Port", "Protocol"}) {
    EXPECT_TRUE(is_null(seen.at(0), property)) << property;
  }
}

TEST_F(ApplicationServerTest, NeverReadsWhereReadingMayHang) {
  host_.with_file("/proc/1/mountinfo",
                  "27 1 254:1 / /data rw - ext4 /dev/vda1 rw\n28 27 0:44 / /net rw - nfs4 srv:/ rw\n");
  run_tomcat("10", "-Dcatalina.base=/net/shop");
  host_.with_file("/net/shop/conf/server.xml", "<Connector port=\"8081\"/>");
  EXPECT_TRUE(is_null(rows(*provider_).at(0), "HttpPort"));
  EXPECT_EQ(host_.reads("/net/shop/conf/server.xml"), 0U);
}

TEST_F(ApplicationServerTest, ShowsOneServerPerName) {
  run_tomcat("11", "-Dcatalina.base=/srv/b");
  run_tomcat("12", "-Dcatalina.base=/srv/a");
  run_tomcat("13", "-Dcatalina.base=/srv/b");
  const auto seen = rows(*provider_);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(text(seen[0], "Name"), "/srv/a");
  EXPECT_EQ(text(seen[1], "Name"), "/srv/b");
}

TEST_F(ApplicationServerTest, ReadsWildflysPorts) {
  run("10", {"java", "-D[Standalone]", "-Djboss.home.dir=/opt/wildfly",
             "-Djboss.server.base.dir=/opt/wildfly/standalone", "-jar", "/opt/wildfly/jboss-modules.jar",
             "-mp", "/opt/wildfly/modules", "org.jboss.as.standalone", "-c", "standalone-full.xml"});
  host_.with_file("/opt/wildfly/version.txt", "WildFly Full 26.1.3.Final\n")
      .with_file("/opt/wildfly/standalone/configuration/standalone-full.xml",
                 R"(<socket-binding name="http" port="${jboss.http.port:8080}"/>)");
  const auto seen = rows(*provider_);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(text(seen[0], "Name"), "/opt/wildfly/standalone");
  EXPECT_EQ(text(seen[0], "Type"), "JBoss");
  EXPECT_EQ(text(seen[0], "Version"), "26.1.3.Final");
  EXPECT_EQ(text(seen[0], "HttpPort"), "8080");
  EXPECT_EQ(text(seen[0], "Profile"), "standalone-full.xml");
}

TEST_F(ApplicationServerTest, KnowsWebLogicAndWebSphere) {
  run("10", {"/u01/jdk/bin/java", "-Dweblogic.Name=AdminServer", "-Dweblogic.home=/u01/wls/wlserver/server",
             "-Dweblogic.RootDirectory=/u01/domains/shop", "weblogic.Server"});
  run("11",
      {"/opt/was/java/bin/java", "-Dwas.install.root=/opt/was", "com.ibm.wsspi.bootstrap.WSPreLauncher",
       "com.ibm.ws.runtime.WsServer", "/opt/was/profiles/AppSrv01/config", "cell1", "node1", "server1"});
  host_.with_file("/u01/wls/registry.xml", R"(<component name="WebLogic Server" version="12.2.1.4"/>)")
      .with_file("/opt/was/properties/version/WAS.product",
                 "<product name=\"x\"><id>ND</id><version>9.0.5.1</version></product>");
  const auto seen = rows(*provider_);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(text(seen[0], "Name"), "/u01/domains/shop:AdminServer");
  EXPECT_EQ(text(seen[0], "Type"), "WebLogic");
  EXPECT_EQ(text(seen[0], "Version"), "12.2.1.4");
  EXPECT_EQ(text(seen[1], "Name"), "AppSrv01-cell1-node1-server1");
  EXPECT_EQ(text(seen[1], "Type"), "WebSphere");
  EXPECT_EQ(text(seen[1], "Version"), "9.0.5.1");
  EXPECT_EQ(text(seen[1], "Node"), "node1");
}

}  // namespace
}  // namespace muster
