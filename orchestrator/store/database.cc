// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/store/database.h"

#include <iterator>

#include <sqlite3.h>

#include "orchestrator/store/schema.h"

namespace muster {
namespace {

constexpr int kBusyMilliseconds = 10'000;
constexpr int kVersion = static_cast<int>(std::size(kMigrations));

int schema_version(SQLite::Database& connection) {
  return connection.execAndGet("PRAGMA user_version").getInt();
}

}  // namespace

Store::Database::Database(const std::string& file)
    : path(file), connection(file, SQLite::OPEN_READWRITE, kBusyMilliseconds) {
  connection.exec("PRAGMA journal_mode = WAL");
  connection.exec("PRAGMA synchronous = FULL");
  connection.exec("PRAGMA foreign_keys = ON");
}

SQLite::Statement& Store::Database::prepared(const char* sql) {
  auto found = statements.find(sql);
  if (found == statements.end()) found = statements.emplace(sql, SQLite::Statement(connection, sql)).first;
  found->second.tryReset();
  found->second.clearBindings();
  return found->second;
}

Result<void> Store::Database::migrate() {
  if (schema_version(connection) == kVersion) return {};
  SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
  const int present = schema_version(connection);  // somebody else may have been faster
  if (present > kVersion) {
    return fail(Errc::malformed,
                path + ": its tables are of version " + std::to_string(present) +
                    ", this muster knows up to " + std::to_string(kVersion),
                "use the newer muster that wrote it, or another folder with --state");
  }
  for (int step = present; step < kVersion; ++step) connection.exec(kMigrations[step]);
  connection.exec("PRAGMA user_version = " + std::to_string(kVersion));
  transaction.commit();
  return {};
}

Error store_error(const std::string& path, const SQLite::Exception& error) {
  const auto what = path + ": " + error.what();
  switch (error.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Errc::timeout, path + ": locked by another process for more than 10 s",
              "see which muster commands run; a copy of the file being made also locks it"};
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return {Errc::malformed, what,
              "restore the file from a backup; muster hosts are registered again by provision"};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH: return {Errc::denied, what, "run as the user who owns the state folder"};
    case SQLITE_FULL:
    case SQLITE_IOERR: return {Errc::internal, what, "is the disk full? df says so"};
    default: return {Errc::internal, what, {}};
  }
}

}  // namespace muster
