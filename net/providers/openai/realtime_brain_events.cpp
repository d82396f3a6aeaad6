#include "net/media/heard_part.hpp"
#include "net/providers/openai/realtime_brain.hpp"
#include "runtime/base/text.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace caly::openai {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t dead_responses_max = 8;
/// Of one response's words; ten minutes of speech.
constexpr std::size_t text_bytes_max = 16 << 10;
constexpr std::int64_t answer_overlap_ms = 1'000;
/// Who heard less of something heard nothing.
constexpr std::int64_t unheard_ms = 800;

std::string milliseconds_detail(const char* name, std::int64_t ms) {
  json_writer out;
  out.begin_object().field(name, ms).end_object();
  return std::move(out).str();
}

} // namespace

// -- what the server says

void realtime_brain::on_text(ws_link&, std::string_view text) {
  if (phase_ == phase::over)
    return;
  if (messages_.take(std::chrono::steady_clock::now()).count() > 0)
    return reconnect("flood");
  server_event event;
  if (!read_server_event(text, event)) {
    spdlog::warn("realtime: an event that cannot be read bytes={}", text.size());
    return;
  }
  handle(event);
}

void realtime_brain::handle(server_event& event) {
  switch (event.kind) {
  case event_kind::audio_delta:
    return on_audio(event);
  case event_kind::session_created:
    if (phase_ == phase::connecting) {
      phase_ = phase::configuring;
      send(plan_.session_update);
    }
    return;
  case event_kind::session_updated:
    server_answers_ = server_may_answer_;
    if (phase_ == phase::configuring)
      configured();
    return;
  case event_kind::speech_started:
    return on_speech_started();
  case event_kind::speech_stopped:
    return on_speech_stopped();
  case event_kind::caller_transcript: {
    const std::string words{trim(event.text)};
    tell(event.item, "caller", words);
    return host_.caller_says(words);
  }
  case event_kind::response_created:
    return on_response_created(event);
  case event_kind::transcript_delta:
    if (auto& text = item(event.item, event.response).text; text.size() < text_bytes_max)
      text += event.text;
    return;
  case event_kind::transcript_done: {
    auto& each = item(event.item, event.response);
    each.text = event.text;
    each.text_done = true;
    if (each.response == greeting_response_)
      greeting_words_ = event.text;
    if (each.played)
      played(std::string{event.item});
    return;
  }
  case event_kind::audio_done:
    return host_.finish_item(event.item);
  case event_kind::response_done:
    return on_response_done(event);
  case event_kind::error:
    return on_error(event);
  case event_kind::other_response:
    awaiting_ = false;
    return;
  case event_kind::other:
    return;
  }
}

void realtime_brain::on_response_created(const server_event& event) {
  const bool dictated = awaiting_ && asked_.dictated;
  response_active_ = true;
  response_spoke_ = false;
  response_id_ = event.response;
  if (awaiting_ && asked_.greeting)
    greeting_response_ = event.response;
  if (dictated) {
    dictated_ = asked_;
    dictated_response_ = event.response;
  }
  awaiting_ = false;
  // The server had begun it before it was told not to.
  if (hushed_ && !dictated)
    drop_response(event.response);
}

bool realtime_brain::is_dropped(const std::string& response) const {
  return std::ranges::find(dead_responses_, response) != dead_responses_.end();
}

/// What is still on its way is too late.
void realtime_brain::drop_response(const std::string& response) {
  dead_responses_.push_back(response);
  if (dead_responses_.size() > dead_responses_max)
    dead_responses_.pop_front();
  send(cancel_response(response));
}

