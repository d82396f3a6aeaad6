#include "tests/simulators/twilio/twiml_runner.hpp"

#include "tests/simulators/http/url.hpp"
#include "tests/simulators/twilio/relay_line.hpp"
#include "tests/simulators/twilio/twilio_calls.hpp"
#include "tests/simulators/twilio/twilio_stream.hpp"

#include <spdlog/spdlog.h>

#include <cstdlib>

namespace caly::sim {

namespace {

constexpr double play_s = 2;
constexpr double dial_s = 4;
constexpr double digits_reaction_s = 1.5;
constexpr double end_of_speech_s = 0.8; ///< Silence that ends what the callee says.

double number_or(std::string_view text, double fallback) {
  const auto value = std::atof(std::string{text}.c_str());
  return text.empty() || value < 0 ? fallback : value;
}

std::string method_of(const twiml_element& verb) {
  return verb.attribute("method") == "GET" ? "GET" : "POST";
}

} // namespace

twiml_runner::twiml_runner(world& world, twilio_calls& calls, twilio_call_ptr call)
    : world_{world}, calls_{calls}, call_{std::move(call)}, talker_{call_->plan} {}

void twiml_runner::fetch(const std::string& url,
                         const std::string& method,
                         field_list extra) {
  auto form = webhook_form(*call_);
  if (!call_->answered_by.empty())
    form.emplace_back("AnsweredBy", call_->answered_by);
  for (auto& entry : extra)
    form.push_back(std::move(entry));
  calls_.post(*call_,
              "voice",
              url,
              method,
              std::move(form),
              [self = shared_from_this(), url](const http_result& result) {
                if (self->stopped_)
                  return;
                if (result.status >= 200 && result.status < 300)
                  return self->run(result.body, url);
                spdlog::warn("twiml_runner: no TwiML call={} status={} error={}",
                             self->call_->sid,
                             result.status,
                             result.error);
                self->fall_back(url, result.status);
              });
}

void twiml_runner::fall_back(const std::string& url, int status) {
  const auto& fallback = call_->fallback_url;
  if (fallback.empty() || url == fallback)
    return calls_.end(call_, "failed");
  // 11200: a bad answer, 11205: none.
  fetch(fallback,
        "POST",
        {{"ErrorCode", status == 0 ? "11205" : "11200"}, {"ErrorUrl", url}});
}

void twiml_runner::run(const std::string& twiml, const std::string& base) {
  auto document = parse_twiml(twiml);
  if (!document) {
    spdlog::warn("twiml_runner: not TwiML call={}", call_->sid);
    return calls_.end(call_, "failed");
  }
  base_ = base;
  verbs_ = std::move(document->children);
  at_ = 0;
  next();
}

void twiml_runner::stop() {
  stopped_ = true;
  wait_.cancel();
  if (stream_)
    stream_->stop();
  if (relay_)
    relay_->stop();
  if (!room_.empty())
    calls_.conferences.leave(room_, *call_);
}

void twiml_runner::next() {
  if (stopped_)
    return;
  if (at_ >= verbs_.size())
    return calls_.end(call_, "completed");
  execute(verbs_[at_++]);
}

void twiml_runner::execute(const twiml_element& verb) {
  if (verb.name != "Reject" && verb.name != "Redirect")
    calls_.pick_up(call_);
  if (verb.name == "Connect")
    connect(verb);
  else if (verb.name == "Say")
    wait(spoken_s(verb.text));
  else if (verb.name == "Play")
    wait(play_s);
  else if (verb.name == "Pause")
    wait(number_or(verb.attribute("length"), 1));
  else if (verb.name == "Gather")
    gather(verb);
  else if (verb.name == "Dial")
    dial(verb);
  else if (verb.name == "Refer")
    refer(verb);
  else if (verb.name == "Redirect")
    fetch(resolve_url(base_, verb.text), method_of(verb), {});
  else if (verb.name == "Reject")
    calls_.end(call_, verb.attribute("reason") == "busy" ? "busy" : "no-answer");
  else if (verb.name == "Hangup")
    calls_.end(call_, "completed");
  else
    next();
}

void twiml_runner::connect(const twiml_element& verb) {
  if (const auto* stream = verb.child("Stream"))
    return connect_stream(verb, *stream);
  if (const auto* relay = verb.child("ConversationRelay"))
    return connect_relay(verb, *relay);
  spdlog::warn("twiml_runner: <Connect> to nothing that is known call={}", call_->sid);
  calls_.end(call_, "failed");
}

void twiml_runner::connect_relay(const twiml_element& verb, const twiml_element& relay) {
  const auto action = std::string{verb.attribute("action")};
  relay_ = std::make_shared<relay_line>(
      world_,
      calls_,
      call_,
      talker_,
      std::string{relay.attribute("url")},
      [self = weak_from_this(), action, method = method_of(verb)](
          const relay_outcome& outcome) {
        const auto me = self.lock();
        if (!me || me->stopped_)
          return;
        me->relay_ = nullptr;
        if (action.empty())
          return me->next();
        me->fetch(resolve_url(me->base_, action),
                  method,
                  {{"SessionStatus", outcome.status},
                   {"ErrorCode", outcome.error_code},
                   {"HandoffData", outcome.handoff}});
      });
  relay_->open();
}

void twiml_runner::connect_stream(const twiml_element& verb,
                                  const twiml_element& stream) {
  stream_order order;
  order.url = stream.attribute("url");
  order.name = stream.attribute("name");
  if (!stream.attribute("statusCallback").empty())
    order.status_url = resolve_url(base_, stream.attribute("statusCallback"));
  for (const auto& child : stream.children)
    if (child.name == "Parameter")
      order.parameters.emplace_back(child.attribute("name"), child.attribute("value"));
  const auto action = std::string{verb.attribute("action")};
  const auto method = method_of(verb);
  stream_ = std::make_shared<twilio_stream>(
      world_, calls_, call_, std::move(order), [self = weak_from_this(), action, method] {
        const auto me = self.lock();
        if (!me || me->stopped_)
          return;
        me->stream_ = nullptr;
        if (action.empty())
          return me->next();
        me->fetch(resolve_url(me->base_, action), method, {});
      });
  stream_->open();
}

void twiml_runner::gather(const twiml_element& verb) {
  double prompt_s = 0;
  for (const auto& child : verb.children)
    prompt_s += child.name == "Say"     ? spoken_s(child.text)
                : child.name == "Pause" ? number_or(child.attribute("length"), 1)
                                        : play_s;
  if (verb.attribute("input").find("speech") != std::string_view::npos)
    gather_speech(verb, prompt_s);
  else
    gather_digits(verb, prompt_s);
}

void twiml_runner::gather_speech(const twiml_element& verb, double prompt_s) {
  const auto answer = talker_.answer(prompt_s, world_.time.now() - call_->answered_at);
  if (answer.hangs_up) {
    wait_ = world_.time.after(answer.after_s, [self = weak_from_this()] {
      if (const auto me = self.lock(); me && !me->stopped_)
        me->calls_.end(me->call_, "completed");
    });
    return;
  }
  if (answer.text.empty())
    return gather_nothing(verb, prompt_s);
  wait_then_fetch(answer.after_s + end_of_speech_s,
                  verb,
                  {{"SpeechResult", std::string{answer.text}}, {"Confidence", "0.92"}});
}

void twiml_runner::gather_digits(const twiml_element& verb, double prompt_s) {
  const auto kind = call_->plan.kind;
  if (kind == callee_kind::silent || kind == callee_kind::voicemail)
    return gather_nothing(verb, prompt_s);
  // Who refuses calls declines this one, too.
  const auto* key = kind == callee_kind::refuses_calls ? "2" : "1";
  wait_then_fetch(prompt_s + digits_reaction_s, verb, {{"Digits", key}});
}

void twiml_runner::gather_nothing(const twiml_element& verb, double prompt_s) {
  const auto seconds = prompt_s + number_or(verb.attribute("timeout"), 5);
  if (verb.attribute("actionOnEmptyResult") == "true")
    wait_then_fetch(seconds, verb, {});
  else
    wait(seconds);
}

void twiml_runner::dial(const twiml_element& verb) {
  if (const auto* conference = verb.child("Conference"))
    return join_room(verb, conference->text);
  for (const auto* noun : {"Number", "Sip"})
    if (const auto* person = verb.child(noun))
      return dial_person(verb, person->text);
  dial_person(verb, verb.text);
}

void twiml_runner::dial_person(const twiml_element& verb, const std::string& to) {
  const auto plan = plan_callee(world_.options, to);
  const auto timeout = number_or(verb.attribute("timeout"), 30);
  const bool rings_out = plan.kind == callee_kind::rings_out || plan.ring_s > timeout;
  const std::string outcome = rings_out                        ? "no-answer"
                              : plan.kind == callee_kind::busy ? "busy"
                                                               : "completed";
  const auto ring_s =
      rings_out ? std::min(timeout, world_.options.ring_out_seconds) : plan.ring_s;
  const auto talk_s = outcome == "completed" ? plan.talk_s.value_or(dial_s) : 0;
  world_.log.call(
      "dial.begin", call_->facts, {{"to", to}, {"from", verb.attribute("callerId")}});
  wait_ = world_.time.after(ring_s + talk_s,
                            [self = weak_from_this(), verb, outcome, talk_s] {
                              if (const auto me = self.lock(); me && !me->stopped_)
                                me->dialed(verb, outcome, talk_s);
                            });
}

void twiml_runner::dialed(const twiml_element& verb,
                          const std::string& outcome,
                          double talked_s) {
  world_.log.call("dial.end", call_->facts, {{"status", outcome}});
  if (verb.attribute("action").empty())
    return next();
  fetch(resolve_url(base_, verb.attribute("action")),
        method_of(verb),
        {{"DialCallStatus", outcome},
         {"DialCallDuration", std::to_string(static_cast<int>(talked_s))}});
}

void twiml_runner::join_room(const twiml_element& verb, const std::string& room) {
  room_ = room;
  calls_.conferences.join(room, call_, [self = weak_from_this(), verb] {
    const auto me = self.lock();
    if (!me || me->stopped_)
      return;
    me->room_.clear();
    if (verb.attribute("action").empty())
      return me->next();
    me->fetch(resolve_url(me->base_, verb.attribute("action")),
              method_of(verb),
              {{"DialCallStatus", "answered"}});
  });
}

void twiml_runner::refer(const twiml_element& verb) {
  const auto* person = verb.child("Sip");
  world_.log.call("refer", call_->facts, {{"to", person ? person->text : ""}});
  wait_then_fetch(
      1, verb, {{"ReferCallStatus", "completed"}, {"ReferSipResponseCode", "202"}});
}

void twiml_runner::wait(double seconds) {
  wait_ = world_.time.after(seconds, [self = weak_from_this()] {
    if (const auto me = self.lock())
      me->next();
  });
}

void twiml_runner::wait_then_fetch(double seconds,
                                   const twiml_element& verb,
                                   field_list extra) {
  // Without an action the document itself is asked again, as Twilio does.
  const auto action = verb.attribute("action").empty()
                          ? base_
                          : resolve_url(base_, verb.attribute("action"));
  wait_ = world_.time.after(
      seconds, [self = weak_from_this(), action, method = method_of(verb), extra] {
        const auto me = self.lock();
        if (me && !me->stopped_)
          me->fetch(action, method, extra);
      });
}

} // namespace caly::sim
