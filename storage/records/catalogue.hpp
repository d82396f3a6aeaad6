#pragma once

#include "actors/api/records.hpp"
#include "storage/pg/tenant_txn.hpp"

#include <caf/expected.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The named statements behind `records`; README.md lists them for their callers.
namespace caly::records {

enum class shape : std::uint8_t {
  row,   ///< one object; none is `not_found`
  maybe, ///< one object or null
  list   ///< an array; a cursor when the last argument is one
};

/// One entry as its file writes it.
struct record {
  const char* name;
  shape answers;
  /// The arguments in order, `kind name`, comma separated; `kind?` may be absent. Kinds:
  /// see README.md. A last argument `cursor` pages.
  const char* arguments;
  /// SQL with `:name` for arguments and `:tenant`, `:limit` (one more than asked, to see
  /// whether there are more) and `:cursor` (the key of the last row seen). `{a part in
  /// braces}` is there only when every argument that it names is: a filter that is not
  /// asked for must not spoil the plan. A paged statement's column `~cursor` is the key
  /// of its row.
  std::string sql;
  /// A change that runs first, with the same names; its own answer is not used.
  std::string change = {};
};

std::span<const record> account_records();
std::span<const record> agent_records();
std::span<const record> contact_records();
std::span<const record> import_records();
std::span<const record> campaign_records();
std::span<const record> progress_records();
std::span<const record> forecast_records();
std::span<const record> call_records();
std::span<const record> recording_records();
std::span<const record> transfer_records();
std::span<const record> billing_records();
std::span<const record> analytics_records();
std::span<const record> console_records();

/// Runs one request. Expected failures are values; throws what libpqxx throws.
caf::expected<record_answer> run(pg::tenant_txn& txn, const run_record& ask);

/// True for statements that answer an array and change nothing.
bool is_list(const std::string& statement);

/// True for lists that are one statement, which enters its tenant itself: they may run
/// without a transaction around them.
bool is_whole(const std::string& statement);

/// For tests: the names of all statements, and their SQL in every variant.
std::vector<std::string_view> names();
std::vector<std::string> texts();

} // namespace caly::records
