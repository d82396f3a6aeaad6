#pragma once

#include "net/media/cascade/http_voice.hpp"
#include "net/media/cascade/voice_names.hpp"

namespace caly::azure {

/// Where an account's services are: both under one address (a stand-in, a proxy), or at
/// the hosts of a region such as "centralindia".
struct speech_account {
  std::string base_url; ///< Empty: the region's hosts.
  std::string region;
  std::string key;

  /// `service`: stt or tts.
  std::string url(std::string_view service) const;
};

struct synthesis_options {
  speech_account account;
  /// Such as "hi-IN-SwaraNeural"; what stands before the second dash is the language.
  voice_names voices{"en-IN-NeerjaNeural", "hi-IN-SwaraNeural", "hi-IN-SwaraNeural"};
};

std::string make_ssml(std::string_view text, std::string_view voice);

/// The REST service of text to speech.
http_voice_vendor synthesis(synthesis_options options);

} // namespace caly::azure
