#include "net/providers/azure/synthesis.hpp"

#include "net/providers/xml_text.hpp"
#include "runtime/base/json.hpp"

namespace caly::azure {

namespace {

/// "hi-IN-SwaraNeural" -> "hi-IN"
std::string_view language_of(std::string_view voice) {
  const auto first = voice.find('-');
  return voice.substr(0, first == voice.npos ? first : voice.find('-', first + 1));
}

std::string problem_in(std::string_view body) {
  const auto answer = json::parse(body);
  return answer ? std::string{(*answer)["error"]["message"].text_or("")} : std::string{};
}

} // namespace

std::string speech_account::url(std::string_view service) const {
  auto out = base_url.empty() ? "https://" + region + '.' + std::string{service} +
                                    ".speech.microsoft.com"
                              : base_url;
  while (out.ends_with('/'))
    out.pop_back();
  return out;
}

std::string make_ssml(std::string_view text, std::string_view voice) {
  return R"(<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang=")" +
         xml_escaped(language_of(voice)) + R"("><voice name=")" + xml_escaped(voice) +
         "\">" + xml_escaped(text) + "</voice></speak>";
}

http_voice_vendor synthesis(synthesis_options options) {
  http_voice_vendor vendor;
  vendor.name = "azure";
  vendor.request = [options](std::string_view text, std::string_view language) {
    http_call call;
    call.method = "POST";
    call.url = options.account.url("tts") + "/cognitiveservices/v1";
    call.headers = {"Ocp-Apim-Subscription-Key: " + options.account.key,
                    "Content-Type: application/ssml+xml",
                    "X-Microsoft-OutputFormat: raw-8khz-8bit-mono-mulaw",
                    // Without one the service answers 400.
                    "User-Agent: caly"};
    call.body = make_ssml(text, options.voices.of(language));
    return call;
  };
  vendor.problem = &problem_in;
  return vendor;
}

} // namespace caly::azure
