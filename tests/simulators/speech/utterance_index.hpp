#pragma once

#include "tests/simulators/speech/speech.hpp"

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace caly::sim {

/// Knows every utterance of the sandbox by its sound, so that a simulated model hears the
/// true words of a simulated callee although their audio went through Caly.
class utterance_index {
public:
  void add(const utterance_ptr& spoken);
  void remove(const utterance_ptr& spoken);

  /// The utterances that contain exactly this 20 ms frame.
  std::vector<std::uint32_t> with_frame(std::string_view frame) const;
  utterance_ptr find(std::uint32_t id) const;

  /// The utterance whose loudness over time is most like `levels` (one a frame), for
  /// audio that was transcoded on its way; null when none is alike.
  utterance_ptr alike(const std::vector<int>& levels) const;

private:
  struct known {
    utterance_ptr spoken;
    std::vector<float> shape; ///< Loudness a frame, mean 0, length 1.
  };

  std::unordered_map<std::uint32_t, known> utterances_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> frames_;
};

} // namespace caly::sim
