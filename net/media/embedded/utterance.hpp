#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace caly {

/// Cuts the caller's audio into utterances: from a little before the first voiced frame
/// to the pause behind the last one.
class utterance {
public:
  /// Of the 16-bit samples at 16 kHz.
  static constexpr std::size_t bytes_a_ms = 32;
  /// Kept from before the first voiced frame.
  static constexpr std::chrono::milliseconds before{300};
  /// Less speech than this is a noise.
  static constexpr std::chrono::milliseconds speech_min{120};
  /// Then it ends without a pause.
  static constexpr std::chrono::milliseconds length_max{15'000};

  /// Any number of samples.
  void add(std::string_view samples);

  /// 20 ms of the line went by. The utterance, when the caller was quiet for `pause` and
  /// said something before.
  std::optional<std::string> frame(bool voiced, std::chrono::milliseconds pause);

  /// The caller is in the middle of one.
  bool speaking() const noexcept { return speaking_; }

  /// Forgets what was said so far.
  void drop();

private:
  std::string samples_;
  std::chrono::milliseconds voiced_{0};
  std::chrono::milliseconds quiet_{0};
  bool speaking_ = false;
};

} // namespace caly
