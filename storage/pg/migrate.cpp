#include "storage/pg/migrate.hpp"

#include "runtime/base/error.hpp"
#include "storage/pg/errors.hpp"

#include <spdlog/spdlog.h>

namespace caly::pg {

namespace {

/// Any constant will do; it must stay the same for ever.
constexpr auto take_lock = "select pg_advisory_lock(720174093)";

constexpr auto make_table = "create table if not exists schema_migrations ("
                            "  name text primary key,"
                            "  checksum text not null,"
                            "  applied_at timestamptz not null default now())";

std::string checksum(pqxx::transaction_base& txn, std::string_view text) {
  return txn
      .exec_params1("select encode(sha256(convert_to($1, 'UTF8')), 'hex')",
                    std::string{text})[0]
      .as<std::string>();
}

/// True when the file is new here.
caf::expected<bool> apply(pqxx::connection& session, const migration& file) {
  pqxx::work txn{session};
  const std::string name{file.name};
  const auto sum = checksum(txn, file.sql);
  const auto known =
      txn.exec_params("select checksum from schema_migrations where name = $1", name);
  if (!known.empty()) {
    if (known[0][0].as<std::string>() == sum)
      return false;
    return caf::make_error(errc::conflict,
                           "migration " + name +
                               " was changed after this database had applied it; "
                               "migrations are never edited, add a new one");
  }
  try {
    txn.exec(std::string{file.sql});
  } catch (const pqxx::sql_error& thrown) {
    // Migrations hold no user data, so their errors may be shown in full.
    return caf::make_error(errc::invalid, "migration " + name + ": " + thrown.what());
  }
  txn.exec_params(
      "insert into schema_migrations (name, checksum) values ($1, $2)", name, sum);
  txn.commit();
  spdlog::info("storage: applied migration name={}", name);
  return true;
}

} // namespace

caf::expected<std::uint32_t> migrate(const connection_options& owner,
                                     const std::vector<migration>& files) {
  try {
    connection at{owner};
    auto& session = at.session();
    {
      pqxx::nontransaction txn{session};
      txn.exec("set statement_timeout = 0; set lock_timeout = 0;"
               "set idle_in_transaction_session_timeout = 0;");
      txn.exec(take_lock); // until the session ends
      txn.exec(make_table);
    }
    std::uint32_t count = 0;
    for (const auto& file : files) {
      auto is_new = apply(session, file);
      if (!is_new)
        return std::move(is_new.error());
      count += *is_new ? 1 : 0;
    }
    return count;
  } catch (const std::exception& thrown) {
    return caf::make_error(errc::unavailable,
                           std::string{"cannot migrate the database: "} + thrown.what());
  }
}

} // namespace caly::pg
