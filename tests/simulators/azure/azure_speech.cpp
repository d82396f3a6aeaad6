#include "tests/simulators/azure/azure_speech.hpp"

#include "runtime/base/json.hpp"
#include "tests/simulators/azure/recognition_session.hpp"
#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/http/fault_gate.hpp"
#include "tests/simulators/http/piecewise.hpp"
#include "tests/simulators/http/web_socket.hpp"

#include <array>
#include <utility>

namespace caly::sim {

namespace {

constexpr std::string_view voice_path = "/cognitiveservices/v1";

std::string unescaped(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> entities{{
      {"&lt;", '<'},
      {"&gt;", '>'},
      {"&quot;", '"'},
      {"&apos;", '\''},
      {"&amp;", '&'},
  }};
  std::string out;
  while (!text.empty()) {
    std::size_t size = 1;
    char letter = text.front();
    for (const auto& [entity, meaning] : entities)
      if (text.starts_with(entity)) {
        size = entity.size();
        letter = meaning;
      }
    out += letter;
    text.remove_prefix(size);
  }
  return out;
}

} // namespace

std::string text_of_ssml(std::string_view ssml) {
  const auto voice = ssml.find("<voice name=");
  if (!ssml.starts_with("<speak ") || voice == ssml.npos)
    return {};
  std::string text;
  bool in_tag = false;
  for (const char c : ssml.substr(voice)) {
    if (c == '<' || c == '>')
      in_tag = c == '<';
    else if (!in_tag)
      text += c;
  }
  return unescaped(text);
}

bool azure_speech::owns(std::string_view path) {
  return path == voice_path || path.starts_with("/speech/recognition/") ||
         path == "/stt/speech/universal/v2";
}

void azure_speech::serve(const exchange_ptr& exchange) {
  through_faults(world_, "azure_speech", false, exchange, [this, exchange](fault drawn) {
    route(exchange, drawn);
  });
}

void azure_speech::route(const exchange_ptr& exchange, fault drawn) {
  const auto& request = exchange->request();
  const auto sent = request.header("Ocp-Apim-Subscription-Key");
  const auto& key = world_.options.azure_speech_key;
  if (sent.empty() || (!key.empty() && sent != key))
    return refuse(exchange,
                  401,
                  "Access denied due to invalid subscription key or wrong API endpoint.");
  if (drawn == fault::too_many)
    return refuse(exchange, 429, "Too many requests");
  if (drawn == fault::server_error)
    return refuse(exchange, 503, "Service unavailable");
  if (drawn == fault::reset)
    return;
  if (request.path == voice_path && request.method == "POST")
    return speak(exchange);
  if (request.path != voice_path && exchange->wants_web_socket())
    return listen(exchange);
  refuse(exchange, 404, "Resource not found");
}

void azure_speech::speak(const exchange_ptr& exchange) {
  const auto& request = exchange->request();
  if (request.header("Content-Type") != "application/ssml+xml")
    return refuse(exchange, 415, "Unsupported Media Type");
  if (request.header("User-Agent").empty())
    return refuse(exchange, 400, "User-Agent is missing");
  if (request.header("X-Microsoft-OutputFormat") != "raw-8khz-8bit-mono-mulaw")
    return refuse(exchange, 400, "The sandbox speaks raw-8khz-8bit-mono-mulaw only");
  const auto text = text_of_ssml(request.body);
  if (text.empty())
    return refuse(exchange, 400, "The SSML has no voice, or nothing to say");
  world_.log.request("azure_speech", request.method, request.path, 200);
  http_response head;
  head.content_type = "audio/basic";
  answer_in_speech(world_, "azure_speech", exchange, head, text);
}

void azure_speech::listen(const exchange_ptr& exchange) {
  const auto& request = exchange->request();
  if (field(request.query, "language").empty())
    return refuse(exchange, 400, "The language is missing");
  world_.log.request("azure_speech", request.method, request.path, 101);
  exchange->upgrade([this](const std::shared_ptr<web_socket>& socket) {
    if (socket)
      std::make_shared<recognition_session>(world_, socket)->start();
  });
}

void azure_speech::refuse(const exchange_ptr& exchange,
                          int status,
                          std::string_view message) {
  const auto& request = exchange->request();
  world_.log.request("azure_speech", request.method, request.path, status);
  json_writer out;
  out.begin_object().key("error").begin_object();
  out.field("code", std::to_string(status)).field("message", message);
  exchange->reply(json_response(status, std::move(out.end_object().end_object()).str()));
}

} // namespace caly::sim
