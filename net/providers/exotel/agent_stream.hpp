#pragma once

#include "net/media/carrier_wire.hpp"
#include "net/media/g711.hpp"
#include "net/media/resampler.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace caly {
class json;
} // namespace caly

namespace caly::exotel {

/// What Exotel takes in one message: a multiple of this, at most 100 kB.
inline constexpr std::size_t chunk_step_bytes = 320;
inline constexpr std::size_t chunk_bytes_max = 99'840;
inline constexpr std::size_t chunk_bytes_default = 3'200;

/// AgentStream, Exotel's media socket: 16-bit samples at 8, 16 or 24 kHz. Reads names in
/// snake_case and camelCase, numbers as numbers and text, and answers in the style of
/// `start`. Brains hear and speak µ-law: both directions are recoded here.
class media_wire : public carrier_wire {
public:
  /// Sends pieces of `chunk_bytes`, a multiple of `chunk_step_bytes` up to
  /// `chunk_bytes_max`.
  explicit media_wire(std::size_t chunk_bytes = chunk_bytes_default)
      : chunk_bytes_{chunk_bytes} {}

  bool read(std::string_view text, carrier_message& message) override;
  /// Keeps back what fills no piece until more comes, or the next mark.
  void play(ws_link& link, std::string_view audio) override;
  /// Before it goes what was kept back, filled up with silence.
  void mark(ws_link& link, std::string_view name) override;
  void clear(ws_link& link) override;

private:
  /// A frame as it stands in the message.
  struct frame {
    std::string_view payload;
    std::int64_t timestamp_ms = -1;
    std::int64_t sequence = -1;
  };

  static bool read_fast(std::string_view text, frame& found);
  bool read_tree(std::string_view text, carrier_message& message);
  bool read_start(const json& message, carrier_message& out);
  bool take_audio(const frame& found, carrier_message& message);
  void send_audio(ws_link& link, std::string_view pcm);
  std::string opening(std::string_view event);

  std::size_t chunk_bytes_;
  std::string stream_id_;
  bool camel_ = false; ///< `streamSid`, not `stream_sid`
  unsigned rate_hz_ = 8'000;
  resampler from_carrier_{8'000, 8'000};
  resampler to_carrier_{8'000, 8'000};
  std::uint64_t sequence_ = 0;
  std::uint64_t chunks_ = 0;
  std::uint64_t sent_bytes_ = 0;
  std::string pending_; ///< samples that fill no piece yet
  // Kept for their memory.
  std::string bytes_;
  pcm_samples samples_;
  pcm_samples resampled_;
};

} // namespace caly::exotel
