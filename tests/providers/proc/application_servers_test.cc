// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/application_servers.h"

#include <string>

#include <gtest/gtest.h>

namespace muster::proc {
namespace {

TEST(ApplicationServerLine, IsOfJavaAndNamesItsServer) {
  using namespace std::string_literals;
  const std::pair<std::string, bool> lines[] = {
      {""s, false},
      {"java"s, false},
      {"java\0org.apache.catalina.startup.Bootstrap"s, true},
      {"jsvc.exec\0org.apache.catalina.startup.Bootstrap"s, true},
      {"/bin/grep\0org.apache.catalina.startup.Bootstrap"s, false},
      {"java\0-jar\0/w/jboss-modules.jar\0-D[Host Controller]"s, false},
      {"java\0-jar\0/w/jboss-modules.jar\0-D[Server:one]"s, true},
      {"java\0-jar"s, false},
      {"java\0com.ibm.ws.runtime.WsServer\0/p/config\0cell\0node"s, false},
      {"java\0weblogic.Server"s, true},
  };
  for (const auto& [line, is_server] : lines) {
    EXPECT_EQ(parse_application_server(line).has_value(), is_server) << line;
  }
}

TEST(ApplicationServerLine, TakesTheLastOfTwoPropertiesAsJavaDoes) {
  using namespace std::string_literals;
  const auto server = parse_application_server(
      "java\0-Dcatalina.base=/a\0-Dcatalina.basement=/x\0-Dcatalina.base=/b\0org.apache.catalina.startup.Bootstrap"s);
  ASSERT_TRUE(server.has_value());
  EXPECT_EQ(server->base, "/b");
  EXPECT_EQ(server->home, "/b");
}

TEST(ApplicationServerLine, FindsOldJBossByItsClassPath) {
  using namespace std::string_literals;
  const auto server = parse_application_server(
      "java\0-classpath\0/jdk/tools.jar:/opt/jboss/bin/run.jar\0org.jboss.Main\0-c\0default"s);
  ASSERT_TRUE(server.has_value());
  EXPECT_EQ(server->home, "/opt/jboss");
  EXPECT_EQ(server->profile, "default");
}

TEST(ApplicationServerPorts, AreThoseOfConnectorsThatAreNotCommentedOut) {
  const auto ports = parse_tomcat_ports(
      "<!-- <Connector port=\"1\"/> --><Connectors port=\"2\"/>"
      "<Connector protocol=\"AJP/1.3\" port=\"8009\"/><Connector a=\"x>y\" port = '8080'/>"
      "<Connector port=\"8090\"/><Connector scheme=\"https\" port=\"8443\"/>");
  EXPECT_EQ(ports.http, "8080");
  EXPECT_EQ(ports.https, "8443");
}

TEST(ApplicationServerPorts, AreNumbersOrNothing) {
  for (const auto* text :
       {"<Connector port=\"${http}\"/>", "<Connector port=\"99999\"/>", "<Connector port=\"0\"/>",
        "<Connector port=\"80", "<Connector port", "<Connector", "<", ""}) {
    EXPECT_EQ(parse_tomcat_ports(text).http, "") << text;
  }
  const auto ports = parse_wildfly_ports(
      "<socket-binding name=\"https\" port=\"${jboss.https.port:8443}\"/>"
      "<socket-binding name=\"http\" port=\"80\"/><socket-binding name=\"http\" port=\"81\"/>");
  EXPECT_EQ(ports.http, "80");
  EXPECT_EQ(ports.https, "8443");
}

TEST(ApplicationServerVersion, IsTheFirstWordThatLooksLikeOne) {
  EXPECT_EQ(find_version("Apache Tomcat 9\n Version 9.0.43\n"), "9.0.43");
  EXPECT_EQ(find_version("no version here"), "");
}

}  // namespace
}  // namespace muster::proc
