#pragma once

#include <cstdint>

namespace caly::bench {

/// What a vendor did for a turn.
enum class vendor_step : std::uint8_t {
  words_settled, ///< the ear is about to send what the caller said
  mind_asked,    ///< the whole request has come
  mind_spoke,    ///< it is about to send the first sentence
  voice_asked,   ///< the whole request for that sentence has come
  voice_spoke,   ///< it is about to send the first sound
};

/// Told by the vendors' threads, at the very moment.
class vendor_watch {
public:
  virtual ~vendor_watch() = default;

  virtual void did(vendor_step step, std::uint32_t call, std::uint32_t turn) noexcept = 0;
};

} // namespace caly::bench
