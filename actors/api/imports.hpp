#pragma once

#include "actors/model/ids.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>

#include <string>

namespace caly {

/// Reads an uploaded file into the import that was begun for it, and removes the file.
/// Asking for an import that runs here already, or whose rows are all kept, does nothing.
struct run_import {
  tenant_id tenant;
  import_id import;
  std::string path;
  std::string default_country;
  std::string mapping; ///< JSON object field -> column

  template <class Inspector>
  friend auto inspect(Inspector& f, run_import& x) {
    return f(caf::meta::type_name("caly.run_import"),
             x.tenant,
             x.import,
             x.path,
             x.default_country,
             x.mapping);
  }
};

/// Asks what a file looks like, from its beginning.
struct preview_file {
  std::string head;
  bool truncated = false; ///< there is more than `head`
  std::string default_country;
  std::string mapping; ///< JSON object; empty: by the titles

  template <class Inspector>
  friend auto inspect(Inspector& f, preview_file& x) {
    return f(caf::meta::type_name("caly.preview_file"),
             x.head,
             x.truncated,
             x.default_country,
             x.mapping);
  }
};

/// Asks for a piece of errors.csv; the first piece begins with the titles.
struct read_import_errors {
  tenant_id tenant;
  import_id import;
  std::string cursor; ///< empty: the first piece

  template <class Inspector>
  friend auto inspect(Inspector& f, read_import_errors& x) {
    return f(
        caf::meta::type_name("caly.read_import_errors"), x.tenant, x.import, x.cursor);
  }
};

struct import_errors_text {
  std::string csv;
  std::string next_cursor;
  bool has_more = false;

  template <class Inspector>
  friend auto inspect(Inspector& f, import_errors_text& x) {
    return f(caf::meta::type_name("caly.import_errors_text"),
             x.csv,
             x.next_cursor,
             x.has_more);
  }
};

/// The IMPORT RUNNER of a node reads files. It works on its own thread.
using import_runner_actor =
    caf::typed_actor<caf::reacts_to<run_import>,
                     // JSON: columns, delimiter, encoding, mapping, sample, variables,
                     // problem. Errors: `invalid` when not even the titles can be read.
                     caf::replies_to<preview_file>::with<std::string>,
                     // Errors: `not_found`, `unavailable`.
                     caf::replies_to<read_import_errors>::with<import_errors_text>,
                     caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
