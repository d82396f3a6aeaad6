#include "net/providers/deepgram/listening.hpp"

#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>

namespace caly::deepgram {

namespace {

constexpr json_limits event_limits{256 << 10, 32, 50'000, 32, 3};

std::string language_for(const ear_plan& plan) {
  const auto speaks = [&](std::string_view language) {
    return std::ranges::find(plan.languages, language) != plan.languages.end();
  };
  if (speaks("hinglish") || (speaks("hi") && speaks("en")))
    return "multi";
  return speaks("hi") ? "hi" : "en";
}

ear_event read_results(const json& results) {
  ear_event event;
  const auto& heard = results["channel"]["alternatives"].items();
  if (heard.empty())
    return event;
  event.text = heard[0]["transcript"].text_or("");
  if (!results["is_final"].bool_or(false)) {
    if (!event.text.empty())
      event.what = ear_event::kind::partial;
    return event;
  }
  event.what = ear_event::kind::words;
  if (const auto& languages = heard[0]["languages"].items(); !languages.empty())
    event.language = languages[0].text_or("");
  const auto seconds = results["start"].as_double().value_or(0) +
                       results["duration"].as_double().value_or(0);
  constexpr double day_s = 86'400;
  event.settled = std::chrono::milliseconds{
      static_cast<std::int64_t>(std::clamp(seconds, 0.0, day_s) * 1000)};
  return event;
}

} // namespace

std::string listen_target(const listening_options& options, const ear_plan& plan) {
  auto target =
      "/v1/listen?model=" + url_encode(options.model) + "&language=" +
      url_encode(options.language.empty() ? language_for(plan) : options.language) +
      "&encoding=mulaw&sample_rate=8000&channels=1&interim_results=true"
      "&smart_format=true&endpointing=" +
      std::to_string(options.endpointing.count());
  // Older models know another parameter for words to be expected.
  const auto* name = options.model.starts_with("nova-3") ? "&keyterm=" : "&keywords=";
  for (const auto& hint : plan.hints)
    target += name + url_encode(hint);
  return target;
}

void listening::audio(std::string_view codes, ear_messages& out) {
  out.binary(std::string{codes});
}

bool listening::settle(ear_messages& out) {
  out.text(R"({"type":"Finalize"})");
  return true;
}

void listening::keep_alive(ear_messages& out) {
  out.text(R"({"type":"KeepAlive"})");
}

void listening::finish(ear_messages& out) {
  out.text(R"({"type":"CloseStream"})");
}

ear_event listening::read(std::string_view text) {
  const auto tree = json::parse(text, event_limits);
  ear_event event;
  if (!tree || !tree->is_object()) {
    event.what = ear_event::kind::broken;
    event.text = "a message is no JSON";
    return event;
  }
  const auto type = (*tree)["type"].text_or("");
  if (type == "Results")
    return read_results(*tree);
  if (type == "Error") {
    event.what = ear_event::kind::broken;
    event.text =
        (*tree)["description"].text_or((*tree)["message"].text_or("an error event"));
  }
  return event;
}

bool listening::may_reconnect(int close_code) const {
  // 1008 and 1002: the audio is not what was announced.
  constexpr std::array lasting{1002, 1003, 1007, 1008, 1009, 1010};
  return std::ranges::find(lasting, close_code) == lasting.end();
}

ear_service listening_service(listening_options options) {
  while (options.base_url.ends_with('/'))
    options.base_url.pop_back();
  ear_service service;
  service.protocol = [](const ear_plan&) { return std::make_unique<listening>(); };
  service.url = [options](const ear_plan& plan) {
    return options.base_url + listen_target(options, plan);
  };
  service.headers = {{"Authorization", "Token " + options.api_key}};
  service.options.name = "deepgram";
  return service;
}

} // namespace caly::deepgram
