#include "storage/pg/row_json.hpp"

#include "runtime/base/json.hpp"
#include "storage/pg/times.hpp"

#include <algorithm>
#include <string_view>

namespace caly::pg {

namespace {

/// Type ids that PostgreSQL never changes (pg_type.dat).
enum oid : unsigned {
  oid_bool = 16,
  oid_int8 = 20,
  oid_int2 = 21,
  oid_int4 = 23,
  oid_json = 114,
  oid_float4 = 700,
  oid_float8 = 701,
  oid_int4_array = 1007,
  oid_text_array = 1009,
  oid_timestamptz = 1184,
  oid_numeric = 1700,
  oid_jsonb = 3802,
};

std::string_view view(const pqxx::field& value) {
  return {value.c_str(), static_cast<std::size_t>(value.size())};
}

/// A one-dimensional text array as PostgreSQL prints it: `{a,"b c",NULL}`.
void append_texts(std::string& out, std::string_view text) {
  out += '[';
  bool first = true;
  for (std::size_t i = 1; i + 1 < text.size();) {
    std::string element;
    if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\')
          ++i;
        element += text[i];
      }
      ++i;
    } else {
      while (i + 1 < text.size() && text[i] != ',')
        element += text[i++];
    }
    if (!first)
      out += ',';
    first = false;
    append_json_string(out, element);
    ++i; // the comma
  }
  out += ']';
}

void append_id(std::string& out, const std::string& prefix, std::string_view uuid) {
  char hex[32];
  std::size_t length = 0;
  for (const char c : uuid)
    if (c != '-' && length < sizeof hex)
      hex[length++] = c;
  out += prefix;
  out.append(hex, length);
  out += '"';
}

bool needs_escape(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 ||
         static_cast<unsigned char>(c) >= 0x7f;
}

/// Most texts of rows are plain ASCII, which goes out whole.
void append_text(std::string& out, std::string_view text) {
  if (std::any_of(text.begin(), text.end(), needs_escape)) {
    append_json_string(out, text);
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

} // namespace

row_writer::kind row_writer::kind_of(unsigned type) {
  switch (type) {
  case oid_bool:
    return kind::boolean;
  case oid_int2:
  case oid_int4:
  case oid_int8:
  case oid_float4:
  case oid_float8:
  case oid_numeric:
  case oid_json:
  case oid_jsonb:
    return kind::plain;
  case oid_text_array:
  case oid_int4_array:
    return kind::texts;
  case oid_timestamptz:
    return kind::time;
  default:
    return kind::text;
  }
}

row_writer::row_writer(const pqxx::result& rows) {
  std::string open;      // the object that the column before belongs to
  std::size_t begin = 0; // where it begins
  bool first = true;
  for (pqxx::row_size_type i = 0; i < rows.columns(); ++i) {
    std::string_view name = rows.column_name(i);
    auto& at = columns_.emplace_back();
    if (name.starts_with('~')) {
      at.type = kind::skipped;
      continue;
    }
    std::string object;
    if (const auto dot = name.find('.'); dot != std::string_view::npos) {
      object = name.substr(0, dot);
      name.remove_prefix(dot + 1);
    }
    if (object != open) {
      open = object;
      if (object.ends_with('?')) {
        at.nullable_object = true;
        object.pop_back();
      }
      if (!object.empty()) {
        at.object = (first ? "\"" : ",\"") + object + "\":";
        begin = at.last = static_cast<std::size_t>(i);
        first = true;
      }
    } else if (!open.empty()) {
      columns_[columns_[begin].last].closes = false;
      columns_[begin].last = static_cast<std::size_t>(i);
    }
    at.closes = !open.empty();
    if (const auto colon = name.find(':'); colon != std::string_view::npos) {
      at.type = kind::id;
      at.prefix = '"' + std::string{name.substr(colon + 1)} + '_';
      name = name.substr(0, colon);
    } else {
      at.type = kind_of(static_cast<unsigned>(rows.column_type(i)));
    }
    at.key = (first ? "\"" : ",\"") + std::string{name} + "\":";
    first = false;
  }
}

void row_writer::append_value(std::string& out,
                              const column& at,
                              const pqxx::field& value) const {
  if (value.is_null()) {
    out += "null";
    return;
  }
  const auto text = view(value);
  switch (at.type) {
  case kind::plain:
    out += text;
    break;
  case kind::boolean:
    out += text == "t" ? "true" : "false";
    break;
  case kind::texts:
    append_texts(out, text);
    break;
  case kind::id:
    append_id(out, at.prefix, text);
    break;
  case kind::time:
    if (text.ends_with("infinity")) {
      out += "null";
      break;
    }
    out += '"';
    append_sql_time(out, text);
    out += '"';
    break;
  default:
    append_text(out, text);
  }
}

bool row_writer::all_null(const pqxx::row& row, std::size_t from) const {
  for (auto i = from; i <= columns_[from].last; ++i)
    if (!row[static_cast<pqxx::row_size_type>(i)].is_null())
      return false;
  return true;
}

void row_writer::append(std::string& out, const pqxx::row& row) const {
  out += '{';
  // An iterator walks the fields without a counted copy of the row for each.
  auto value = row.begin();
  for (std::size_t i = 0; i < columns_.size(); ++i, ++value) {
    const auto& at = columns_[i];
    if (at.type == kind::skipped)
      continue;
    if (!at.object.empty()) {
      out += at.object;
      if (at.nullable_object && all_null(row, i)) {
        out += "null";
        for (; i < at.last; ++i)
          ++value;
        continue;
      }
      out += '{';
    }
    out += at.key;
    append_value(out, at, *value);
    if (at.closes)
      out += '}';
  }
  out += '}';
}

} // namespace caly::pg
