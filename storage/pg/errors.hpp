#pragma once

#include <caf/error.hpp>
#include <pqxx/except>

namespace caly::pg {

/// What a failure means for the connection and the transaction.
enum class failure {
  broken,  ///< The connection is gone, or the outcome of a commit is not known.
  retry,   ///< Nothing happened; the same again may work at once.
  refused, ///< The statement is wrong for these rows; again will not help.
};

failure classify(const std::exception& thrown);

/// The error for the caller. Texts of the database hold row values and stay here; only
/// the sentences of our own SQL functions (SQLSTATE class CY) travel.
caf::error to_error(const std::exception& thrown);

} // namespace caly::pg
