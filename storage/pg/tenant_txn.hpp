#pragma once

#include "actors/model/ids.hpp"
#include "storage/pg/connection.hpp"

#include <optional>

namespace caly::pg {

/// A transaction for tenants: the only way to run statements. Rolls back unless
/// committed. The tenant is a setting of this transaction alone and decides which rows
/// exist.
class tenant_txn {
public:
  enum class mode {
    whole, ///< BEGIN … COMMIT around all statements
    single ///< exactly one statement, which commits by itself and enters its tenant
           ///< itself
  };

  explicit tenant_txn(connection& at, mode how = mode::whole);

  /// What follows is done for `tenant`; an empty one sees no tenant's rows.
  void enter(const tenant_id& tenant);

  pqxx::result run(const statement& what, const parameters& arguments);

  /// Plans anew each time: for few large statements whose best plan depends on the rows.
  pqxx::result run_planned(const statement& what, const parameters& arguments);

  /// For COPY and the like.
  pqxx::transaction_base& raw() { return *transaction_; }

  /// Throws `pqxx::in_doubt_error` when the connection breaks meanwhile.
  void commit();

private:
  connection& connection_;
  std::unique_ptr<pqxx::transaction_base> transaction_;
  std::optional<tenant_id> tenant_;
  mode mode_;
};

} // namespace caly::pg
