// SPDX-License-Identifier: GPL-2.0-or-later
// The part of Store that keeps the registered hosts.
#include "orchestrator/store/database.h"

namespace muster {
namespace {

constexpr char kPut[] = R"sql(
INSERT INTO hosts (name, address, agent_port, ssh_port, ssh_user, certificate_name, certificate_sha256,
  certificate_serial, certificate_not_after, host_key, agent_version, platform, groups, provisioned_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
ON CONFLICT (name) DO UPDATE SET address = ?2, agent_port = ?3, ssh_port = ?4, ssh_user = ?5,
  certificate_name = ?6, certificate_sha256 = ?7, certificate_serial = ?8, certificate_not_after = ?9,
  host_key = ?10, agent_version = ?11, platform = ?12, groups = ?13, provisioned_at = ?14)sql";

constexpr char kColumns[] = R"sql(
SELECT name, address, agent_port, ssh_port, ssh_user, certificate_name, certificate_sha256,
  certificate_serial, certificate_not_after, host_key, agent_version, platform, groups, provisioned_at
FROM hosts)sql";

HostRecord host_of(SQLite::Statement& row) {
  HostRecord host;
  host.name = row.getColumn(0).getString();
  host.address = row.getColumn(1).getString();
  host.agent_port = static_cast<std::uint16_t>(row.getColumn(2).getInt());
  host.ssh_port = static_cast<std::uint16_t>(row.getColumn(3).getInt());
  host.ssh_user = row.getColumn(4).getString();
  host.certificate_name = row.getColumn(5).getString();
  host.certificate_sha256 = row.getColumn(6).getString();
  host.certificate_serial = row.getColumn(7).getString();
  host.certificate_not_after = from_milliseconds(row.getColumn(8).getInt64());
  host.host_key = row.getColumn(9).getString();
  host.agent_version = row.getColumn(10).getString();
  host.platform = row.getColumn(11).getString();
  host.groups = row.getColumn(12).getString();
  host.provisioned_at = from_milliseconds(row.getColumn(13).getInt64());
  return host;
}

tl::unexpected<Error> unknown_host(const std::string& name) {
  return fail(Errc::not_found, name + ": not a registered host",
              "muster hosts lists them; muster provision adds one");
}

}  // namespace

Result<void> Store::put_host(const HostRecord& host) {
  return guarded(database_->path, [&]() -> Result<void> {
    auto& put = database_->prepared(kPut);
    put.bind(1, host.name);
    put.bind(2, host.address);
    put.bind(3, static_cast<int>(host.agent_port));
    put.bind(4, static_cast<int>(host.ssh_port));
    put.bind(5, host.ssh_user);
    put.bind(6, host.certificate_name);
    put.bind(7, host.certificate_sha256);
    put.bind(8, host.certificate_serial);
    put.bind(9, to_milliseconds(host.certificate_not_after));
    put.bind(10, host.host_key);
    put.bind(11, host.agent_version);
    put.bind(12, host.platform);
    put.bind(13, host.groups);
    put.bind(14, to_milliseconds(host.provisioned_at));
    put.exec();
    return {};
  });
}

Result<std::vector<HostRecord>> Store::hosts() {
  return guarded(database_->path, [&]() -> Result<std::vector<HostRecord>> {
    SQLite::Statement rows(database_->connection, std::string(kColumns) + " ORDER BY name");
    std::vector<HostRecord> hosts;
    while (rows.executeStep()) hosts.push_back(host_of(rows));
    return hosts;
  });
}

Result<HostRecord> Store::host(const std::string& name) {
  return guarded(database_->path, [&]() -> Result<HostRecord> {
    SQLite::Statement rows(database_->connection, std::string(kColumns) + " WHERE name = ?1");
    rows.bind(1, name);
    if (!rows.executeStep()) return unknown_host(name);
    return host_of(rows);
  });
}

Result<void> Store::remove_host(const std::string& name) {
  return guarded(database_->path, [&]() -> Result<void> {
    SQLite::Statement remove(database_->connection, "DELETE FROM hosts WHERE name = ?1");
    remove.bind(1, name);
    if (remove.exec() == 0) return unknown_host(name);
    return {};
  });
}

}  // namespace muster
