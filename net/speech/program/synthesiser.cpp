#include "net/speech/program/synthesiser.hpp"

#include "net/media/resampler.hpp"

#include <espeak-ng/speak_lib.h>
#include <stdexcept>

namespace caly {

namespace {

/// A little slower than espeak's own 175: callers hear it for the first time.
constexpr int words_a_minute = 160;
constexpr std::size_t seconds_max = 30;

/// Where espeak puts what it says; the callback knows nothing else.
struct {
  pcm_samples samples;
  std::size_t samples_max = 0;
} spoken;

int on_samples(short* samples, int count, espeak_EVENT*) {
  if (samples && count > 0)
    spoken.samples.insert(spoken.samples.end(), samples, samples + count);
  return spoken.samples.size() >= spoken.samples_max; // other than 0 ends it
}

/// Hinglish is written in Latin letters, which the Hindi voice would spell.
const char* voice_of(const std::string& language) {
  return language == "hi" ? "hi" : "en-us";
}

} // namespace

synthesiser::synthesiser() {
  own_rate_hz_ =
      espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, nullptr, espeakINITIALIZE_DONT_EXIT);
  if (own_rate_hz_ <= 0)
    throw std::runtime_error{"espeak-ng does not start: is espeak-ng-data installed?"};
  espeak_SetSynthCallback(on_samples);
  espeak_SetParameter(espeakRATE, words_a_minute, 0);
}

synthesiser::~synthesiser() {
  espeak_Terminate();
}

pcm_samples
synthesiser::say(const std::string& text, const std::string& language, unsigned rate_hz) {
  if (espeak_SetVoiceByName(voice_of(language)) != EE_OK)
    throw std::runtime_error{"espeak-ng has no voice for " + language};
  spoken.samples.clear();
  spoken.samples_max = seconds_max * static_cast<std::size_t>(own_rate_hz_);
  if (espeak_Synth(text.c_str(),
                   text.size() + 1,
                   0,
                   POS_CHARACTER,
                   0,
                   espeakCHARS_UTF8,
                   nullptr,
                   nullptr) != EE_OK)
    throw std::runtime_error{"espeak-ng does not speak"};
  pcm_samples out;
  resampler{static_cast<unsigned>(own_rate_hz_), rate_hz}.run(spoken.samples, out);
  return out;
}

} // namespace caly
