#pragma once

#include "storage/pg/connection.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace caly::pg {

struct migration {
  std::string_view name; ///< 0001_tables.sql
  std::string_view sql;
};

/// The files of `storage/migrations`, in order, as this binary was built with.
const std::vector<migration>& embedded_migrations();

/// Patience with a database that others use.
struct migrate_limits {
  /// A file that waits for a lock makes everybody queue behind it: it gives up soon ...
  std::chrono::milliseconds lock_timeout{2000};
  /// ... and tries again, so often in all, a second apart.
  std::uint32_t tries_max = 30;
  std::chrono::milliseconds pause{1000};
  /// For another node that migrates.
  std::chrono::milliseconds turn_timeout{600'000};
};

/// Brings the database up to date: each file whole, in a transaction of its own, once,
/// under a lock that lets several nodes start together. Answers how many were new. Files
/// that begin with `-- outside a transaction` run statement by statement
/// (storage/migrations/README.md). A database that a newer build has extended is left as
/// it is; one from which a newer build took something away is refused.
/// Errors: `conflict` (a file was changed after it had been applied; the database is too
/// new), `invalid` (a file does not run), `unavailable`.
caf::expected<std::uint32_t>
migrate(const connection_options& owner,
        const std::vector<migration>& files = embedded_migrations(),
        const migrate_limits& limits = {});

} // namespace caly::pg
