// SPDX-License-Identifier: GPL-2.0-or-later
// The database's tables, as a list of steps: a database of version N has had the first N applied.
// A step that was released is never edited; a change is a new step at the end.
#pragma once

#include <string_view>

namespace muster {

// Samples are keyed by time first: they arrive in time order, so a batch touches few pages, and pruning is
// one range. A series holds its newest value itself, because that is what people ask for.
inline constexpr const char* kMigrations[] = {
    R"sql(
CREATE TABLE hosts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  address TEXT NOT NULL,
  agent_port INTEGER NOT NULL CHECK (agent_port BETWEEN 1 AND 65535),
  ssh_port INTEGER NOT NULL CHECK (ssh_port BETWEEN 1 AND 65535),
  ssh_user TEXT NOT NULL,
  certificate_name TEXT NOT NULL,
  certificate_sha256 TEXT NOT NULL,
  certificate_serial TEXT NOT NULL,
  certificate_not_after INTEGER NOT NULL,
  host_key TEXT NOT NULL,
  agent_version TEXT NOT NULL,
  platform TEXT NOT NULL,
  groups TEXT NOT NULL,
  provisioned_at INTEGER NOT NULL
) STRICT;
CREATE TABLE health (
  host INTEGER PRIMARY KEY REFERENCES hosts (id) ON DELETE CASCADE,
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
  since INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  command TEXT NOT NULL,
  inventory TEXT NOT NULL,
  started_by TEXT NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  exit_status INTEGER NOT NULL
) STRICT;
CREATE TABLE steps (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  host TEXT NOT NULL,
  step TEXT NOT NULL,
  state TEXT NOT NULL,
  code TEXT NOT NULL,
  text TEXT NOT NULL,
  hint TEXT NOT NULL,
  took INTEGER NOT NULL
) STRICT;
CREATE INDEX steps_by_run ON steps (run);
CREATE TABLE series (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  host INTEGER NOT NULL REFERENCES hosts (id) ON DELETE CASCADE,
  class TEXT NOT NULL,
  instance TEXT NOT NULL,
  property TEXT NOT NULL,
  last_at INTEGER NOT NULL,
  last_value REAL NOT NULL,
  UNIQUE (host, class, instance, property)
) STRICT;
CREATE TABLE samples (
  at INTEGER NOT NULL,
  series INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (at, series)
) STRICT, WITHOUT ROWID;
)sql",
    R"sql(
ALTER TABLE runs ADD COLUMN stopped TEXT NOT NULL DEFAULT '';
ALTER TABLE steps ADD COLUMN began INTEGER NOT NULL DEFAULT 0;
)sql",
    R"sql(
ALTER TABLE health ADD COLUMN partly INTEGER NOT NULL DEFAULT 0 CHECK (partly BETWEEN 0 AND 1);
)sql",
};

}  // namespace muster
