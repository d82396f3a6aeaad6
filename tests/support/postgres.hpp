#pragma once

#include <string>

namespace caly::test {

/// A connection string of a new, migrated database that only the caller uses.
///
/// The server is CALY_TEST_DATABASE_URL (libpq keywords, a role that may create
/// databases) or else a private PostgreSQL that starts with the first call, listens on a
/// Unix socket in a temporary folder and ends with this process.
std::string fresh_database();

/// The same, but empty.
std::string empty_database();

} // namespace caly::test
