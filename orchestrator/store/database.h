// SPDX-License-Identifier: GPL-2.0-or-later
// The SQLite connection behind a Store. Only orchestrator/store sees this.
#pragma once

#include <string>
#include <unordered_map>

#include <SQLiteCpp/SQLiteCpp.h>

#include "core/base/error.h"
#include "orchestrator/store/store.h"

namespace muster {

struct Store::Database {
  explicit Database(const std::string& file);

  // A prepared statement, made once and reset for each use.
  SQLite::Statement& prepared(const char* sql);

  std::string path;
  SQLite::Database connection;
  std::unordered_map<std::string, SQLite::Statement> statements;  // by text
  std::unordered_map<std::string, std::int64_t> series;           // by host, class, instance, property

  // Brings the tables up to date. Errors: malformed when they are of a newer version.
  Result<void> migrate();
};

// What SQLite's exception means to callers.
Error store_error(const std::string& path, const SQLite::Exception& error);

// Runs `work` and turns SQLite's exceptions into errors. `work` returns a Result.
template <class Work>
auto guarded(const std::string& path, Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const SQLite::Exception& error) {
    return fail(store_error(path, error));
  }
}

inline std::int64_t to_milliseconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

inline WallTime from_milliseconds(std::int64_t value) {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(std::chrono::milliseconds(value)));
}

}  // namespace muster
