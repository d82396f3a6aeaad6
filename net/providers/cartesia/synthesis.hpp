#pragma once

#include "net/media/cascade/http_voice.hpp"
#include "net/media/cascade/voice_names.hpp"

namespace caly::cartesia {

struct synthesis_options {
  std::string base_url = "https://api.cartesia.ai";
  std::string api_key;
  std::string version = "2026-08-14"; ///< Of the API, a date.
  std::string model = "sonic-3";
  voice_names voices; ///< Ids of voices.
};

http_voice_vendor synthesis(synthesis_options options);

} // namespace caly::cartesia
