#include "tests/simulators/twilio/twilio_stream.hpp"

#include "runtime/base/clock.hpp"
#include "runtime/base/text.hpp"
#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/http/ws_client.hpp"
#include "tests/simulators/speech/mulaw.hpp"
#include "tests/simulators/twilio/signature.hpp"
#include "tests/simulators/twilio/twilio_calls.hpp"

#include <spdlog/spdlog.h>

namespace caly::sim {

namespace {

constexpr std::size_t queue_bytes_max = 8'000 * 600; // ten minutes
constexpr std::size_t marks_max = 1'000;
constexpr std::size_t backlog_bytes_max = 250 * 400; // about five seconds of frames
constexpr double lag_s_max = 0.5;
constexpr json_limits message_limits{.bytes_max = 16 * 1024 * 1024};

/// The value of `"key":"…"` in compact JSON without escapes; empty when it is not there.
std::string_view plain_member(std::string_view text, std::string_view quoted_key) {
  const auto at = text.find(quoted_key);
  if (at == std::string_view::npos)
    return {};
  auto rest = text.substr(at + quoted_key.size());
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == ':'))
    rest.remove_prefix(1);
  if (rest.empty() || rest.front() != '"')
    return {};
  rest.remove_prefix(1);
  return rest.substr(0, rest.find('"'));
}

} // namespace

twilio_stream::twilio_stream(world& world,
                             twilio_calls& calls,
                             twilio_call_ptr call,
                             stream_order order,
                             std::function<void()> on_over)
    : world_{world},
      calls_{calls},
      call_{std::move(call)},
      order_{std::move(order)},
      on_over_{std::move(on_over)},
      sid_{new_id("MZ")} {}

void twilio_stream::bring_callee() {
  const auto passed_s = world_.time.now() - call_->answered_at;
  const auto left_s = call_->plan.talk_s.value_or(1e9) - passed_s;
  if (call_->callee)
    return call_->callee->go_on(left_s);
  const auto hang_up =
      [&time = world_.time, &calls = calls_, weak = std::weak_ptr<twilio_call>{call_}] {
        // Not from within a tick: ending the call stops its stream.
        time.post([&calls, weak] {
          if (const auto call = weak.lock())
            calls.end(call, "completed");
        });
      };
  const auto note = [&log = world_.log, facts = call_->facts](std::string_view kind,
                                                              std::string_view text) {
    log.call(kind, facts, {{"text", text}});
  };
  call_->callee = std::make_shared<talker>(
      world_, call_->plan, left_s, call_->to, machine_port{note, hang_up});
  call_->callee->prepare();
}

void twilio_stream::open() {
  bring_callee();
  field_list headers{
      {"X-Twilio-Signature", twilio_signature(call_->auth_token, order_.url, {})}};
  open_web_socket(world_.time.io(),
                  order_.url,
                  std::move(headers),
                  [self = shared_from_this()](std::shared_ptr<web_socket> socket,
                                              const std::string& error) {
                    self->did_open(socket, error);
                  });
}

void twilio_stream::did_open(const std::shared_ptr<web_socket>& socket,
                             const std::string& error) {
  if (over_) {
    if (socket)
      socket->close();
    return;
  }
  if (!socket) {
    spdlog::warn("twilio_stream: cannot open call={} error={}", call_->sid, error);
    report("stream-error", "31920 " + error);
    return finish();
  }
  open_ = true;
  socket_ = socket;
  socket_->on_text = [self = shared_from_this()](std::string_view text) {
    self->receive(text);
  };
  socket_->on_binary = [self = shared_from_this()](std::string_view) {
    self->protocol_error("31950", "binary frame");
  };
  socket_->on_closed = [self = shared_from_this()] {
    self->socket_ = nullptr;
    self->finish();
  };
  world_.log.call("media.start", call_->facts, {{"stream", sid_}});
  report("stream-started");
  send_start();
  next_at_ = world_.time.now() + frame_s;
  schedule();
}

void twilio_stream::send_start() {
  socket_->send(R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
  json_writer out;
  out.begin_object()
      .field("event", "start")
      .field("sequenceNumber", std::to_string(++sequence_));
  out.key("start").begin_object();
  out.field("accountSid", call_->account_sid)
      .field("streamSid", sid_)
      .field("callSid", call_->sid);
  out.key("tracks").begin_array().value("inbound").end_array();
  out.key("mediaFormat").begin_object();
  out.field("encoding", "audio/x-mulaw").field("sampleRate", 8000).field("channels", 1);
  out.end_object().key("customParameters").begin_object();
  for (const auto& [name, value] : order_.parameters)
    out.field(name, value);
  out.end_object().end_object().field("streamSid", sid_).end_object();
  socket_->send(std::move(out).str());
}

void twilio_stream::schedule() {
  pace_ = world_.time.at(next_at_, [self = weak_from_this()] {
    if (const auto me = self.lock())
      me->tick();
  });
}

void twilio_stream::tick() {
  if (over_)
    return;
  std::string_view heard;
  if (queue_at_ < queue_.size())
    heard = std::string_view{queue_}.substr(queue_at_, frame_bytes);
  if (!agent_heard_ && !heard.empty() && is_voiced(heard)) {
    agent_heard_ = true;
    world_.log.call("media.heard", call_->facts, {{"stream", sid_}});
  }
  const auto said = call_->callee->tick(heard);
  queue_at_ += heard.size();
  played_ += heard.size();
  if (queue_at_ == queue_.size()) {
    queue_.clear();
    queue_at_ = 0;
  } else if (queue_at_ > 64 * 1024) {
    queue_.erase(0, queue_at_);
    queue_at_ = 0;
  }
  send_media(said);
  echo_marks(false);
  next_at_ += frame_s;
  // A machine that cannot keep up must not answer with a burst.
  const auto now = world_.time.now();
  if (now - next_at_ > lag_s_max * world_.time.speed())
    next_at_ = now;
  schedule();
}

void twilio_stream::send_media(std::string_view frame) {
  if (socket_->backlog_bytes() > backlog_bytes_max)
    return;
  const auto chunk = ++frames_out_;
  std::string text;
  text.reserve(420);
  text += R"({"event":"media","sequenceNumber":")";
  text += std::to_string(++sequence_);
  text += R"(","media":{"track":"inbound","chunk":")";
  text += std::to_string(chunk);
  text += R"(","timestamp":")";
  text += std::to_string((chunk - 1) * 20);
  text += R"(","payload":")";
  text += to_base64(frame);
  text += R"("},"streamSid":")";
  text += sid_;
  text += R"("})";
  socket_->send(std::move(text));
}

