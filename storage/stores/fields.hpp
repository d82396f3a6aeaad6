#pragma once

#include "actors/model/ids.hpp"

#include <pqxx/field>

#include <charconv>
#include <string>

/// Reading the fields of a row; a NULL is the type's empty value.
namespace caly::pg {

template <class Id>
Id id_of(const pqxx::field& from) {
  const auto value = parse_uuid({from.c_str(), static_cast<std::size_t>(from.size())});
  return value ? Id{*value} : Id{};
}

inline std::string text_of(const pqxx::field& from) {
  return {from.c_str(), static_cast<std::size_t>(from.size())};
}

template <class Number = std::int64_t>
Number number_of(const pqxx::field& from) {
  Number out{};
  std::from_chars(from.c_str(), from.c_str() + from.size(), out);
  return out;
}

inline bool flag_of(const pqxx::field& from) {
  return from.c_str()[0] == 't';
}

} // namespace caly::pg
