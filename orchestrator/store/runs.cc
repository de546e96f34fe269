// SPDX-License-Identifier: GPL-2.0-or-later
// The part of Store that keeps runs and their steps.
#include "orchestrator/store/database.h"

namespace muster {
namespace {

RunRecord run_of(SQLite::Statement& row) {
  RunRecord run;
  run.id = row.getColumn(0).getInt64();
  run.command = row.getColumn(1).getString();
  run.inventory = row.getColumn(2).getString();
  run.started_by = row.getColumn(3).getString();
  run.started = from_milliseconds(row.getColumn(4).getInt64());
  run.ended = from_milliseconds(row.getColumn(5).getInt64());
  run.exit_status = row.getColumn(6).getInt();
  run.stopped = row.getColumn(7).getString();
  return run;
}

StepRecord step_of(SQLite::Statement& row) {
  StepRecord step;
  step.run = row.getColumn(0).getInt64();
  step.host = row.getColumn(1).getString();
  step.step = row.getColumn(2).getString();
  step.state = row.getColumn(3).getString();
  step.code = row.getColumn(4).getString();
  step.text = row.getColumn(5).getString();
  step.hint = row.getColumn(6).getString();
  step.took = std::chrono::milliseconds(row.getColumn(7).getInt64());
  step.began = from_milliseconds(row.getColumn(8).getInt64());
  return step;
}

void insert_step(Store::Database& database, const StepRecord& step) {
  auto& insert = database.prepared(R"sql(
INSERT INTO steps (run, host, step, state, code, text, hint, took, began)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql");
  insert.bind(1, step.run);
  insert.bind(2, step.host);
  insert.bind(3, step.step);
  insert.bind(4, step.state);
  insert.bind(5, step.code);
  insert.bind(6, step.text);
  insert.bind(7, step.hint);
  insert.bind(8, static_cast<std::int64_t>(step.took.count()));
  insert.bind(9, to_milliseconds(step.began));
  insert.exec();
}

}  // namespace

Result<std::int64_t> Store::begin_run(const RunRecord& run) {
  return guarded(database_->path, [&]() -> Result<std::int64_t> {
    auto& insert = database_->prepared(
        "INSERT INTO runs (command, inventory, started_by, started, ended, exit_status) VALUES (?1, ?2, ?3, "
        "?4, 0, -1)");
    insert.bind(1, run.command);
    insert.bind(2, run.inventory);
    insert.bind(3, run.started_by);
    insert.bind(4, to_milliseconds(run.started));
    insert.exec();
    return database_->connection.getLastInsertRowid();
  });
}

Result<void> Store::put_step(const StepRecord& step) {
  return guarded(database_->path, [&]() -> Result<void> {
    insert_step(*database_, step);
    return {};
  });
}

Result<void> Store::put_steps(const std::vector<StepRecord>& steps) {
  if (steps.empty()) return {};
  return guarded(database_->path, [&]() -> Result<void> {
    SQLite::Transaction transaction(database_->connection, SQLite::TransactionBehavior::IMMEDIATE);
    for (const auto& step : steps) insert_step(*database_, step);
    transaction.commit();
    return {};
  });
}

Result<void> Store::end_run(std::int64_t run, WallTime ended, int exit_status, const std::string& stopped) {
  return guarded(database_->path, [&]() -> Result<void> {
    auto& update =
        database_->prepared("UPDATE runs SET ended = ?2, exit_status = ?3, stopped = ?4 WHERE id = ?1");
    update.bind(1, run);
    update.bind(2, to_milliseconds(ended));
    update.bind(3, exit_status);
    update.bind(4, stopped);
    if (update.exec() == 0) return fail(Errc::not_found, "run " + std::to_string(run) + ": not recorded");
    return {};
  });
}

Result<std::vector<RunRecord>> Store::runs(std::size_t newest) {
  return guarded(database_->path, [&]() -> Result<std::vector<RunRecord>> {
    SQLite::Statement rows(database_->connection, R"sql(
SELECT id, command, inventory, started_by, started, ended, exit_status, stopped FROM runs ORDER BY id DESC LIMIT ?1)sql");
    rows.bind(1, static_cast<std::int64_t>(newest));
    std::vector<RunRecord> runs;
    while (rows.executeStep()) runs.push_back(run_of(rows));
    return runs;
  });
}

Result<std::vector<StepRecord>> Store::steps(std::int64_t run) {
  return guarded(database_->path, [&]() -> Result<std::vector<StepRecord>> {
    SQLite::Statement rows(
        database_->connection,
        "SELECT run, host, step, state, code, text, hint, took, began FROM steps WHERE run = ?1 ORDER BY id");
    rows.bind(1, run);
    std::vector<StepRecord> steps;
    while (rows.executeStep()) steps.push_back(step_of(rows));
    return steps;
  });
}

}  // namespace muster
