#pragma once

#include "actors/model/ids.hpp"
#include "runtime/base/caf_optional.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>

#include <optional>
#include <string>
#include <vector>

namespace caly {

/// A statement argument as text; absent means NULL.
using record_argument = std::optional<std::string>;

/// Runs the named statement of the record catalogue (`storage/records`) in one
/// transaction under `tenant`'s row-level security. An empty tenant is for the few
/// routing statements that run before the tenant is known (sign-in, called number).
struct run_record {
  tenant_id tenant;
  std::string statement;
  std::vector<record_argument> arguments;
  /// Lists: at most this many rows; 0 for statements that answer one row or none.
  std::uint32_t limit = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, run_record& x) {
    return f(caf::meta::type_name("caly.run_record"),
             x.tenant,
             x.statement,
             x.arguments,
             x.limit);
  }
};

/// What a statement answered, as JSON text ready for a response: an array for lists, an
/// object for single rows.
struct record_answer {
  std::string json;
  /// Lists: the cursor of the last row, when there are more.
  std::string next_cursor;
  bool has_more = false;
  /// Rows answered or changed.
  std::uint64_t rows = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, record_answer& x) {
    return f(caf::meta::type_name("caly.record_answer"),
             x.json,
             x.next_cursor,
             x.has_more,
             x.rows);
  }
};

/// RECORDS serve everything that is plain reading and writing of rows: lists, single
/// documents, settings. What must keep an invariant over rows has a port of its own.
using records_actor = caf::typed_actor<
    // Errors: `not_found` (one row asked, none there), `conflict` (unique or foreign key,
    // or a guarded update that changed nothing), `invalid` (unknown statement, bad
    // value), `unavailable`.
    caf::replies_to<run_record>::with<record_answer>,
    caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
