// SPDX-License-Identifier: GPL-2.0-or-later
// The Java application servers that run on this machine: Tomcat, JBoss and WildFly, WebLogic, WebSphere. One
// instance each.
//
// Limits  only running servers are known. Their configuration is often closed to the agent's user: ports and
//         version are then null.
// Source  /proc/PID/cmdline, and the files of the server that it names.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cim/schema.h"
#include "providers/proc/application_servers.h"
#include "providers/proc/constant_rows.h"
#include "providers/proc/mounts.h"
#include "providers/proc/process_list.h"
#include "providers/proc/xml_tags.h"
#include "providers/provider.h"
#include "providers/registry.gen.h"

namespace muster {
namespace {

using cim::Role;
using cim::Type;
using cim::Unit;
using proc::ApplicationServer;
using proc::ServerKind;

constexpr cim::Property kProperties[] = {
    proc::kCaptionRow,
    proc::kDescriptionRow,
    {"Name", Type::string, Role::key, Unit::none,
     "DiskPath; of WebSphere PROFILE-CELL-NODE-SERVER; of WebLogic and managed JBoss DiskPath:SERVER"},
    {"HttpPort", Type::string, Role::value, Unit::none, "command line, server.xml or standalone.xml"},
    {"HttpsPort", Type::string, Role::value, Unit::none, "command line, server.xml or standalone.xml"},
    {"Port", Type::string, Role::value, Unit::none, "HttpPort, else HttpsPort"},
    {"Protocol", Type::string, Role::value, Unit::none, "of Port: HTTP or HTTPS"},
    {"Version", Type::string, Role::value, Unit::none,
     "RELEASE-NOTES (Tomcat), version.txt (WildFly), registry.xml (WebLogic), WAS.product (WebSphere)"},
    {"MajorVersion", Type::string, Role::value, Unit::none, "Version up to the first dot"},
    {"DiskPath", Type::string, Role::value, Unit::none, "where the server's own files are"},
    {"Type", Type::string, Role::value, Unit::none, "Tomcat, JBoss, WebLogic or WebSphere"},
    {"Profile", Type::string, Role::value, Unit::none, "JBoss: configuration; WebSphere: profile"},
    {"Cell", Type::string, Role::value, Unit::none, "WebSphere"},
    {"Node", Type::string, Role::value, Unit::none, "WebSphere"},
    {"Server", Type::string, Role::value, Unit::none, "name of the server within its domain"},
    {"IsDeepMonitored", Type::boolean, Role::value, Unit::none, "constant FALSE: it is not offered"},
    {"IsRunning", Type::boolean, Role::value, Unit::none, "constant TRUE"},
};

constexpr cim::ClassDecl kDecl{"SCX_Application_Server", &cim::kCimLogicalElement, "1.3.0",
                               "A running Java application server.", kProperties};

constexpr std::size_t kFirstLook = 256;  // enough to see whether it is Java
constexpr std::size_t kConfigLimit = std::size_t{1} << 20;

std::string name_of(const ApplicationServer& server) {
  if (server.kind == ServerKind::websphere) {
    return server.profile + "-" + server.cell + "-" + server.node + "-" + server.server;
  }
  return server.server.empty() ? server.base : server.base + ":" + server.server;
}

bool may_be_java(std::string_view cmdline) {
  const auto program = cmdline.substr(0, cmdline.find('\0'));
  return program.ends_with("java") || program.find("jsvc") != std::string_view::npos;
}

void set_known(cim::Instance& row, std::string_view property, std::string value) {
  if (!value.empty()) row.set(property, std::move(value));
}

class ApplicationServers final : public Provider {
 public:
  explicit ApplicationServers(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }

