#pragma once

#include "actors/model/ids.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace caly {

/// Starts an import, or finds the one of the same file, country and mapping.
struct begin_import {
  tenant_id tenant;
  import_id import;        ///< used when it is new
  std::string content_key; ///< sha256, hex, of file + country + mapping
  std::string file_name;
  std::string default_country;
  std::string mapping; ///< JSON object

  template <class Inspector>
  friend auto inspect(Inspector& f, begin_import& x) {
    return f(caf::meta::type_name("caly.begin_import"),
             x.tenant,
             x.import,
             x.content_key,
             x.file_name,
             x.default_country,
             x.mapping);
  }
};

struct import_begun {
  import_id import;
  std::string status;  ///< processing, completed, failed
  bool is_new = false; ///< false: found, nothing to do unless it is still processing

  template <class Inspector>
  friend auto inspect(Inspector& f, import_begun& x) {
    return f(caf::meta::type_name("caly.import_begun"), x.import, x.status, x.is_new);
  }
};

struct import_row {
  std::int32_t row_no = 0;
  std::string phone; ///< E.164
  std::string name;
  std::string time_zone; ///< IANA name, empty when unknown
  std::string tags;      ///< comma separated
  std::string variables; ///< JSON object

  template <class Inspector>
  friend auto inspect(Inspector& f, import_row& x) {
    return f(caf::meta::type_name("caly.import_row"),
             x.row_no,
             x.phone,
             x.name,
             x.time_zone,
             x.tags,
             x.variables);
  }
};

struct import_error {
  std::int32_t row_no = 0;
  std::string code;
  std::string message;
  std::string suggestion;
  std::string cells; ///< JSON array of the original cells

  template <class Inspector>
  friend auto inspect(Inspector& f, import_error& x) {
    return f(caf::meta::type_name("caly.import_error"),
             x.row_no,
             x.code,
             x.message,
             x.suggestion,
             x.cells);
  }
};

/// A batch of accepted and refused rows, in one transaction by COPY. Counts of imported,
/// updated, duplicate_in_system and suppressed rows are the store's to decide and add to
/// the import's row. Repeating a batch changes nothing.
struct save_import_rows {
  tenant_id tenant;
  import_id import;
  std::vector<import_row> rows;
  std::vector<import_error> errors; ///< also duplicates in the file (E_DUP_IN_FILE)

  template <class Inspector>
  friend auto inspect(Inspector& f, save_import_rows& x) {
    return f(caf::meta::type_name("caly.save_import_rows"),
             x.tenant,
             x.import,
             x.rows,
             x.errors);
  }
};

/// Ends an import; with an `error_code` it failed as a whole.
struct finish_import {
  tenant_id tenant;
  import_id import;
  std::string columns; ///< JSON array of names
  std::string mapping; ///< JSON object field -> column, as used
  std::string sample;  ///< JSON array of rows
  std::string error_code;
  std::string error_message;

  template <class Inspector>
  friend auto inspect(Inspector& f, finish_import& x) {
    return f(caf::meta::type_name("caly.finish_import"),
             x.tenant,
             x.import,
             x.columns,
             x.mapping,
             x.sample,
             x.error_code,
             x.error_message);
  }
};

/// The IMPORT STORE. Errors of all: `unavailable`, `not_found`.
using import_store_actor =
    caf::typed_actor<caf::replies_to<begin_import>::with<import_begun>,
                     // Answers the rows of this import kept so far, good and bad.
                     caf::replies_to<save_import_rows>::with<std::uint64_t>,
                     caf::replies_to<finish_import>::with<bool>,
                     caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
