#pragma once

#include "net/media/flat_json.hpp"
#include "net/providers/openai/realtime_brain.hpp"
#include "runtime/base/text.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

using namespace std::chrono_literals;
using namespace openai;

inline const std::string audio_20ms = to_base64(std::string(160, '\x55'));

/// A call whose clock stands still until the test moves it.
struct fake_host : brain_host, playout_sink {
  playout out{*this, {1'000'000}};
  std::int64_t now_ms = 0;
  std::vector<turn_heard> turns;
  std::vector<tool_called> tools;
  std::vector<std::string> notes, marks, ends;
  int clears = 0;
  bool stand_in = false;
  int caller_spoke = 0;
  std::string caller_words;
  int spoken_times = 0;
  std::size_t frames = 0;

  void play(std::string_view item, std::string_view audio) override {
    out.add(item, audio, *base64_bytes(audio), now_ms);
    ++frames;
  }

  void finish_item(std::string_view item) override { out.finish(item, now_ms); }

  std::vector<cut_audio> stop_playing() override { return out.cut(now_ms); }

  bool playing() const override { return out.busy(now_ms); }

  std::int64_t left_ms() const override { return out.left_ms(now_ms); }

  void caller_speaks() override { ++caller_spoke; }

  void caller_says(std::string_view words) override { caller_words = words; }

  void send_audio(std::int64_t, std::string_view) override {}

  void send_mark(std::string_view name) override { marks.emplace_back(name); }

  void send_clear() override { ++clears; }

  void spoken() override { ++spoken_times; }

  void heard(turn_heard turn) override { turns.push_back(std::move(turn)); }

  void call_tool(tool_called tool) override { tools.push_back(std::move(tool)); }

  void ask_agent(std::int32_t, std::string) override {}

  void note(std::string kind, std::string) override { notes.push_back(std::move(kind)); }

  bool has_stand_in() const override { return stand_in; }

  void end(std::string reason) override { ends.push_back(std::move(reason)); }
};

struct fake_link : ws_link {
  std::vector<std::string> sent;
  bool dropped = false;

  void send(std::string_view text) override { sent.emplace_back(text); }

  void send_binary(std::string_view bytes) override { sent.emplace_back(bytes); }

  void close() override {}

  void drop() override { dropped = true; }

  std::size_t queued_bytes() const noexcept override { return 0; }
};

struct realtime_fixture {
  fake_host host;
  std::vector<std::shared_ptr<fake_link>> links;
  ws_listener* listener = nullptr;
  brain_session::time_point now{1000s};
  realtime_brain_options options{};
  realtime_brain brain{host, options, [this](ws_listener& x) {
                         listener = &x;
                         links.push_back(std::make_shared<fake_link>());
                         return links.back();
                       }};

  fake_link& link() { return *links.back(); }

  void say(const std::string& text) { listener->on_text(link(), text); }

  void caller_starts() {
    say(R"({"type":"input_audio_buffer.speech_started","item_id":"u1"})");
  }

  void caller_stops() {
    say(R"({"type":"input_audio_buffer.speech_stopped","item_id":"u1"})");
  }

  /// The caller takes the word.
  void interrupt() {
    caller_starts();
    brain.interrupted(host.out.cut(host.now_ms));
  }

  void begin(std::string greeting = "",
             std::string session_update = R"({"type":"session.update"})") {
    media_plan plan;
    plan.session_update = std::move(session_update);
    plan.greeting = std::move(greeting);
    brain.start(plan, now);
    open();
  }

  /// A call that goes on after a break.
  void resume() {
    media_plan plan;
    plan.session_update = R"({"type":"session.update"})";
    plan.greeting = "Where were we?";
    plan.brief.said = {{1, "caller", "I want a refund.", "", 0}};
    brain.start(plan, now);
    open();
  }

  void open() {
    listener->on_open(link());
    say(R"({"type":"session.created","session":{}})");
    say(R"({"type":"session.updated","session":{}})");
  }

  void respond(const std::string& response) {
    say(R"({"type":"response.created","response":{"id":")" + response + "\"}}");
  }

  void delta(const std::string& item, const std::string& response, int frames = 1) {
    for (int i = 0; i < frames; ++i)
      say(R"({"type":"response.output_audio.delta","event_id":"e","response_id":")" +
          response + R"(","item_id":")" + item +
          R"(","output_index":0,"content_index":0,"delta":")" + audio_20ms + "\"}");
  }

  void words(const std::string& item, const std::string& text) {
    say(R"({"type":"response.output_audio_transcript.done","response_id":"r","item_id":")" +
        item + R"(","transcript":")" + text + "\"}");
  }

  void done(const std::string& response, const std::string& output = "[]") {
    say(R"({"type":"response.done","response":{"id":")" + response +
        R"(","status":"completed","output":)" + output + "}}");
  }

  void tick(std::chrono::milliseconds passed) {
    now += passed;
    brain.tick(now);
  }

  /// How many sent messages are of this type.
  int sent(const std::string& type) {
    int count = 0;
    for (const auto& text : link().sent)
      if (const auto event = json::parse(text); event)
        count += (*event)["type"].text_or("") == type ? 1 : 0;
    return count;
  }

  json last_sent() { return *json::parse(link().sent.back()); }
};

} // namespace caly::test
