#include "net/providers/openai/realtime_brain.hpp"

#include "net/media/done_actions.hpp"
#include "net/media/heard_part.hpp"
#include "runtime/base/text.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace caly::openai {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t items_max = 64;
constexpr std::size_t wishes_max = 8;

std::string opening_instructions(const media_plan& plan) {
  const auto* order = plan.brief.goes_on()
                          ? "Say exactly these words, for the line broke for a moment,"
                          : "The call has just begun. Say exactly these words";
  return order + std::string{" and then wait for the caller: \""} + plan.greeting + "\"";
}

std::string reason_detail(std::string_view reason) {
  json_writer out;
  out.begin_object().field("reason", reason).end_object();
  return std::move(out).str();
}

} // namespace

realtime_brain::realtime_brain(brain_host& host,
                               realtime_brain_options options,
                               wire_maker connect)
    : host_{host}, options_{std::move(options)}, make_wire_{std::move(connect)} {}

realtime_brain::~realtime_brain() {
  if (link_)
    link_->drop();
}

// -- the session's life

void realtime_brain::start(media_plan plan, time_point now) {
  now_ = now;
  broke_at_ = now; // until the first session stands
  plan_ = std::move(plan);
  language_ = language_course{plan_.brief.languages, plan_.brief.switching};
  for (const auto& turn : plan_.brief.said)
    if (turn.role != "tool")
      remember({{}, turn.role, turn.text});
  if (!plan_.brief.goes_on()) {
    greeting_.emplace(
        options_.sounds, options_.model, plan_.session_update, plan_.greeting);
    say_kept_greeting();
  }
  connect();
}

void realtime_brain::say_kept_greeting() {
  const auto codes = greeting_->find();
  if (codes.empty())
    return;
  greeted_ = true;
  auto& greeting = item(kept_item, {});
  greeting.text = plan_.greeting;
  greeting.text_done = true;
  constexpr std::size_t piece = 1'600; // a fifth of a second
  for (std::size_t at = 0; at < codes.size(); at += piece)
    host_.play(kept_item, to_base64(std::string_view{codes}.substr(at, piece)));
  host_.finish_item(kept_item);
}

/// Lets the model know of a greeting that is still being said; one that was said is part
/// of the history.
void realtime_brain::tell_kept_greeting() {
  for (const auto& each : items_)
    if (each.id == kept_item)
      send(text_item("agent", each.text, kept_item));
}

void realtime_brain::connect() {
  phase_ = phase::connecting;
  phase_since_ = now_;
  link_ = make_wire_(*this);
}

void realtime_brain::on_open(ws_link&) {
  // The session is configured once the server has introduced itself.
}

void realtime_brain::configured() {
  phase_ = phase::open;
  broke_at_.reset();
  phase_since_ = now_;
  silence_ = {};
  // A session that takes over begins with the first language again.
  if (!plan_.brief.languages.empty() && language_.now() != plan_.brief.languages.front())
    send(switch_language(plan_.session_update, language_.now()));
  if (!plan_.brief.done.empty())
    send(text_item("system", words_of(plan_.brief.done)));
  for (const auto& turn : history_)
    send(text_item(turn.role, turn.text));
  tell_kept_greeting();
  if (hushed_ || host_.playing())
    let_server_answer(false);
  bridging_ = !greeted_ && plan_.brief.goes_on() && !plan_.greeting.empty();
  if (!bridging_)
    send_backlog();
  if (!greeted_) {
    greeted_ = true;
    if (!plan_.greeting.empty())
      want_response({opening_instructions(plan_), false, false, true});
  } else if (unanswered_) {
    want_response({});
  }
  ask_for_response();
}

void realtime_brain::send_backlog() {
  for (auto& audio : backlog_)
    send(append_audio(audio));
  backlog_.clear();
}

void realtime_brain::listen_after_bridge() {
  const auto said = wishes_.empty() && quiet();
  if (!bridging_ || (!said && now_ - phase_since_ < options_.bridge_max))
    return;
  bridging_ = false;
  send_backlog();
}

