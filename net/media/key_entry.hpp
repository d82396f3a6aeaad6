#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace caly {

/// The keys that a caller presses, as one entry: it ends with # or with a pause.
class key_entry {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::milliseconds pause{2'000};
  static constexpr std::size_t keys_max = 32; ///< More are dropped.

  void press(char key, time_point now);

  /// The entry, once it has ended: what a language model is told of it. Card numbers and
  /// codes are not read out; the model's rules say so.
  std::optional<std::string> take(time_point now);

private:
  std::string keys_;
  time_point due_;
};

} // namespace caly
