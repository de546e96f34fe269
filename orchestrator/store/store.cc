// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/store/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "orchestrator/service/state_folder.h"
#include "orchestrator/store/database.h"

namespace muster {
namespace {

std::string database_file(const std::string& state_folder) {
  return state_folder + "/muster.db";
}

}  // namespace

Store::Store(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::create(const std::string& state_folder) {
  if (auto made = make_folders(state_folder, 0700); !made) {
    return fail(service::explained(made.error(), state_folder));
  }
  const auto path = database_file(state_folder);
  // SQLite gives its -wal and -shm files the mode of the database.
  const Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return fail(service::explained(errno_error(path), state_folder));
  return open(state_folder);
}

Result<Store> Store::open(const std::string& state_folder) {
  const auto path = database_file(state_folder);
  const auto present = service::exists_in(state_folder, "muster.db");
  if (!present) return fail(present.error());
  if (!*present) {
    return fail(Errc::not_found, path + ": no database here",
                "muster init makes one; --state DIR or MUSTER_STATE names another folder");
  }
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0 || ::access(path.c_str(), R_OK | W_OK) != 0) {
    return fail(service::explained(errno_error(path), state_folder));
  }
  // The folder may be behind a link, for example on another disk; SQLite's own check refuses that, too.
  if (!S_ISREG(found.st_mode)) {
    return fail(Errc::denied, path + ": not a regular file",
                "put the database itself there, or link the folder");
  }
  return guarded(path, [&]() -> Result<Store> {
    auto database = std::make_unique<Database>(path);
    if (auto migrated = database->migrate(); !migrated) return fail(migrated.error());
    return Store(std::move(database));
  });
}

Result<std::int64_t> Store::foreign_changes() {
  return guarded(database_->path, [&]() -> Result<std::int64_t> {
    return database_->connection.execAndGet("PRAGMA data_version").getInt64();
  });
}

}  // namespace muster
