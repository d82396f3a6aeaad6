#include "net/media/resampler.hpp"

#include <new>
#include <speex/speex_resampler.h>

namespace caly {

namespace {

/// Speex' choice for telephony: 48 taps.
constexpr int quality = SPEEX_RESAMPLER_QUALITY_VOIP;

} // namespace

resampler::resampler(unsigned from_hz, unsigned to_hz)
    : from_hz_{from_hz}, to_hz_{to_hz} {
  if (from_hz == to_hz)
    return;
  int problem = 0;
  state_.reset(speex_resampler_init(1, from_hz, to_hz, quality, &problem));
  if (!state_)
    throw std::bad_alloc{};
}

resampler::~resampler() = default;
resampler::resampler(resampler&&) noexcept = default;
resampler& resampler::operator=(resampler&&) noexcept = default;

void resampler::run(std::span<const std::int16_t> in, pcm_samples& out) {
  if (!state_) {
    out.insert(out.end(), in.begin(), in.end());
    return;
  }
  while (!in.empty()) {
    const auto before = out.size();
    out.resize(before + in.size() * to_hz_ / from_hz_ + 16);
    auto taken = static_cast<spx_uint32_t>(in.size());
    auto made = static_cast<spx_uint32_t>(out.size() - before);
    speex_resampler_process_int(
        state_.get(), 0, in.data(), &taken, out.data() + before, &made);
    out.resize(before + made);
    in = in.subspan(taken);
  }
}

void resampler::reset() {
  if (state_)
    speex_resampler_reset_mem(state_.get());
}

void resampler::destroy::operator()(SpeexResamplerState_* state) const noexcept {
  speex_resampler_destroy(state);
}

} // namespace caly
