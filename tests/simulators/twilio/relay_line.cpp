#include "tests/simulators/twilio/relay_line.hpp"

#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/http/ws_client.hpp"
#include "tests/simulators/twilio/signature.hpp"
#include "tests/simulators/twilio/twilio_calls.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace caly::sim {

namespace {

constexpr double barge_in_chance = 1.0 / 6;
constexpr double key_s = 0.25;
constexpr int refused_in_a_row_max = 10;
constexpr std::string_view typed_answer = "4521#";
constexpr json_limits message_limits{.bytes_max = 1 << 20};

/// What was said of `words` after that part of their time, cut between words.
std::string up_to(const std::string& words, double fraction) {
  const auto at = static_cast<std::size_t>(static_cast<double>(words.size()) * fraction);
  const auto space = words.rfind(' ', std::min(at, words.size()));
  return space == std::string::npos ? std::string{} : words.substr(0, space);
}

std::string_view language_of(const twilio_call& call) {
  return call.plan.persona->speaks == voice::hindi ? "hi-IN" : "en-IN";
}

} // namespace

relay_line::relay_line(world& world,
                       twilio_calls& calls,
                       twilio_call_ptr call,
                       text_talker& talker,
                       std::string url,
                       std::function<void(const relay_outcome&)> on_over)
    : world_{world},
      calls_{calls},
      call_{std::move(call)},
      talker_{talker},
      url_{std::move(url)},
      on_over_{std::move(on_over)},
      sid_{new_id("VX")},
      dice_{world.options.seed, call_->to} {}

void relay_line::open() {
  // Telnyx signs no upgrade.
  field_list headers;
  if (!call_->telnyx)
    headers.emplace_back("X-Twilio-Signature",
                         twilio_signature(call_->auth_token, url_, {}));
  open_web_socket(world_.time.io(),
                  url_,
                  std::move(headers),
                  [self = shared_from_this()](std::shared_ptr<web_socket> socket,
                                              const std::string& error) {
                    self->did_open(socket, error);
                  });
}

void relay_line::did_open(const std::shared_ptr<web_socket>& socket,
                          const std::string& error) {
  if (over_) {
    if (socket)
      socket->close();
    return;
  }
  if (!socket) {
    spdlog::warn("relay_line: cannot open call={} error={}", call_->sid, error);
    return finish({"failed", "64102", {}});
  }
  open_ = true;
  socket_ = socket;
  socket_->on_text = [self = shared_from_this()](std::string_view text) {
    self->receive(text);
  };
  socket_->on_binary = [self = shared_from_this()](std::string_view) {
    self->refuse("a binary message");
  };
  socket_->on_closed = [self = shared_from_this()] {
    self->socket_ = nullptr;
    self->finish({"failed", "64105", {}});
  };
  world_.log.call("relay.start", call_->facts, {{"session", sid_}});
  send_setup();
}

void relay_line::send_setup() {
  json_writer out;
  out.begin_object().field("type", "setup").field("sessionId", sid_);
  out.field("accountSid", call_->account_sid).field("callSid", call_->sid);
  out.field("from", call_->from).field("to", call_->to);
  out.field("direction", call_->inbound ? "inbound" : "outbound-api");
  out.field("callType", "PSTN").field("callStatus", "IN-PROGRESS");
  out.key("customParameters").begin_object().end_object().end_object();
  send(std::move(out));
}

// -- what Caly sends

void relay_line::receive(std::string_view text) {
  if (over_)
    return;
  const auto message = json::parse(text, message_limits);
  const auto type = message ? (*message)["type"].text_or("") : std::string_view{};
  if (type == "text")
    return receive_words(*message);
  if (type == "language") {
    world_.log.call("relay.language",
                    call_->facts,
                    {{"session", sid_}, {"code", (*message)["ttsLanguage"].text_or("")}});
    return;
  }
  if (type == "end")
    return finish({"ended", {}, std::string{(*message)["handoffData"].text_or("")}});
  if (type != "play" && type != "sendDigits")
    refuse("Invalid message: unknown type");
}

void relay_line::receive_words(const json& message) {
  if (!message["token"].is_string())
    return refuse("Invalid message: text without a token");
  refused_in_a_row_ = 0;
  agent_says_ += message["token"].text_or("");
  if (message["last"].bool_or(false))
    spoken(std::exchange(agent_says_, {}));
}

/// The agent finished a turn: it is said after what is being said.
void relay_line::spoken(const std::string& words) {
  ++texts_in_;
  world_.log.call("relay.said", call_->facts, {{"session", sid_}, {"text", words}});
  const auto now = world_.time.now();
  const auto from = std::max(now, agent_until_);
  agent_until_ = from + spoken_s(words);
  call_->note_spoken({from, agent_until_, true});
  answer(words, agent_until_ - now);
}

