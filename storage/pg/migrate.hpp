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

/// Brings the database up to date: each file whole, in a transaction of its own, once,
/// under a lock that lets several nodes start together. Answers how many were new.
/// Errors: `conflict` (a file was changed after it had been applied), `invalid` (a file
/// does not run), `unavailable`.
caf::expected<std::uint32_t>
migrate(const connection_options& owner,
        const std::vector<migration>& files = embedded_migrations());

} // namespace caly::pg