void twilio_stream::echo_marks(bool all) {
  while (!marks_.empty() && (all || marks_.front().due <= played_)) {
    json_writer out;
    out.begin_object()
        .field("event", "mark")
        .field("sequenceNumber", std::to_string(++sequence_))
        .field("streamSid", sid_);
    out.key("mark").begin_object().field("name", marks_.front().name).end_object();
    socket_->send(std::move(out.end_object()).str());
    marks_.pop_front();
  }
}

void twilio_stream::receive(std::string_view text) {
  if (over_)
    return;
  if (plain_member(text, R"("event")") == "media") {
    const auto payload = plain_member(text, R"("payload")");
    if (payload.find('\\') == std::string_view::npos)
      return receive_media(payload);
  }
  receive_other(text);
}

void twilio_stream::receive_media(std::string_view payload) {
  std::string audio;
  if (!from_base64(payload, audio))
    return protocol_error("31951", "payload is not base64");
  bytes_in_ += audio.size();
  if (queue_.size() - queue_at_ + audio.size() > queue_bytes_max)
    return protocol_error("31951", "more than ten minutes of audio wait");
  queue_ += audio;
}

void twilio_stream::receive_other(std::string_view text) {
  const auto message = json::parse(text, message_limits);
  if (!message)
    return protocol_error("31951", "not JSON");
  const auto event = (*message)["event"].text_or("");
  if ((*message)["streamSid"].text_or("") != sid_)
    return protocol_error("31951", "unknown streamSid");
  if (event == "media")
    return receive_media((*message)["media"]["payload"].text_or(""));
  if (event == "mark") {
    if (marks_.size() >= marks_max)
      return protocol_error("31951", "too many marks wait");
    marks_.push_back({played_ + queue_.size() - queue_at_,
                      std::string{(*message)["mark"]["name"].text_or("")}});
  } else if (event == "clear") {
    played_ += queue_.size() - queue_at_;
    queue_.clear();
    queue_at_ = 0;
    echo_marks(true);
  } else {
    protocol_error("31924", "unknown event");
  }
}

void twilio_stream::protocol_error(std::string_view code, std::string_view what) {
  spdlog::warn(
      "twilio_stream: refused message call={} code={} why={}", call_->sid, code, what);
  report("stream-error", std::string{code} + " " + std::string{what});
  if (socket_)
    std::exchange(socket_, nullptr)->close(1002);
  finish();
}

void twilio_stream::stop() {
  if (over_)
    return;
  on_over_ = nullptr;
  if (socket_) {
    json_writer out;
    out.begin_object()
        .field("event", "stop")
        .field("sequenceNumber", std::to_string(++sequence_))
        .field("streamSid", sid_);
    out.key("stop").begin_object();
    out.field("accountSid", call_->account_sid).field("callSid", call_->sid);
    out.end_object().end_object();
    const auto socket = std::exchange(socket_, nullptr);
    socket->send(std::move(out).str());
    socket->close();
  }
  finish();
}

void twilio_stream::report(std::string_view event, std::string_view error) {
  if (order_.status_url.empty())
    return;
  field_list form{
      {"AccountSid", call_->account_sid},
      {"CallSid", call_->sid},
      {"StreamSid", sid_},
      {"StreamName", order_.name.empty() ? sid_ : order_.name},
      {"StreamEvent", std::string{event}},
      {"Timestamp", to_rfc3339(std::chrono::system_clock::now())},
  };
  if (!error.empty())
    form.emplace_back("StreamError", error);
  calls_.post(*call_, std::string{event}, order_.status_url, "POST", std::move(form));
}

void twilio_stream::finish() {
  if (over_)
    return;
  over_ = true;
  pace_.cancel();
  if (open_) {
    world_.log.call("media.stop",
                    call_->facts,
                    {{"stream", sid_},
                     {"frames_in", static_cast<std::int64_t>(bytes_in_ / frame_bytes)},
                     {"frames_out", static_cast<std::int64_t>(frames_out_)}});
    report("stream-stopped");
  }
  if (on_over_)
    world_.time.post([tell = std::exchange(on_over_, nullptr)] { tell(); });
}

} // namespace caly::sim