void realtime_brain::reconnect(const std::string& why, bool counted) {
  if (phase_ == phase::over || phase_ == phase::waiting)
    return;
  if (link_)
    std::exchange(link_, nullptr)->drop();
  if (counted && ++reconnects_ > options_.reconnects_max)
    return fail(why);
  // What was being said stays unfinished; the new session goes on from the history.
  for (auto& each : items_)
    each.text_done = true;
  if (response_active_ || awaiting_)
    unanswered_ = true;
  response_active_ = awaiting_ = false;
  server_answers_ = server_may_answer_ = true;
  undecided_ = false;
  tools_.clear();
  caller_speaking_ = false;
  phase_ = phase::waiting;
  if (!broke_at_)
    broke_at_ = now_;
  const auto doublings = std::min<std::size_t>(counted ? reconnects_ - 1 : 0, 4);
  const bool at_once = !counted || (reconnects_ == 1 && host_.has_stand_in());
  retry_at_ = at_once ? now_ : now_ + 500ms * (1 << doublings);
  spdlog::warn("realtime: reconnecting try={} reason={}", reconnects_, why);
  host_.note("brain_reconnecting", reason_detail(why));
}

void realtime_brain::fail(const std::string& why) {
  if (phase_ == phase::over)
    return;
  phase_ = phase::over;
  spdlog::log(host_.has_stand_in() ? spdlog::level::warn : spdlog::level::err,
              "realtime: given up reason={}",
              why);
  host_.note("brain_failed", reason_detail(why));
  host_.end("brain_failed");
}

void realtime_brain::send(std::string text) {
  if (link_)
    link_->send(std::move(text));
}

void realtime_brain::on_end(ws_link&, const ws_end& end) {
  link_.reset();
  if (phase_ == phase::over)
    return;
  const auto why = end.http_status != 0 ? "HTTP " + std::to_string(end.http_status)
                   : end.close_code != 0
                       ? std::to_string(end.close_code) + ' ' + end.reason
                       : end.reason;
  if (may_reconnect(end.close_code, end.http_status))
    reconnect(why);
  else
    fail(why);
}

// -- what the carrier and the call say

void realtime_brain::hear(std::string_view audio, std::size_t) {
  if (phase_ == phase::open && !bridging_)
    return send(append_audio(audio));
  if (phase_ == phase::over)
    return;
  if (backlog_.size() == options_.backlog_frames_max)
    backlog_.pop_front();
  backlog_.emplace_back(audio);
}

void realtime_brain::press(char digit, time_point now) {
  keys_.press(digit, now);
}

void realtime_brain::say(std::string text) {
  want_response(
      {"Say this to the caller now, in the language of the call: " + text, false, true});
  ask_for_response();
}

void realtime_brain::hush(bool quiet) {
  hushed_ = quiet;
  if (quiet)
    wishes_.clear();
  let_server_answer(!quiet && !host_.playing());
}

void realtime_brain::advise(std::string fact, bool answer) {
  // A session that takes over has to know it too.
  remember({{}, "system", fact});
  if (phase_ == phase::open)
    send(text_item("system", fact));
  if (!answer)
    return;
  want_response({});
  ask_for_response();
}

void realtime_brain::tool_answered(const std::string& tool_call_id,
                                   const tool_answer& answer,
                                   time_point now) {
  now_ = now;
  // An answer that comes after a reconnect belongs to no call of the new session.
  if (tools_.erase(tool_call_id) == 0)
    return;
  send(function_output(tool_call_id, answer.output));
  if (!answer.expects.empty())
    asked_slot_ = answer.expects;
  if (const auto from = language_.now();
      !answer.language.empty() && language_.use(answer.language))
    use_language(from);
  if (answer.end_call && !ending_) {
    ending_ = true;
    ending_since_ = now;
  }
  if (!tools_.empty())
    return;
  // Who has said goodbye together with the tool needs no second one.
  if (!answer.quiet && (!ending_ || !response_spoke_))
    want_response({{}, !ending_});
  ask_for_response();
}

void realtime_brain::played(const std::string& id) {
  if (!host_.playing())
    let_server_answer(true);
  for (auto each = items_.begin(); each != items_.end(); ++each)
    if (each->id == id) {
      each->played = true;
      if (!each->text_done)
        return;
      tell(id, "agent", each->text);
      items_.erase(each);
      return;
    }
}

void realtime_brain::leave(const std::vector<cut_audio>& cuts) {
  for (const auto& each : items_) {
    if (each.played)
      tell(each.id, "agent", each.text);
    for (const auto& part : cuts)
      if (each.id == part.item)
        tell(each.id, "agent", heard_part(each.text, part.heard_ms, part.sent_ms));
  }
  phase_ = phase::over;
}

void realtime_brain::let_server_answer(bool by_itself) {
  if (phase_ != phase::open || server_may_answer_ == by_itself || (hushed_ && by_itself))
    return;
  const auto update = answer_turns(plan_.session_update, by_itself, silence_);
  if (update.empty())
    return;
  server_may_answer_ = by_itself;
  send(update);
}

