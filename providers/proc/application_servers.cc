// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/application_servers.h"

#include <algorithm>
#include <vector>

#include "providers/proc/text.h"
#include "providers/proc/xml_tags.h"

namespace muster::proc {
namespace {

using Arguments = std::vector<std::string_view>;

Arguments split(std::string_view cmdline) {
  Arguments arguments;
  while (!cmdline.empty() && arguments.size() < kMaxServerArguments) {
    arguments.push_back(cmdline.substr(0, cmdline.find('\0')));
    cmdline.remove_prefix(std::min(cmdline.size(), arguments.back().size() + 1));
  }
  return arguments;
}

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// jsvc starts Tomcat as a service without a java of its own.
bool is_java(const Arguments& arguments) {
  const auto program = arguments.empty() ? std::string_view() : last_part(arguments.front());
  return program == "java" || program.starts_with("jsvc");
}

// VALUE of the last "-DNAME=VALUE", as Java takes it; empty without.
std::string property(const Arguments& arguments, std::string_view name) {
  std::string value;
  for (auto argument : arguments) {
    if (!argument.starts_with("-D")) continue;
    argument.remove_prefix(2);
    if (argument.starts_with(name) && argument.substr(name.size()).starts_with("=")) {
      value = argument.substr(name.size() + 1);
    }
  }
  return value;
}

// The argument behind `name`; empty without.
std::string argument_after(const Arguments& arguments, std::string_view name) {
  const auto found = std::find(arguments.begin(), arguments.end(), name);
  return found == arguments.end() || found + 1 == arguments.end() ? std::string() : std::string(found[1]);
}

bool has(const Arguments& arguments, std::string_view wanted) {
  return std::find(arguments.begin(), arguments.end(), wanted) != arguments.end();
}

std::optional<ApplicationServer> as_tomcat(const Arguments& arguments) {
  if (!has(arguments, "org.apache.catalina.startup.Bootstrap")) return std::nullopt;
  ApplicationServer server;
  server.kind = ServerKind::tomcat;
  server.home = property(arguments, "catalina.home");
  server.base = property(arguments, "catalina.base");
  return server;
}

bool starts_jboss(const Arguments& arguments) {
  const auto modules = argument_after(arguments, "-jar");
  return has(arguments, "org.jboss.Main") || last_part(modules) == "jboss-modules.jar";
}

// JBoss AS 4 to 6 name HOME/bin/run.jar in their class path.
std::string home_of_run_jar(std::string_view class_path) {
  constexpr std::string_view kRunJar = "/bin/run.jar";
  while (!class_path.empty()) {
    const auto entry = class_path.substr(0, class_path.find(':'));
    if (entry.ends_with(kRunJar)) return std::string(entry.substr(0, entry.size() - kRunJar.size()));
    class_path.remove_prefix(std::min(class_path.size(), entry.size() + 1));
  }
  return {};
}

// The host controller of a WildFly domain serves nothing by itself; its servers are started with
// "-D[Server:NAME]".
std::optional<ApplicationServer> as_jboss(const Arguments& arguments) {
  if (!starts_jboss(arguments) || has(arguments, "-D[Process Controller]") ||
      has(arguments, "-D[Host Controller]")) {
    return std::nullopt;
  }
  ApplicationServer server;
  server.kind = ServerKind::jboss;
  server.home = property(arguments, "jboss.home.dir");
  server.base = property(arguments, "jboss.server.base.dir");
  server.server = property(arguments, "jboss.server.name");
  server.profile = argument_after(arguments, "-c");
  server.http_port = property(arguments, "jboss.http.port");
  server.https_port = property(arguments, "jboss.https.port");
  if (server.home.empty()) server.home = home_of_run_jar(argument_after(arguments, "-classpath"));
  return server;
}

std::optional<ApplicationServer> as_weblogic(const Arguments& arguments) {
  if (!has(arguments, "weblogic.Server")) return std::nullopt;
  ApplicationServer server;
  server.kind = ServerKind::weblogic;
  server.home = property(arguments, "weblogic.home");
  server.base = property(arguments, "weblogic.RootDirectory");
  server.server = property(arguments, "weblogic.Name");
  server.http_port = property(arguments, "weblogic.ListenPort");
  return server;
}

// com.ibm.ws.runtime.WsServer CONFIG CELL NODE SERVER; the profile is the folder above CONFIG.
std::optional<ApplicationServer> as_websphere(const Arguments& arguments) {
  const auto main = std::find(arguments.begin(), arguments.end(), "com.ibm.ws.runtime.WsServer");
  if (arguments.end() - main < 5) return std::nullopt;
  ApplicationServer server;
  server.kind = ServerKind::websphere;
  server.home = property(arguments, "was.install.root");
  server.base = main[1].substr(0, main[1].rfind('/'));
  server.profile = last_part(server.base);
  server.cell = main[2];
  server.node = main[3];
  server.server = main[4];
  return server;
}

bool is_port(std::string_view text) {
  const auto port = number<std::uint16_t>(text);
  return port && *port != 0;
}

// Of "${jboss.http.port:8080}" the default, else the text itself; empty unless it is a port.
std::string port_of(std::string_view text) {
  if (text.starts_with("${") && text.ends_with("}")) {
    const auto colon = text.rfind(':');
    text = colon == std::string_view::npos ? "" : text.substr(colon + 1, text.size() - colon - 2);
  }
  return is_port(text) ? std::string(text) : std::string();
}

bool is_secure(std::string_view connector) {
  return attribute(connector, "SSLEnabled") == "true" || attribute(connector, "scheme") == "https" ||
         attribute(connector, "secure") == "true";
}

}  // namespace

std::string_view to_string(ServerKind kind) {
  switch (kind) {
    case ServerKind::tomcat: return "Tomcat";
    case ServerKind::jboss: return "JBoss";
    case ServerKind::weblogic: return "WebLogic";
    case ServerKind::websphere: return "WebSphere";
  }
  return "";
}

std::optional<ApplicationServer> parse_application_server(std::string_view cmdline) {
  const auto arguments = split(cmdline.substr(0, kMaxCommandLine));
  if (!is_java(arguments)) return std::nullopt;
  for (const auto read : {as_tomcat, as_jboss, as_weblogic, as_websphere}) {
    if (auto server = read(arguments)) {
      if (server->base.empty()) server->base = server->home;
      if (server->home.empty()) server->home = server->base;
      return server;
    }
  }
  return std::nullopt;
}

Ports parse_tomcat_ports(std::string_view server_xml) {
  Ports ports;
  while (const auto connector = next_tag(server_xml, "Connector")) {
    if (attribute(*connector, "protocol").value_or("").starts_with("AJP")) continue;
    auto& port = is_secure(*connector) ? ports.https : ports.http;
    if (port.empty()) port = port_of(attribute(*connector, "port").value_or(""));
  }
  return ports;
}

Ports parse_wildfly_ports(std::string_view standalone_xml) {
  Ports ports;
  while (const auto binding = next_tag(standalone_xml, "socket-binding")) {
    const auto name = attribute(*binding, "name");
    const auto port = port_of(attribute(*binding, "port").value_or(""));
    if (name == "http" && ports.http.empty()) ports.http = port;
    if (name == "https" && ports.https.empty()) ports.https = port;
  }
  return ports;
}

std::string find_version(std::string_view text) {
  for (std::string_view line; next_line(text, line);) {
    for (std::string_view word; next_word(line, word);) {
      const bool digit = word.front() >= '0' && word.front() <= '9';
      if (digit && word.find('.') != std::string_view::npos) return std::string(word);
    }
  }
  return {};
}

}  // namespace muster::proc
