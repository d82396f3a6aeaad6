#pragma once

#include "storage/pg/statement.hpp"

#include <pqxx/pqxx>

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_set>

namespace caly::pg {

struct connection_options {
  std::string url;  ///< libpq keywords or a postgresql:// URI
  std::string role; ///< SET ROLE after connecting; empty: none
  /// Joins only by looking up keys: for statements whose plans must not depend on how
  /// full the tables were when the plan was made.
  bool lookups_only = false;
  std::chrono::milliseconds connect_timeout{2000};
  std::chrono::milliseconds tcp_user_timeout{3000};
  std::chrono::milliseconds statement_timeout{5000};
  std::chrono::milliseconds lock_timeout{2000};
  std::chrono::milliseconds idle_in_transaction_timeout{5000};
};

/// One session with the database; one thread at a time. It never comes back to life by
/// itself: after a break throw it away and make a new one, because session settings and
/// prepared statements are gone.
class connection {
public:
  /// Connects. Throws `pqxx::broken_connection`.
  explicit connection(const connection_options& options);

  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  pqxx::connection& session() noexcept { return session_; }

  /// Prepares `what` unless this session has it.
  void prepare(const statement& what);

private:
  pqxx::connection session_;
  std::unordered_set<const char*> prepared_;
};

/// `url` with the limits on connecting and on dead peers added, as libpq reads them.
std::string with_connect_limits(const connection_options& options);

} // namespace caly::pg
