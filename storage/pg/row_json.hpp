#pragma once

#include <pqxx/result>

#include <string>
#include <vector>

namespace caly::pg {

/// Writes the rows of a result as JSON objects, by the types of their columns.
///
/// A column's name says where its value goes: `name` a member; `id:cmp` a UUID as the
/// public id `cmp_` + 32 hex; `a.b` member `b` of an object `a` (columns of one object
/// stand side by side; when all are NULL and the name is `a?.b` the object is null);
/// `~…` is not written (keys of cursors).
class row_writer {
public:
  explicit row_writer(const pqxx::result& rows);

  void append(std::string& out, const pqxx::row& row) const;

private:
  enum class kind : std::uint8_t { text, plain, boolean, time, id, texts, skipped };

  struct column {
    kind type = kind::text;
    std::string key;    ///< `,"name":`, or without the comma for the first of its object
    std::string prefix; ///< `"cmp_` of ids
    std::string object; ///< `,"a":` where object `a` begins, else empty
    bool nullable_object = false;
    std::size_t last = 0; ///< of the object that begins here
    bool closes = false;  ///< the object ends here
  };

  static kind kind_of(unsigned type);
  void append_value(std::string& out, const column& at, const pqxx::field& value) const;
  bool all_null(const pqxx::row& row, std::size_t from) const;

  std::vector<column> columns_;
};

} // namespace caly::pg
