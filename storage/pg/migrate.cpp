#include "storage/pg/migrate.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/version.hpp"
#include "storage/pg/errors.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <thread>

namespace caly::pg {

namespace {

/// Any constant will do; it must stay the same for ever.
constexpr auto try_turn = "select pg_try_advisory_lock(720174093)";
constexpr std::chrono::milliseconds turn_pause{100};

constexpr auto make_table = "create table if not exists schema_migrations ("
                            "  name text primary key,"
                            "  checksum text not null,"
                            "  applied_at timestamptz not null default now())";

constexpr auto remember =
    "insert into schema_migrations (name, checksum) values ($1, $2)";

constexpr std::string_view outside_mark = "-- outside a transaction";

std::string checksum(pqxx::transaction_base& txn, std::string_view text) {
  return txn
      .exec_params1("select encode(sha256(convert_to($1, 'UTF8')), 'hex')",
                    std::string{text})[0]
      .as<std::string>();
}

void set_timeouts(pqxx::connection& session, std::chrono::milliseconds lock_timeout) {
  pqxx::nontransaction{session}.exec(
      "set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;"
      "set lock_timeout = " +
      std::to_string(lock_timeout.count()));
}

/// Nodes take their turns; this one's lasts until the session ends. It asks again and
/// again, since `create index concurrently` would wait for whoever waits within a
/// statement.
void take_turn(pqxx::connection& session, std::chrono::milliseconds patience) {
  pqxx::nontransaction txn{session};
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!txn.exec1(try_turn)[0].as<bool>()) {
    if (std::chrono::steady_clock::now() >= until)
      throw std::runtime_error("another node migrates it for " +
                               std::to_string(patience.count() / 1000) + " s already");
    std::this_thread::sleep_for(turn_pause);
  }
}

/// Statements that end with a semicolon at the end of a line.
std::vector<std::string> statements_of(std::string_view sql) {
  std::vector<std::string> found;
  while (!sql.empty()) {
    const auto end = std::min(sql.find(";\n"), sql.size() - 1);
    found.emplace_back(sql.substr(0, end + 1));
    sql.remove_prefix(std::min(end + 2, sql.size()));
  }
  return found;
}

/// True when the file is new here.
caf::expected<bool> is_new(pqxx::transaction_base& txn, const migration& file) {
  const auto known = txn.exec_params(
      "select checksum from schema_migrations where name = $1", std::string{file.name});
  if (known.empty())
    return true;
  if (known[0][0].as<std::string>() == checksum(txn, file.sql))
    return false;
  return caf::make_error(errc::conflict,
                         "migration " + std::string{file.name} +
                             " was changed after this database had applied it; "
                             "migrations are never edited, add a new one");
}

void run_inside(pqxx::connection& session, const migration& file) {
  pqxx::work txn{session};
  txn.exec(std::string{file.sql});
  txn.exec_params(remember, std::string{file.name}, checksum(txn, file.sql));
  txn.commit();
}

void run_outside(pqxx::connection& session, const migration& file) {
  pqxx::nontransaction txn{session};
  for (const auto& statement : statements_of(file.sql))
    txn.exec(statement);
  txn.exec_params(remember, std::string{file.name}, checksum(txn, file.sql));
}

caf::expected<bool>
apply(pqxx::connection& session, const migration& file, const migrate_limits& limits) {
  {
    pqxx::nontransaction txn{session};
    if (auto fresh = is_new(txn, file); !fresh || !*fresh)
      return fresh;
  }
  const auto outside = file.sql.starts_with(outside_mark);
  // What runs outside a transaction stands in nobody's way while it waits.
  set_timeouts(session, outside ? limits.turn_timeout : limits.lock_timeout);
  for (std::uint32_t tries = 1;; ++tries) {
    try {
      outside ? run_outside(session, file) : run_inside(session, file);
      spdlog::info("storage: applied migration name={}", file.name);
      return true;
    } catch (const pqxx::sql_error& thrown) {
      const auto locked = thrown.sqlstate() == "55P03"; // lock_not_available
      if (!locked)
        // Migrations hold no user data, so their errors may be shown in full.
        return caf::make_error(
            errc::invalid, "migration " + std::string{file.name} + ": " + thrown.what());
      if (tries == limits.tries_max)
        return caf::make_error(errc::unavailable,
                               "migration " + std::string{file.name} +
                                   " got no lock in " + std::to_string(tries) +
                                   " tries; end the long transaction that "
                                   "pg_stat_activity shows, then start again");
      spdlog::warn(
          "storage: migration waits for a lock name={} tries={}", file.name, tries);
      std::this_thread::sleep_for(limits.pause);
    }
  }
}

/// Older builds live with what newer ones added, never with what they took away.
caf::error too_new(pqxx::connection& session, const std::vector<migration>& files) {
  pqxx::nontransaction txn{session};
  for (const auto& row : txn.exec("select name from schema_migrations order by name")) {
    const auto name = row[0].as<std::string>();
    if (std::ranges::find(files, name, &migration::name) != files.end())
      continue;
    if (name.find("_contract_") != std::string::npos)
      return caf::make_error(errc::conflict,
                             "the database is newer than this build (" +
                                 std::string{build_version} + "): migration " + name +
                                 " removed what it uses; start a newer build");
    spdlog::warn("storage: the database is newer than this build migration={}", name);
  }
  return {};
}

} // namespace

caf::expected<std::uint32_t> migrate(const connection_options& owner,
                                     const std::vector<migration>& files,
                                     const migrate_limits& limits) {
  try {
    connection at{owner};
    auto& session = at.session();
    set_timeouts(session, limits.lock_timeout);
    take_turn(session, limits.turn_timeout);
    pqxx::nontransaction{session}.exec(make_table);
    if (auto refused = too_new(session, files))
      return refused;
    std::uint32_t count = 0;
    for (const auto& file : files) {
      auto applied = apply(session, file, limits);
      if (!applied)
        return std::move(applied.error());
      count += *applied ? 1 : 0;
    }
    return count;
  } catch (const std::exception& thrown) {
    return caf::make_error(errc::unavailable,
                           std::string{"cannot migrate the database: "} + thrown.what());
  }
}

} // namespace caly::pg
