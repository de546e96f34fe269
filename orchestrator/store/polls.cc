// SPDX-License-Identifier: GPL-2.0-or-later
// The part of Store that keeps samples and health.
#include <optional>

#include "orchestrator/store/database.h"

namespace muster {
namespace {

// The instance, which alone may hold anything, comes last: no two series share a key.
std::string series_key(const Sample& sample) {
  std::string key;
  for (const auto* part : {&sample.host, &sample.class_name, &sample.property, &sample.instance}) {
    key.append(*part).push_back('\0');
  }
  return key;
}

// Adds samples to their series within one transaction.
class SeriesWriter {
 public:
  explicit SeriesWriter(Store::Database& database) : database_(database) {}

  void put(const Sample& sample) {
    const auto key = series_key(sample);
    const auto cached = database_.series.find(key);
    if (cached != database_.series.end() && update(cached->second, sample)) return;
    const auto id = resolve(sample);
    if (!id) {
      database_.series.erase(key);
      return;
    }
    database_.series[key] = *id;
    insert(*id, sample);
  }

 private:
  // False when the series is gone, because its host was removed.
  bool update(std::int64_t id, const Sample& sample) {
    auto& newest = database_.prepared("UPDATE series SET last_at = ?2, last_value = ?3 WHERE id = ?1");
    newest.bind(1, id);
    newest.bind(2, to_milliseconds(sample.at));
    newest.bind(3, sample.value);
    if (newest.exec() == 0) return false;
    insert(id, sample);
    return true;
  }

  void insert(std::int64_t id, const Sample& sample) {
    auto& add = database_.prepared("INSERT OR REPLACE INTO samples (at, series, value) VALUES (?1, ?2, ?3)");
    add.bind(1, to_milliseconds(sample.at));
    add.bind(2, id);
    add.bind(3, sample.value);
    add.exec();
  }

  // Nothing when the host is not registered.
  std::optional<std::int64_t> resolve(const Sample& sample) {
    auto& put = database_.prepared(R"sql(
INSERT INTO series (host, class, instance, property, last_at, last_value)
SELECT id, ?2, ?3, ?4, ?5, ?6 FROM hosts WHERE name = ?1
ON CONFLICT (host, class, instance, property) DO UPDATE SET last_at = ?5, last_value = ?6
RETURNING id)sql");
    put.bind(1, sample.host);
    put.bind(2, sample.class_name);
    put.bind(3, sample.instance);
    put.bind(4, sample.property);
    put.bind(5, to_milliseconds(sample.at));
    put.bind(6, sample.value);
    std::optional<std::int64_t> id;
    while (put.executeStep()) id = put.getColumn(0).getInt64();
    return id;
  }

  Store::Database& database_;
};

void put_health(SQLite::Statement& put, const HostHealth& health) {
  put.bind(1, health.host);
  put.bind(2, static_cast<int>(health.health));
  put.bind(3, to_milliseconds(health.since));
  put.bind(4, to_milliseconds(health.last_seen));
  put.bind(5, health.reason);
  put.bind(6, health.partly ? 1 : 0);
  put.exec();
}

constexpr char kPutHealth[] = R"sql(
INSERT INTO health (host, state, since, last_seen, reason, partly)
SELECT id, ?2, ?3, ?4, ?5, ?6 FROM hosts WHERE name = ?1
ON CONFLICT (host) DO UPDATE SET state = ?2, since = ?3, last_seen = ?4, reason = ?5, partly = ?6)sql";

constexpr char kHealth[] = R"sql(
SELECT hosts.name, health.state, health.since, health.last_seen, health.reason, health.partly
FROM health JOIN hosts ON hosts.id = health.host)sql";

// True: there are more.
bool prune_samples(Store::Database& database, WallTime before) {
  auto& last = database.prepared("SELECT at FROM samples WHERE at < ?1 ORDER BY at LIMIT 1 OFFSET ?2");
  last.bind(1, to_milliseconds(before));
  last.bind(2, Store::kPruneSlice - 1);
  const bool more = last.executeStep();
  const auto end = more ? last.getColumn(0).getInt64() + 1 : to_milliseconds(before);
  last.reset();
  auto& samples = database.prepared("DELETE FROM samples WHERE at < ?1");
  samples.bind(1, end);
  samples.exec();
  if (more) return true;
  auto& series = database.prepared("DELETE FROM series WHERE last_at < ?1");
  series.bind(1, to_milliseconds(before));
  series.exec();
  return false;
}

