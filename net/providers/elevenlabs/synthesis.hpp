#pragma once

#include "net/media/cascade/http_voice.hpp"
#include "net/media/cascade/voice_names.hpp"

namespace caly::elevenlabs {

struct synthesis_options {
  std::string base_url = "https://api.elevenlabs.io";
  std::string api_key;
  std::string model = "eleven_flash_v2_5";
  voice_names voices; ///< Ids of voices of the account.
};

http_voice_vendor synthesis(synthesis_options options);

} // namespace caly::elevenlabs