  Result<void> enumerate(const Emit& emit) override {
    const auto pids = proc::list_pids(host_);
    if (!pids) return fail(pids.error());
    std::vector<std::pair<std::string, ApplicationServer>> found;
    for (const auto pid : *pids) {
      auto server = read_server(pid);
      if (server && !name_of(*server).empty()) found.emplace_back(name_of(*server), std::move(*server));
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto last = std::unique(found.begin(), found.end(),
                                  [](const auto& a, const auto& b) { return a.first == b.first; });
    found.erase(last, found.end());
    for (const auto& [name, server] : found) emit(instance(name, server));
    return {};
  }

 private:
  std::optional<ApplicationServer> read_server(std::uint32_t pid) const {
    const auto path = "/proc/" + std::to_string(pid) + "/cmdline";
    const auto start = host_.read_start(path, kFirstLook);
    if (!start || !may_be_java(*start)) return std::nullopt;
    const auto whole = host_.read_start(path, proc::kMaxCommandLine);
    return whole ? proc::parse_application_server(*whole) : std::nullopt;
  }

  std::string read_config(const std::string& path) const {
    auto text = proc::read_local(host_, path, kConfigLimit);
    return text ? std::move(*text) : std::string();
  }

  std::string version_of(const ApplicationServer& server) const {
    switch (server.kind) {
      case ServerKind::tomcat: return proc::find_version(read_config(server.home + "/RELEASE-NOTES"));
      case ServerKind::jboss: return proc::find_version(read_config(server.home + "/version.txt"));
      case ServerKind::weblogic: return weblogic_version(server);
      case ServerKind::websphere: {
        const auto product = read_config(server.home + "/properties/version/WAS.product");
        return std::string(proc::text_of_tag(product, "version").value_or(""));
      }
    }
    return {};
  }

  // HOME is MIDDLEWARE/wlserver/server or MIDDLEWARE/wlserver.
  std::string weblogic_version(const ApplicationServer& server) const {
    const auto end = server.home.find("/wlserver");
    const auto registry = read_config(server.home.substr(0, end) + "/registry.xml");
    for (std::string_view rest = registry; const auto tag = proc::next_tag(rest, "component");) {
      if (proc::attribute(*tag, "name") != "WebLogic Server") continue;
      return std::string(proc::attribute(*tag, "version").value_or(""));
    }
    return {};
  }

  proc::Ports ports_of(const ApplicationServer& server) const {
    proc::Ports ports;
    if (server.kind == ServerKind::tomcat) {
      ports = proc::parse_tomcat_ports(read_config(server.base + "/conf/server.xml"));
    } else if (server.kind == ServerKind::jboss) {
      const auto file = server.profile.ends_with(".xml") ? server.profile : "standalone.xml";
      const auto folder = server.base == server.home ? server.base + "/standalone" : server.base;
      ports = proc::parse_wildfly_ports(read_config(folder + "/configuration/" + file));
    }
    if (!server.http_port.empty()) ports.http = server.http_port;
    if (!server.https_port.empty()) ports.https = server.https_port;
    return ports;
  }

  cim::Instance instance(const std::string& name, const ApplicationServer& server) const {
    cim::Instance row(class_);
    row.set("Caption", "Application server").set("Description", "Represents a JEE Application Server");
    row.set("Name", name).set("Type", std::string(proc::to_string(server.kind)));
    row.set("IsDeepMonitored", false).set("IsRunning", true);
    set_known(row, "DiskPath", server.base);
    set_known(row, "Profile", server.profile);
    set_known(row, "Cell", server.cell);
    set_known(row, "Node", server.node);
    set_known(row, "Server", server.server);
    const auto version = version_of(server);
    set_known(row, "Version", version);
    set_known(row, "MajorVersion", version.substr(0, version.find('.')));
    set_ports(row, ports_of(server));
    return row;
  }

  static void set_ports(cim::Instance& row, const proc::Ports& ports) {
    set_known(row, "HttpPort", ports.http);
    set_known(row, "HttpsPort", ports.https);
    if (ports.http.empty() && ports.https.empty()) return;
    row.set("Port", ports.http.empty() ? ports.https : ports.http);
    row.set("Protocol", ports.http.empty() ? "HTTPS" : "HTTP");
  }

  const Host& host_;
  const cim::Class class_{kDecl};
};

}  // namespace

std::unique_ptr<Provider> make_application_server(const Host& host) {
  return std::make_unique<ApplicationServers>(host);
}

}  // namespace muster
