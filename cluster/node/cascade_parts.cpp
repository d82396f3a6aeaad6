#include "cluster/node/cascade_parts.hpp"

#include "config/units.hpp"
#include "net/media/cascade/kept_voice.hpp"
#include "net/providers/azure/recognition.hpp"
#include "net/providers/azure/synthesis.hpp"
#include "net/providers/cartesia/synthesis.hpp"
#include "net/providers/deepgram/listening.hpp"
#include "net/providers/elevenlabs/synthesis.hpp"
#include "net/providers/openai/minds.hpp"

#include <utility>

namespace caly {

namespace {

/// Of one voice: four minutes of sentences.
constexpr std::size_t sounds_bytes_max = 2 << 20;

/// The settings' value, unless it is empty.
void choose(std::string& target, const std::string& chosen) {
  if (!chosen.empty())
    target = chosen;
}

template <class Settings>
voice_names voices_of(const Settings& chosen) {
  return {chosen.voice_english, chosen.voice_hindi, chosen.voice_hinglish};
}

azure::speech_account azure_account(const settings& chosen) {
  const auto& azure = chosen.providers.azure_speech;
  return {azure.base_url, azure.region, azure.api_key};
}

bool has_azure(const settings& chosen) {
  const auto& azure = chosen.providers.azure_speech;
  return !azure.api_key.empty() && !(azure.base_url.empty() && azure.region.empty());
}

ear_maker azure_ears(const settings& chosen, const wall_clock& clock) {
  if (!has_azure(chosen))
    return {};
  azure::recognition_options options;
  options.account = azure_account(chosen);
  options.segmentation = chosen.providers.azure_speech.segmentation;
  options.settle_by_end = chosen.providers.azure_speech.settle_by_end;
  auto service = azure::recognition_service(std::move(options), clock);
  service.connect_timeout = whole_seconds(chosen.call.brain_connect_timeout);
  return make_streamed_ears(std::move(service));
}

ear_maker deepgram_ears(const settings& chosen) {
  const auto& deepgram = chosen.providers.deepgram;
  if (deepgram.api_key.empty())
    return {};
  deepgram::listening_options options;
  choose(options.base_url, deepgram.base_url);
  options.api_key = deepgram.api_key;
  options.model = deepgram.model;
  options.language = deepgram.language;
  options.endpointing = deepgram.endpointing;
  auto service = deepgram::listening_service(std::move(options));
  service.connect_timeout = whole_seconds(chosen.call.brain_connect_timeout);
  return make_streamed_ears(std::move(service));
}

http_voice_vendor azure_vendor(const settings& chosen) {
  if (!has_azure(chosen))
    return {};
  return azure::synthesis(
      {azure_account(chosen), voices_of(chosen.providers.azure_speech)});
}

http_voice_vendor elevenlabs_vendor(const settings& chosen) {
  const auto& elevenlabs = chosen.providers.elevenlabs;
  if (elevenlabs.api_key.empty() || elevenlabs.voice_english.empty())
    return {};
  elevenlabs::synthesis_options options;
  choose(options.base_url, elevenlabs.base_url);
  options.api_key = elevenlabs.api_key;
  options.model = elevenlabs.model;
  options.voices = voices_of(elevenlabs);
  return elevenlabs::synthesis(std::move(options));
}

http_voice_vendor cartesia_vendor(const settings& chosen) {
  const auto& cartesia = chosen.providers.cartesia;
  if (cartesia.api_key.empty() || cartesia.voice_english.empty())
    return {};
  cartesia::synthesis_options options;
  choose(options.base_url, cartesia.base_url);
  options.api_key = cartesia.api_key;
  options.model = cartesia.model;
  options.version = cartesia.version;
  options.voices = voices_of(cartesia);
  return cartesia::synthesis(std::move(options));
}

mind_maker minds_of(const std::string& name,
                    const settings& chosen,
                    const std::shared_ptr<http_client>& client) {
  const auto& openai = chosen.providers.openai;
  const auto& chat = chosen.providers.chat;
  openai::mind_options options;
  options.name = name;
  options.deadline = chosen.call.mind_timeout;
  if (name == "openai") {
    if (openai.api_key.empty())
      return {};
    choose(options.base_url, openai.base_url);
    options.api_key = openai.api_key;
    options.model = openai.talk_model;
  } else {
    if (chat.base_url.empty() || chat.model.empty())
      return {};
    options.speaks = openai::mind_options::format::chat_completions;
    options.base_url = chat.base_url;
    options.api_key = chat.api_key;
    options.model = chat.model;
    options.tokens_field = chat.tokens_field;
  }
  return openai::make_minds(client, std::move(options));
}

} // namespace

bool can_cascade(const settings& chosen) {
  return make_cascade_parts(chosen, nullptr, {}).complete();
}

cascade_parts make_cascade_parts(const settings& chosen,
                                 const std::shared_ptr<http_client>& client,
                                 const wall_clock& clock) {
  cascade_parts out;
  for (const auto& name : chosen.call.ear)
    if (auto make = name == "azure" ? azure_ears(chosen, clock) : deepgram_ears(chosen))
      out.ears.push_back({name, std::move(make)});
  http_voice_options options;
  options.deadline = chosen.call.voice_timeout;
  for (const auto& name : chosen.call.voice) {
    auto vendor = name == "azure"        ? azure_vendor(chosen)
                  : name == "elevenlabs" ? elevenlabs_vendor(chosen)
                                         : cartesia_vendor(chosen);
    if (vendor.request)
      out.voices.push_back(
          {name,
           keep_sounds(make_http_voices(client, std::move(vendor), options),
                       std::make_shared<sentence_sounds>(sounds_bytes_max))});
  }
  for (const auto& name : chosen.call.mind)
    if (auto make = minds_of(name, chosen, client))
      out.minds.push_back({name, std::move(make)});
  return out;
}

} // namespace caly
