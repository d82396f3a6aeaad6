#pragma once

#include "actors/model/phone_number.hpp"

#include <cstdint>
#include <vector>

namespace caly {

/// Remembers in which row a number stood first. A flat table, because a file brings up to
/// 150,000 of them; its order depends on a secret, so that no file can make it slow.
class seen_numbers {
public:
  seen_numbers();

  /// The row where `number` stood first: `row` itself when it is new.
  std::uint32_t first_row(phone_number number, std::uint32_t row);

private:
  struct slot {
    std::uint64_t digits = 0;
    std::uint32_t row = 0;
  };

  std::size_t find(std::uint64_t digits) const;
  void grow();

  std::uint64_t secret_;
  std::size_t used_ = 0;
  std::vector<slot> slots_;
};

} // namespace caly
