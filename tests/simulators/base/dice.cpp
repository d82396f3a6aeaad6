#include "tests/simulators/base/dice.hpp"

namespace caly::sim {

std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const auto c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

dice::dice(std::uint64_t seed, std::string_view text) noexcept
    : state_{seed * 0x9e3779b97f4a7c15 ^ hash_of(text)} {}

// SplitMix64.
std::uint64_t dice::next() noexcept {
  state_ += 0x9e3779b97f4a7c15;
  auto z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

double dice::between(double min, double max) noexcept {
  constexpr double steps = 9007199254740992.0; // 2^53
  return min + (max - min) * (static_cast<double>(next() >> 11) / steps);
}

} // namespace caly::sim
