#pragma once

#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>

namespace caly {

/// Keeps a copy of `file` under `key`; what was there is replaced. `key` is one or more
/// names of letters, digits, `_`, `-` and `.`, apart by slashes.
struct put_blob {
  std::string key;
  std::string file;
  std::string content_type;

  template <class Inspector>
  friend auto inspect(Inspector& f, put_blob& x) {
    return f(caf::meta::type_name("caly.put_blob"), x.key, x.file, x.content_type);
  }
};

/// At most `bytes_max` bytes from `offset` on, which is before the end.
struct read_blob {
  std::string key;
  std::uint64_t offset = 0;
  std::uint32_t bytes_max = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, read_blob& x) {
    return f(caf::meta::type_name("caly.read_blob"), x.key, x.offset, x.bytes_max);
  }
};

struct blob_piece {
  std::string bytes; ///< at least one

  template <class Inspector>
  friend auto inspect(Inspector& f, blob_piece& x) {
    return f(caf::meta::type_name("caly.blob_piece"), x.bytes);
  }
};

/// Deletes what is under `key`; false when nothing was.
struct remove_blob {
  std::string key;

  template <class Inspector>
  friend auto inspect(Inspector& f, remove_blob& x) {
    return f(caf::meta::type_name("caly.remove_blob"), x.key);
  }
};

/// A BLOB STORE keeps files for long. Requests may be repeated. Errors of all:
/// `unavailable` (try again), `refused` (it never will: a wrong key, account or bucket),
/// `invalid` (no such key can be).
using blob_store_actor =
    caf::typed_actor<caf::replies_to<put_blob>::with<bool>,
                     // Errors: `not_found`.
                     caf::replies_to<read_blob>::with<blob_piece>,
                     caf::replies_to<remove_blob>::with<bool>,
                     caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
