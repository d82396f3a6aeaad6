#include "tests/bench/sandbox/vendors.hpp"

#include "tests/bench/sandbox/line_words.hpp"

namespace caly::bench {

namespace {

constexpr auto events = "text/event-stream";
constexpr auto audio = "application/octet-stream";

std::string words_event(const std::string& words) {
  return R"(data: {"choices":[{"index":0,"delta":{"content":")" + words + "\"}}]}\n\n";
}

void think(vendor_watch& watch, std::string_view body, streamed_answer& answer) {
  const auto about = last_named(body).value_or(line_words{});
  watch.did(vendor_step::mind_asked, about.call, about.turn);
  const auto first = words_event("Here is " + name_of(about.call, about.turn) + ". ");
  watch.did(vendor_step::mind_spoke, about.call, about.turn);
  answer.write(events, first);
  answer.write(events,
               words_event("You will get it soon.") +
                   R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"
                   "\n\ndata: [DONE]\n\n");
}

void speak(vendor_watch& watch,
           std::string_view body,
           std::string_view sound,
           streamed_answer& answer) {
  const auto about = last_named(body);
  if (about) {
    watch.did(vendor_step::voice_asked, about->call, about->turn);
    watch.did(vendor_step::voice_spoke, about->call, about->turn);
  }
  answer.write(audio, sound.substr(0, frame_bytes));
  answer.write(audio, sound.substr(frame_bytes));
}

} // namespace

vendors::vendors(vendor_watch& watch, std::size_t sentence_bytes)
    : ear{watch},
      mind{[&watch](auto body, auto& answer) { think(watch, body, answer); }},
      voice{[&watch, sound = std::string(sentence_bytes, '\x7e')](
                auto body, auto& answer) { speak(watch, body, sound, answer); }} {}

settings vendors::chosen() const {
  settings out;
  out.call.brain = "cascade";
  out.call.ear = {"deepgram"};
  out.call.mind = {"chat"};
  out.call.voice = {"cartesia"};
  auto& deepgram = out.providers.deepgram;
  deepgram.base_url = ear.url();
  deepgram.api_key = "bench";
  auto& chat = out.providers.chat;
  chat.base_url = mind.url();
  chat.model = "bench";
  auto& cartesia = out.providers.cartesia;
  cartesia.base_url = voice.url();
  cartesia.api_key = "bench";
  cartesia.voice_english = "bench";
  return out;
}

} // namespace caly::bench
