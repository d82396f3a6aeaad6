#include "net/providers/cartesia/synthesis.hpp"

#include "runtime/base/json.hpp"

namespace caly::cartesia {

namespace {

std::string body_of(const synthesis_options& options,
                    std::string_view text,
                    std::string_view language) {
  json_writer out;
  out.begin_object().field("model_id", options.model).field("transcript", text);
  out.key("voice").begin_object().field("mode", "id");
  out.field("id", options.voices.of(language)).end_object();
  out.field("language", language == "en" ? "en" : "hi");
  out.key("output_format").begin_object().field("container", "raw");
  out.field("encoding", "pcm_mulaw").field("sample_rate", 8000).end_object();
  return std::move(out.end_object()).str();
}

std::string problem_in(std::string_view body) {
  const auto answer = json::parse(body);
  if (!answer)
    return {};
  for (const auto* key : {"message", "error", "title"})
    if (const auto words = (*answer)[key].text_or(""); !words.empty())
      return std::string{words};
  return {};
}

} // namespace

http_voice_vendor synthesis(synthesis_options options) {
  while (options.base_url.ends_with('/'))
    options.base_url.pop_back();
  http_voice_vendor vendor;
  vendor.name = "cartesia";
  vendor.request = [options](std::string_view text, std::string_view language) {
    http_call call;
    call.method = "POST";
    call.url = options.base_url + "/tts/bytes";
    call.headers = {"X-API-Key: " + options.api_key,
                    "Cartesia-Version: " + options.version,
                    "Content-Type: application/json"};
    call.body = body_of(options, text, language);
    return call;
  };
  vendor.problem = &problem_in;
  return vendor;
}

} // namespace caly::cartesia
