#pragma once

#include "net/media/carrier_wire.hpp"
#include "net/media/g711.hpp"
#include "net/media/resampler.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace caly::browser {

/// The line of one call, for as long as its wire lives: tells when it was joined and when
/// it is gone.
class line {
public:
  virtual ~line() = default;
  virtual void joined() = 0;
};

/// A browser's media socket: JSON messages with 16-bit samples at 16 kHz in both
/// directions (README.md has them all). Brains that want no more than a telephone hear
/// and speak µ-law: both directions are recoded here.
class media_wire : public carrier_wire {
public:
  /// Samples of one message, at most.
  static constexpr std::size_t samples_max = 8'000;

  media_wire(std::string stream_id, std::unique_ptr<line> held);

  bool read(std::string_view text, carrier_message& message) override;
  void play(ws_link& link, std::string_view audio) override;
  void mark(ws_link& link, std::string_view name) override;
  void clear(ws_link& link) override;

private:
  bool take_audio(std::string_view data, carrier_message& message);

  std::string stream_id_; ///< Needs no escaping in JSON.
  std::unique_ptr<line> line_;
  resampler from_browser_;
  resampler to_browser_;
  std::uint64_t samples_in_ = 0;
  // Kept for their memory.
  std::string bytes_;
  pcm_samples samples_;
  pcm_samples resampled_;
};

} // namespace caly::browser
