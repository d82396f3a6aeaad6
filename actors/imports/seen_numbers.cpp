#include "actors/imports/seen_numbers.hpp"

#include <random>

namespace caly {

namespace {

std::uint64_t make_secret() {
  std::random_device source;
  return (static_cast<std::uint64_t>(source()) << 32) | source();
}

std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdull;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ull;
  return x ^ (x >> 33);
}

} // namespace

seen_numbers::seen_numbers() : secret_{make_secret()}, slots_(1024) {}

std::uint32_t seen_numbers::first_row(phone_number number, std::uint32_t row) {
  auto at = find(number.digits());
  if (slots_[at].digits != 0)
    return slots_[at].row;
  if (++used_ * 2 > slots_.size()) {
    grow();
    at = find(number.digits());
  }
  slots_[at] = {number.digits(), row};
  return row;
}

/// The slot that holds `digits`, or the free one where they belong.
std::size_t seen_numbers::find(std::uint64_t digits) const {
  const auto mask = slots_.size() - 1;
  auto at = static_cast<std::size_t>(mix(digits ^ secret_)) & mask;
  while (slots_[at].digits != 0 && slots_[at].digits != digits)
    at = (at + 1) & mask;
  return at;
}

void seen_numbers::grow() {
  std::vector<slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const auto& x : old)
    if (x.digits != 0)
      slots_[find(x.digits)] = x;
}

} // namespace caly
