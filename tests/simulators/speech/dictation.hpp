#pragma once

#include "tests/simulators/openai/ear.hpp"
#include "tests/simulators/speech/utterance_index.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace caly::sim {

/// Writes down one stream of audio, as a dictation service does: words so far while
/// somebody speaks, settled words at each pause. Time counts in audio.
class dictation {
public:
  struct listener {
    std::function<void(int at_ms)> started;
    std::function<void(int from_ms, int to_ms, const std::string& so_far)> partial;
    std::function<void(int from_ms, int to_ms, const std::string& words)> settled;
  };

  dictation(const utterance_index& known, int pause_ms, listener tell);

  /// µ-law, 8 kHz.
  void hear(std::string_view audio);
  /// Settles what was heard; without any words the listener is told none.
  void settle();

  int heard_ms() const { return static_cast<int>(bytes_ / 8); }

private:
  void settle(const std::string& words);

  listener tell_;
  realtime_config config_{"dictation"};
  ear ear_;
  std::size_t bytes_ = 0;
  int settled_ms_ = 0;
  int told_ms_ = 0; ///< When the last partial words were told.
  bool speaking_ = false;
  std::string so_far_;
};

} // namespace caly::sim
