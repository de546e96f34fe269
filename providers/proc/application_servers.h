// SPDX-License-Identifier: GPL-2.0-or-later
// Which Java application server a command line starts, and what it says about it.
//
// Limits  kMaxCommandLine bytes and kMaxServerArguments arguments of a command line are looked at.
// Source  the start scripts of Tomcat, JBoss AS, WildFly, WebLogic and WebSphere.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace muster::proc {

inline constexpr std::size_t kMaxCommandLine = std::size_t{128} << 10;
inline constexpr std::size_t kMaxServerArguments = 1024;

enum class ServerKind { tomcat, jboss, weblogic, websphere };

std::string_view to_string(ServerKind kind);

// What is not said stays empty.
struct ApplicationServer {
  ServerKind kind = ServerKind::tomcat;
  std::string home;       // where the program is
  std::string base;       // where this server's own files are
  std::string profile;    // JBoss: configuration; WebSphere: profile
  std::string cell;       // WebSphere
  std::string node;       // WebSphere
  std::string server;     // name of the server within its domain
  std::string http_port;  // as stated on the command line
  std::string https_port;
};

// `cmdline` is as /proc/PID/cmdline holds it. nullopt: none of these servers.
std::optional<ApplicationServer> parse_application_server(std::string_view cmdline);

struct Ports {
  std::string http;
  std::string https;
};

// The first connector of each kind in Tomcat's server.xml, AJP left out.
Ports parse_tomcat_ports(std::string_view server_xml);

// The socket bindings "http" and "https" of WildFly's standalone.xml; of "${name:8080}" the 8080.
Ports parse_wildfly_ports(std::string_view standalone_xml);

// The first word of the text that looks like a version: a digit, and a dot later on. "Apache Tomcat Version 9.0.43"
// is 9.0.43.
std::string find_version(std::string_view text);

}  // namespace muster::proc