void relay_line::answer(const std::string& words, double prompt_s) {
  if (call_->plan.kind == callee_kind::types_digits &&
      words.find('?') != std::string::npos) {
    speech_ = world_.time.after(prompt_s, [self = weak_from_this()] {
      if (const auto me = self.lock())
        me->type(typed_answer);
    });
    return;
  }
  const auto at_s = world_.time.now() - call_->answered_at;
  const auto next = talker_.answer(prompt_s, at_s);
  if (next.hangs_up) {
    end_ = world_.time.after(next.after_s, [self = weak_from_this()] {
      if (const auto me = self.lock(); me && !me->over_)
        me->calls_.end(me->call_, "completed");
    });
    return;
  }
  if (next.text.empty())
    return;
  const auto said_s = spoken_s(next.text);
  const bool cuts_in = dice_.chance(barge_in_chance);
  const auto begin_s =
      cuts_in ? prompt_s * dice_.between(0.3, 0.9) : std::max(0.0, next.after_s - said_s);
  speech_ = world_.time.after(
      begin_s,
      [self = weak_from_this(), words, prompt_s, begin_s, text = std::string{next.text}] {
        const auto me = self.lock();
        if (!me || me->over_)
          return;
        if (begin_s < prompt_s)
          me->begin_to_speak(words, begin_s / prompt_s);
        me->say(text);
      });
}

// -- what the callee does

/// Cuts the agent off where it is.
void relay_line::begin_to_speak(const std::string& words, double fraction) {
  const auto heard = up_to(words, fraction);
  agent_until_ = world_.time.now();
  for (auto& each : call_->spoken)
    if (each.by_agent)
      each.to = std::min(each.to, agent_until_);
  world_.log.call("relay.interrupt", call_->facts, {{"session", sid_}, {"heard", heard}});
  json_writer out;
  out.begin_object().field("type", "interrupt");
  out.field("utteranceUntilInterrupt", heard);
  out.field("durationUntilInterruptMs",
            static_cast<std::int64_t>(spoken_s(heard) * 1000));
  out.end_object();
  send(std::move(out));
}

/// A first part while the callee speaks, the whole when it has spoken.
void relay_line::say(const std::string& text) {
  const auto prompt = [this](std::string_view words, bool last) {
    json_writer out;
    out.begin_object().field("type", "prompt").field("voicePrompt", words);
    out.field("lang", language_of(*call_)).field("last", last).end_object();
    send(std::move(out));
  };
  call_->note_spoken({world_.time.now(), world_.time.now() + spoken_s(text), false});
  if (const auto part = up_to(text, 0.6); !part.empty())
    prompt(part, false);
  end_of_speech_ =
      world_.time.after(spoken_s(text), [self = weak_from_this(), text, prompt] {
        const auto me = self.lock();
        if (!me || me->over_)
          return;
        me->world_.log.call(
            "relay.prompt", me->call_->facts, {{"session", me->sid_}, {"text", text}});
        prompt(text, true);
      });
}

void relay_line::type(std::string_view digits) {
  if (over_ || digits.empty())
    return;
  json_writer out;
  out.begin_object().field("type", "dtmf").field("digit", digits.substr(0, 1));
  out.end_object();
  world_.log.call(
      "relay.dtmf", call_->facts, {{"session", sid_}, {"digit", digits.substr(0, 1)}});
  send(std::move(out));
  speech_ = world_.time.after(key_s, [self = weak_from_this(), rest = digits.substr(1)] {
    if (const auto me = self.lock())
      me->type(rest);
  });
}

void relay_line::refuse(std::string_view why) {
  world_.log.call("relay.refused", call_->facts, {{"session", sid_}, {"why", why}});
  if (++refused_in_a_row_ >= refused_in_a_row_max) {
    if (socket_)
      std::exchange(socket_, nullptr)->close(1002);
    return finish({"failed", "64107", {}});
  }
  json_writer out;
  out.begin_object().field("type", "error").field("description", why).end_object();
  send(std::move(out));
}

void relay_line::send(json_writer message) {
  if (!socket_)
    return;
  ++messages_out_;
  socket_->send(std::move(message).str());
}

void relay_line::stop() {
  if (over_)
    return;
  on_over_ = nullptr;
  finish({"completed", {}, {}});
}

void relay_line::finish(relay_outcome outcome) {
  if (over_)
    return;
  over_ = true;
  for (auto* each : {&speech_, &end_of_speech_, &end_})
    each->cancel();
  if (open_)
    world_.log.call("relay.stop",
                    call_->facts,
                    {{"session", sid_},
                     {"status", outcome.status},
                     {"texts_in", static_cast<std::int64_t>(texts_in_)},
                     {"messages_out", static_cast<std::int64_t>(messages_out_)}});
  if (socket_)
    std::exchange(socket_, nullptr)->close();
  if (on_over_)
    world_.time.post(
        [tell = std::exchange(on_over_, nullptr), outcome] { tell(outcome); });
}

} // namespace caly::sim
