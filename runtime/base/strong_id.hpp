#pragma once

#include "runtime/base/uuid.hpp"

#include <string>
#include <string_view>

namespace caly {

/// An id that cannot be mixed up with an id of another kind.
///
/// `Tag::prefix` tells the kinds apart on the outside: `cmp_` + 32 hex digits. Inside and
/// in the database only the 128 bits travel.
template <class Tag>
class strong_id {
public:
  strong_id() = default;

  explicit strong_id(const uuid& value) : value_{value} {}

  /// A new id, sortable by the time it was made.
  static strong_id make() { return strong_id{make_uuid()}; }

  /// Reads what `str()` wrote; a missing or wrong prefix is `nullopt`.
  static std::optional<strong_id> parse(std::string_view text) {
    constexpr std::string_view prefix = Tag::prefix;
    if (!text.starts_with(prefix) || text.size() != prefix.size() + 33 ||
        text[prefix.size()] != '_')
      return std::nullopt;
    const auto value = parse_uuid(text.substr(prefix.size() + 1));
    if (!value)
      return std::nullopt;
    return strong_id{*value};
  }

  /// The form that users, URLs and providers see.
  std::string str() const { return std::string{Tag::prefix} + '_' + to_hex(value_); }

  /// The form that SQL parameters take.
  std::string sql() const { return caly::to_string(value_); }

  const uuid& value() const noexcept { return value_; }

  bool empty() const noexcept { return value_.empty(); }

  friend auto operator<=>(const strong_id&, const strong_id&) = default;

  friend std::string to_string(const strong_id& id) { return id.str(); }

  template <class Inspector>
  friend auto inspect(Inspector& f, strong_id& x) {
    return f(x.value_.bytes);
  }

private:
  uuid value_;
};

} // namespace caly

template <class Tag>
struct std::hash<caly::strong_id<Tag>> {
  std::size_t operator()(const caly::strong_id<Tag>& id) const noexcept {
    return std::hash<caly::uuid>{}(id.value());
  }
};