void realtime_brain::on_audio(const server_event& event) {
  if (is_dropped(event.response))
    return;
  awaiting_ = false;
  response_spoke_ = true;
  unanswered_ = false;
  if (speech_stopped_at_) {
    const auto took = std::chrono::steady_clock::now() - *speech_stopped_at_;
    speech_stopped_at_.reset();
    host_.note("latency",
               milliseconds_detail(
                   "answer_ms",
                   std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  }
  item(event.item, event.response);
  if (greeting_ && !greeting_response_.empty() && event.response == greeting_response_)
    greeting_->collect(event.text);
  let_server_answer(false);
  host_.play(event.item, event.text);
}

void realtime_brain::on_speech_started() {
  caller_speaking_ = true;
  unanswered_ = true;
  speech_stopped_at_.reset();
  host_.spoken();
  host_.caller_speaks();
}

void realtime_brain::on_speech_stopped() {
  caller_speaking_ = false;
  speech_stopped_at_ = std::chrono::steady_clock::now();
  host_.spoken();
  if (server_answers_)
    return;
  if (host_.playing())
    undecided_ = true;
  else
    want_response({});
  ask_for_response();
}

void realtime_brain::interrupted(const std::vector<cut_audio>& cuts) {
  if (response_active_ && !response_id_.empty())
    drop_response(response_id_);
  for (const auto& part : cuts)
    cut(part);
  if (!cuts.empty())
    host_.note("barge_in", milliseconds_detail("heard_ms", cuts.front().heard_ms));
  let_server_answer(true);
  if (std::exchange(undecided_, false))
    want_response({});
  ask_for_response();
}

void realtime_brain::not_interrupted() {
  // Who says "yes" to the last words of a question has answered it.
  if (std::exchange(undecided_, false) && host_.left_ms() < answer_overlap_ms)
    want_response({});
  ask_for_response();
}

void realtime_brain::cut(const cut_audio& part) {
  const auto found = std::find_if(
      items_.begin(), items_.end(), [&](const auto& x) { return x.id == part.item; });
  if (part.heard_ms >= part.sent_ms) {
    // Heard to the last byte, only its mark is on the way.
    played(part.item);
    return;
  }
  if (part.item == kept_item)
    cut_kept_greeting(part);
  else
    send(part.heard_ms > 0 ? truncate_item(part.item, part.heard_ms)
                           : delete_item(part.item));
  if (found == items_.end())
    return;
  if (part.heard_ms < unheard_ms)
    repeat_unheard(*found);
  tell(part.item, "agent", heard_part(found->text, part.heard_ms, part.sent_ms));
  items_.erase(found);
}

/// Words that the call wanted said, and that a caller spoke over from their first moment,
/// are said once more.
void realtime_brain::repeat_unheard(const spoken_item& item) {
  if (dictated_response_.empty() || item.response != dictated_response_)
    return;
  dictated_response_.clear();
  if (std::exchange(dictated_.repeated, true))
    return;
  want_response(dictated_);
}

/// Text cannot be truncated by time.
void realtime_brain::cut_kept_greeting(const cut_audio& part) {
  if (phase_ != phase::open)
    return; // the session will be told the history
  send(delete_item(kept_item));
  if (part.heard_ms > 0)
    send(text_item("agent", heard_part(plan_.greeting, part.heard_ms, part.sent_ms)));
}

void realtime_brain::on_response_done(const server_event& event) {
  awaiting_ = false;
  if (event.response == response_id_ || response_id_.empty())
    response_active_ = false;
  if (greeting_ && !greeting_response_.empty() && event.response == greeting_response_) {
    if (event.status == "completed")
      greeting_->said(greeting_words_);
    greeting_.reset();
  }
  if (event.status == "failed") {
    const auto action = action_for(event.code);
    spdlog::warn("realtime: response failed code={}", event.code);
    if (action == error_action::give_up)
      return fail(event.code);
    slow_until_ = now_ + 2s;
    want_response(asked_);
    return;
  }
  // What it wanted done for a machine is not done.
  if (event.status == "completed" && !(hushed_ && is_dropped(event.response)))
    for (const auto& call : event.calls) {
      if (call.call_id.empty() || tools_.size() >= 8)
        continue;
      tools_.insert(call.call_id);
      host_.call_tool({call.call_id, call.name, call.arguments});
    }
  ask_for_response();
}

void realtime_brain::on_error(const server_event& event) {
  switch (action_for(event.code)) {
  case error_action::go_on:
    spdlog::info("realtime: server complains code={} message={}",
                 event.code,
                 event.message.substr(0, 200));
    return;
  case error_action::wait_turn:
    awaiting_ = false;
    response_active_ = true;
    want_response(asked_);
    return;
  case error_action::slow_down:
    awaiting_ = false;
    slow_until_ = now_ + 2s;
    want_response(asked_);
    return;
  case error_action::reconnect:
    return reconnect(event.code);
  case error_action::give_up:
    return fail(event.code);
  }
}

} // namespace caly::openai
