#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace caly {

/// A 128-bit identifier (RFC 9562). All zero means "none" and is never stored.
struct uuid {
  std::array<std::uint8_t, 16> bytes{};

  bool empty() const noexcept { return *this == uuid{}; }

  friend auto operator<=>(const uuid&, const uuid&) = default;

  /// Sent as 16 raw bytes.
  template <class Inspector>
  friend auto inspect(Inspector& f, uuid& x) {
    return f(x.bytes);
  }
};

/// A new version 7 id: 48 bits of Unix milliseconds, then random bits. Ids made in one
/// process within the same millisecond still sort in the order they were made.
uuid make_uuid();

/// Dashed lower-case text, as PostgreSQL prints it.
std::string to_string(const uuid& id);

/// 32 lower-case hex digits.
std::string to_hex(const uuid& id);

/// Reads 32 hex digits with or without dashes; anything else is `nullopt`.
std::optional<uuid> parse_uuid(std::string_view text);

} // namespace caly

template <>
struct std::hash<caly::uuid> {
  std::size_t operator()(const caly::uuid& id) const noexcept {
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
  }
};