void realtime_brain::wait_for(expected_answer expected) {
  const auto usual = turn_silence(plan_.session_update);
  const auto silence = silence_for(expected, usual);
  const auto told = silence_.count() > 0 ? silence_ : usual;
  if (phase_ != phase::open || usual.count() == 0 || silence == told)
    return;
  silence_ = silence;
  send(answer_turns(plan_.session_update, server_may_answer_, silence_));
}

void realtime_brain::use_language(const std::string& from) {
  json_writer detail;
  detail.begin_object().field("from", from).field("to", language_.now()).end_object();
  host_.note("language", std::move(detail).str());
  if (phase_ == phase::open)
    send(switch_language(plan_.session_update, language_.now()));
}

void realtime_brain::tick(time_point now) {
  now_ = now;
  if (phase_ != phase::open && phase_ != phase::over && is_too_late())
    return fail("no session in time for a stand-in");
  if (phase_ == phase::waiting && now >= retry_at_)
    return connect();
  if ((phase_ == phase::connecting || phase_ == phase::configuring) &&
      now - phase_since_ > options_.connect_timeout + 1s)
    return reconnect("no session in time");
  if (phase_ != phase::open)
    return;
  listen_after_bridge();
  if (now - phase_since_ > 30s)
    reconnects_ = 0;
  // Who speaks for long, or waits for an answer that is on its way, is not idle.
  if (caller_speaking_ || response_active_ || awaiting_ || !tools_.empty())
    host_.spoken();
  if (awaiting_ && now - asked_at_ > options_.response_timeout)
    return reconnect("no response in time");
  if (now - phase_since_ > options_.session_max && quiet())
    return reconnect("session age", false);
  if (const auto entry = keys_.take(now)) {
    send(text_item("caller", *entry));
    want_response({});
  }
  ask_for_response();
  if (ending_ && (now - ending_since_ > options_.goodbye_max ||
                  (quiet() && wishes_.empty() && now - ending_since_ > 500ms))) {
    phase_ = phase::over;
    host_.end("agent_ended");
  }
}

bool realtime_brain::is_too_late() const {
  const auto patience = reconnects_ == 0 ? options_.first_patience : options_.patience;
  return broke_at_ && now_ - *broke_at_ > patience && host_.has_stand_in();
}

bool realtime_brain::quiet() const {
  return !response_active_ && !awaiting_ && tools_.empty() && !caller_speaking_ &&
         !host_.playing();
}

// -- turns and wishes

realtime_brain::spoken_item& realtime_brain::item(const std::string& id,
                                                  const std::string& response) {
  for (auto& each : items_)
    if (each.id == id)
      return each;
  if (items_.size() == items_max)
    items_.pop_front();
  return items_.emplace_back(spoken_item{id, response, {}, false, false});
}

void realtime_brain::tell(const std::string& id,
                          const char* role,
                          const std::string& text) {
  if (text.empty())
    return;
  const std::string_view who{role};
  if (const auto from = language_.now(); who == "caller" && language_.hear(text))
    use_language(from);
  if (who == "agent")
    wait_for(expected_after(text, std::exchange(asked_slot_, {})));
  host_.heard({id, role, text, language_.now()});
  remember({id, role, text});
}

void realtime_brain::remember(history_turn turn) {
  history_bytes_ += turn.text.size();
  history_.push_back(std::move(turn));
  while (history_.size() > options_.history_turns_max ||
         (history_bytes_ > options_.history_bytes_max && history_.size() > 1)) {
    history_bytes_ -= history_.front().text.size();
    history_.pop_front();
  }
}

void realtime_brain::want_response(wish what) {
  if (hushed_ && !what.dictated)
    return;
  // Wishes without words of their own are one and the same.
  if (what.instructions.empty())
    for (const auto& each : wishes_)
      if (each.instructions.empty() && each.allow_tools == what.allow_tools)
        return;
  if (wishes_.size() < wishes_max)
    wishes_.push_back(std::move(what));
}

void realtime_brain::ask_for_response() {
  if (wishes_.empty() || phase_ != phase::open || response_active_ || awaiting_ ||
      !tools_.empty() || caller_speaking_ || now_ < slow_until_)
    return;
  asked_ = std::move(wishes_.front());
  wishes_.pop_front();
  awaiting_ = true;
  asked_at_ = now_;
  send(create_response(asked_.instructions, asked_.allow_tools));
}

} // namespace caly::openai
