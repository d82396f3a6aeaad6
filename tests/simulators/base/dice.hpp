#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace caly::sim {

/// FNV-1a; the same text has the same hash on every machine.
std::uint64_t hash_of(std::string_view text) noexcept;

/// A row of choices that depends only on the seed and a text (a number, a call).
class dice {
public:
  dice(std::uint64_t seed, std::string_view text) noexcept;

  std::uint64_t next() noexcept;
  /// Evenly from `min` up to but without `max`.
  double between(double min, double max) noexcept;

  bool chance(double probability) noexcept { return between(0, 1) < probability; }

  /// From 0 to `count - 1`; `count` must not be 0.
  std::size_t index(std::size_t count) noexcept { return next() % count; }

private:
  std::uint64_t state_;
};

} // namespace caly::sim
