#pragma once

#include "net/media/g711.hpp"

#include <cstdint>
#include <memory>
#include <span>

struct SpeexResamplerState_;

namespace caly {

/// Changes the rate of one direction of one call's audio. The filter's state goes on from
/// piece to piece, so that pieces sound like the whole; nothing is heard of the borders.
class resampler {
public:
  /// Rates in Hz; equal ones pass samples on as they are. Throws `std::bad_alloc`.
  resampler(unsigned from_hz, unsigned to_hz);
  ~resampler();
  resampler(resampler&&) noexcept;
  resampler& operator=(resampler&&) noexcept;

  /// Appends what `in` becomes to `out`. The filter holds about three milliseconds back.
  void run(std::span<const std::int16_t> in, pcm_samples& out);

  /// Forgets what came before: what follows does not belong to it.
  void reset();

private:
  struct destroy {
    void operator()(SpeexResamplerState_* state) const noexcept;
  };

  unsigned from_hz_;
  unsigned to_hz_;
  std::unique_ptr<SpeexResamplerState_, destroy> state_;
};

} // namespace caly
