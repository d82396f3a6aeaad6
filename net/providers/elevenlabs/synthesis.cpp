#include "net/providers/elevenlabs/synthesis.hpp"

#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

namespace caly::elevenlabs {

namespace {

std::string body_of(const synthesis_options& options,
                    std::string_view text,
                    std::string_view language) {
  json_writer out;
  out.begin_object().field("text", text).field("model_id", options.model);
  // Which language a mixture is in is left to the model.
  if (language == "hi" || language == "en")
    out.field("language_code", language);
  return std::move(out.end_object()).str();
}

/// `{"detail":{"status","message"}}`, or a text in place of the object.
std::string problem_in(std::string_view body) {
  const auto answer = json::parse(body);
  if (!answer)
    return {};
  const auto& detail = (*answer)["detail"];
  if (detail.is_string())
    return std::string{detail.text_or("")};
  const auto status = std::string{detail["status"].text_or("")};
  const auto message = std::string{detail["message"].text_or("")};
  return status.empty() || message.empty() ? status + message : status + ", " + message;
}

} // namespace

http_voice_vendor synthesis(synthesis_options options) {
  while (options.base_url.ends_with('/'))
    options.base_url.pop_back();
  http_voice_vendor vendor;
  vendor.name = "elevenlabs";
  vendor.request = [options](std::string_view text, std::string_view language) {
    http_call call;
    call.method = "POST";
    call.url = options.base_url + "/v1/text-to-speech/" +
               url_encode(options.voices.of(language)) +
               "/stream?output_format=ulaw_8000";
    call.headers = {"xi-api-key: " + options.api_key, "Content-Type: application/json"};
    call.body = body_of(options, text, language);
    return call;
  };
  vendor.problem = &problem_in;
  return vendor;
}

} // namespace caly::elevenlabs