// Steps first, in slices: a run of thousands of hosts has some ten thousand. True: there are more.
bool prune_runs(Store::Database& database, WallTime before) {
  auto& steps = database.prepared(R"sql(
DELETE FROM steps WHERE id IN (
  SELECT steps.id FROM runs JOIN steps ON steps.run = runs.id
  WHERE runs.started < ?1 AND runs.id < (SELECT max(id) FROM runs) LIMIT ?2))sql");
  steps.bind(1, to_milliseconds(before));
  steps.bind(2, Store::kPruneSlice);
  if (steps.exec() == Store::kPruneSlice) return true;
  auto& runs = database.prepared("DELETE FROM runs WHERE started < ?1 AND id < (SELECT max(id) FROM runs)");
  runs.bind(1, to_milliseconds(before));
  runs.exec();
  return false;
}

HostHealth health_in(SQLite::Statement& row) {
  return {row.getColumn(0).getString(),
          static_cast<Health>(row.getColumn(1).getInt()),
          from_milliseconds(row.getColumn(2).getInt64()),
          from_milliseconds(row.getColumn(3).getInt64()),
          row.getColumn(4).getString(),
          row.getColumn(5).getInt() == 1};
}

}  // namespace

Result<void> Store::put_poll(const std::vector<Sample>& samples, const std::vector<HostHealth>& health) {
  auto done = guarded(database_->path, [&]() -> Result<void> {
    SQLite::Transaction transaction(database_->connection, SQLite::TransactionBehavior::IMMEDIATE);
    SeriesWriter writer(*database_);
    for (const auto& sample : samples) writer.put(sample);
    for (const auto& state : health) put_health(database_->prepared(kPutHealth), state);
    transaction.commit();
    return {};
  });
  if (!done) database_->series.clear();  // may name series that were rolled back
  return done;
}

Result<std::vector<HostHealth>> Store::health() {
  return guarded(database_->path, [&]() -> Result<std::vector<HostHealth>> {
    SQLite::Statement rows(database_->connection, std::string(kHealth) + " ORDER BY hosts.name");
    std::vector<HostHealth> all;
    while (rows.executeStep()) all.push_back(health_in(rows));
    return all;
  });
}

Result<std::optional<HostHealth>> Store::health_of(const std::string& host) {
  return guarded(database_->path, [&]() -> Result<std::optional<HostHealth>> {
    SQLite::Statement rows(database_->connection, std::string(kHealth) + " WHERE hosts.name = ?1");
    rows.bind(1, host);
    if (!rows.executeStep()) return std::optional<HostHealth>();
    return std::optional(health_in(rows));
  });
}

Result<std::vector<Sample>> Store::latest_samples(const std::string& host) {
  return guarded(database_->path, [&]() -> Result<std::vector<Sample>> {
    SQLite::Statement rows(database_->connection, R"sql(
SELECT last_at, class, instance, property, last_value FROM series JOIN hosts ON hosts.id = series.host
WHERE hosts.name = ?1 ORDER BY class, instance, property)sql");
    rows.bind(1, host);
    std::vector<Sample> samples;
    while (rows.executeStep()) {
      samples.push_back({host, from_milliseconds(rows.getColumn(0).getInt64()), rows.getColumn(1).getString(),
                         rows.getColumn(2).getString(), rows.getColumn(3).getString(),
                         rows.getColumn(4).getDouble()});
    }
    return samples;
  });
}

Result<std::uint64_t> Store::sample_count() {
  return guarded(database_->path, [&]() -> Result<std::uint64_t> {
    return static_cast<std::uint64_t>(
        database_->connection.execAndGet("SELECT count(*) FROM samples").getInt64());
  });
}

Result<bool> Store::prune(const Oldest& kept) {
  return guarded(database_->path, [&]() -> Result<bool> {
    SQLite::Transaction transaction(database_->connection, SQLite::TransactionBehavior::IMMEDIATE);
    const bool more = prune_samples(*database_, kept.sample) || prune_runs(*database_, kept.run);
    transaction.commit();
    if (!more) database_->series.clear();
    return more;
  });
}

}  // namespace muster
