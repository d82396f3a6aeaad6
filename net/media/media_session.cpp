#include "net/media/media_session.hpp"

#include "net/media/flat_json.hpp"
#include "net/media/media_lane.hpp"
#include "runtime/base/text.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

namespace caly {

namespace {

/// Fifty frames a second, marks and keys beside them; after a stall of the network five
/// seconds arrive at once.
constexpr rate message_rate{60, std::chrono::seconds{1}, 300};

constexpr auto relaxed = std::memory_order_relaxed;

} // namespace

media_session::media_session(caf::actor_system& sys,
                             std::shared_ptr<media_lane> lane,
                             const media_ports& ports,
                             std::unique_ptr<carrier_wire> wire,
                             media_pass pass,
                             std::string ticket,
                             std::shared_ptr<void> slot)
    : sys_{sys},
      lane_{std::move(lane)},
      ports_{ports},
      pass_{pass},
      ticket_{std::move(ticket)},
      slot_{std::move(slot)},
      wire_{std::move(wire)},
      playout_{*this, {lane_->options.lead.count()}},
      messages_{message_rate} {}

media_session::~media_session() = default;

void media_session::open(
    media_socket socket,
    const boost::beast::http::request<boost::beast::http::string_body>& request) {
  ws_options options;
  options.message_bytes_max = lane_->options.message_bytes_max;
  options.queue_bytes_max = lane_->options.queue_bytes_max;
  carrier_ = accept_link(std::move(socket), request, *this, options);
}

// -- the carrier

void media_session::on_open(ws_link&) {
  opened_at_ = clock::now();
}

void media_session::on_text(ws_link&, std::string_view text) {
  if (phase_ == phase::over)
    return;
  const auto now = clock::now();
  if (messages_.take(now).count() > 0)
    return end("carrier_flood");
  carrier_message message;
  if (!wire_->read(text, message)) {
    counters_->frames_bad.fetch_add(1, relaxed);
    return;
  }
  using kind = carrier_message::kind;
  switch (message.type) {
  case kind::media:
    frame_at_ = now;
    return on_media(message);
  case kind::start:
    return on_start(message);
  case kind::mark:
    return on_mark(message.mark);
  case kind::dtmf:
    spoken_at_ = now;
    note("dtmf", std::string{R"({"digit":")"} + message.digit + R"("})");
    if (brain_)
      brain_->press(message.digit, now);
    return;
  case kind::stop:
    return end("carrier_closed");
  case kind::connected:
  case kind::other:
    return;
  }
}

void media_session::on_end(ws_link&, const ws_end& gone) {
  carrier_.reset();
  if (phase_ == phase::opening && gone.close_code == 0)
    spdlog::info("media: socket gone before its start call={} reason={}",
                 pass_.call.str(),
                 gone.reason);
  end("carrier_closed");
}

void media_session::on_start(carrier_message& message) {
  if (phase_ != phase::opening)
    return;
  if (!message.ticket.empty() && message.ticket != ticket_)
    return end("bad_ticket");
  if (!message.known_format)
    return end("bad_format");
  const auto make_brain = ports_.brains.find(pass_.brain);
  if (make_brain == ports_.brains.end())
    return end("no_brain");
  phase_ = phase::attaching;
  frame_at_ = spoken_at_ = clock::now();
  stream_id_ = message.stream_id;
  brain_ = make_brain->second(*this, lane_->io);
  media_pipe_parts parts{lane_,
                         weak_from_this(),
                         counters_,
                         ports_.calls,
                         pass_,
                         stream_id_,
                         std::move(message.provider_call_id)};
  pipe_ = spawn<media_pipe_self_actor, media_pipe_state>(
      sys_,
      actor_label{"media_pipe", pass_.call.str(), pass_.tenant.str()},
      media_pipe,
      std::move(parts));
}

void media_session::on_media(const carrier_message& message) {
  if (message.outbound || message.audio_bytes == 0)
    return;
  if (message.chunk >= 0) {
    if (message.chunk <= last_chunk_) {
      counters_->frames_bad.fetch_add(1, relaxed);
      return;
    }
    last_chunk_ = message.chunk;
  }
  // The carrier's clock never runs backwards.
  if (message.timestamp_ms > carrier_ms_)
    carrier_ms_ = message.timestamp_ms;
  counters_->frames_in.fetch_add(1, relaxed);
  if (!brain_)
    return;
  const bool listening = contested() || brain_->wants_frames();
  if (listening || recorder_)
    from_base64(message.audio, codes_);
  if (recorder_)
    recorder_->caller(message.timestamp_ms, codes_);
  if (listening)
    listen();
  brain_->hear(message.audio, message.audio_bytes);
}

void media_session::on_mark(const std::string& name) {
  playout_.echoed(name);
  tell_heard(clock::now());
}

void media_session::tell_heard(clock::time_point now) {
  if (!playing())
    guard_.reset();
  for (const auto& item : playout_.take_heard(line_ms())) {
    spoken_at_ = now;
    if (brain_)
      brain_->played(item);
  }
}

std::int64_t media_session::line_ms() const {
  // A line that went quiet stands still: nothing is heard on it.
  constexpr auto quiet_max = std::chrono::milliseconds{1000};
  const auto since =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - frame_at_);
  return carrier_ms_ + std::min(since, quiet_max).count();
}

// -- the call

void media_session::planned(caf::expected<media_plan> plan) {
  if (phase_ != phase::attaching)
    return;
  if (!plan) {
    spdlog::warn("media: no call for a socket call={} reason={}",
                 pass_.call.str(),
                 to_string(plan.error()));
    return end("call_ended");
  }
  phase_ = phase::talking;
  idle_s_ = plan->idle_s;
  no_media_s_ = plan->no_media_s;
  spoken_at_ = clock::now();
  if (plan->recorded && ports_.record)
    recorder_ = ports_.record({pass_.tenant, pass_.call, plan->session});
  brain_->start(std::move(*plan), clock::now());
}

void media_session::steer_recording(bool paused) {
  if (!recorder_)
    return;
  if (paused)
    recorder_->pause();
  else
    recorder_->resume();
}

void media_session::say(const std::string& text) {
  if (phase_ == phase::talking)
    brain_->say(text);
}

void media_session::tick(clock::time_point now) {
  using std::chrono::seconds;
  if (phase_ == phase::over)
    return;
  if (phase_ == phase::opening) {
    if (now - opened_at_ > lane_->options.start_timeout)
      end("no_start");
    return;
  }
  tell_heard(now);
  if (playing() && !playout_.held())
    spoken_at_ = now;
  if (phase_ == phase::talking) {
    if (now - frame_at_ > seconds{no_media_s_})
      return end("no_media");
    if (now - spoken_at_ > seconds{idle_s_})
      return end("idle");
  }
  brain_->tick(now);
}

void media_session::end(std::string reason) {
  if (phase_ == phase::over)
    return;
  const auto self = shared_from_this();
  if (brain_)
    brain_->leave(playout_.cut(line_ms()));
  if (recorder_)
    std::exchange(recorder_, nullptr)->finish(line_ms());
  phase_ = phase::over;
  if (carrier_)
    std::exchange(carrier_, nullptr)->drop();
  spdlog::info("media: over call={} reason={} frames_in={} frames_out={}",
               pass_.call.str(),
               reason,
               counters_->frames_in.load(relaxed),
               counters_->frames_out.load(relaxed));
  media_closed gone{stream_id_,
                    std::move(reason),
                    counters_->frames_in.load(relaxed),
                    counters_->frames_out.load(relaxed)};
  with_pipe([gone](media_pipe_self pipe) {
    if (pipe->state.call)
      pipe->send(pipe->state.call, gone);
    pipe->quit();
  });
  pipe_ = nullptr;
  // Whoever calls may still be within the brain or the socket.
  boost::asio::post(lane_->io, [self] {
    self->brain_.reset();
    self->lane_->remove(*self);
    self->slot_.reset();
  });
}

template <class Run>
void media_session::with_pipe(Run run) {
  if (!pipe_)
    return;
  auto job = std::make_shared<media_job>();
  job->run = std::move(run);
  caf::anon_send(pipe_, std::move(job));
}

// -- the brain

void media_session::play(std::string_view item, std::string_view audio) {
  const auto bytes = base64_bytes(audio);
  if (!carrier_ || !bytes || *bytes == 0)
    return;
  playout_.add(item, audio, *bytes, line_ms());
  if (playout_.waiting())
    lane_->pace_soon();
}

void media_session::finish_item(std::string_view item) {
  playout_.finish(item, line_ms());
}

std::vector<cut_audio> media_session::stop_playing() {
  guard_.reset();
  return playout_.cut(line_ms());
}

bool media_session::playing() const {
  return playout_.busy(line_ms());
}

std::int64_t media_session::left_ms() const {
  return playout_.left_ms(line_ms());
}

// -- who has the word

void media_session::listen() {
  activity_.feed(codes_, [this](bool voiced, int loudness) {
    const bool caller = voiced && !echo_.may_be_echo(line_ms(), loudness);
    if (contested())
      yield(guard_.frame(caller));
    if (brain_->wants_frames())
      brain_->on_frame(caller);
  });
}

void media_session::caller_speaks() {
  if (contested())
    yield(guard_.speech());
}

void media_session::caller_says(std::string_view words) {
  if (contested())
    yield(guard_.words(words));
}

void media_session::yield(barge_in_step step) {
  switch (step) {
  case barge_in_step::none:
    return;
  case barge_in_step::duck:
    return playout_.duck(line_ms());
  case barge_in_step::hold:
    return playout_.hold(line_ms());
  case barge_in_step::raise:
    playout_.raise();
    return brain_->not_interrupted();
  case barge_in_step::resume:
    playout_.resume(line_ms());
    if (playout_.waiting())
      lane_->pace_soon();
    note("barge_in_false_alarm", "{}");
    return brain_->not_interrupted();
  case barge_in_step::stop:
    counters_->barge_ins.fetch_add(1, relaxed);
    return brain_->interrupted(playout_.cut(line_ms()));
  }
}

// -- the agent's audio

bool media_session::pace() {
  playout_.pace(line_ms());
  return playout_.waiting();
}

void media_session::send_audio(std::int64_t begin_ms, std::string_view audio) {
  if (!carrier_)
    return;
  from_base64(audio, sent_codes_);
  echo_.playing(begin_ms, sent_codes_);
  if (recorder_)
    recorder_->agent(begin_ms, sent_codes_);
  counters_->frames_out.fetch_add(1, relaxed);
  wire_->play(*carrier_, audio);
}

void media_session::send_mark(std::string_view name) {
  if (carrier_)
    wire_->mark(*carrier_, name);
}

void media_session::send_clear() {
  echo_.cleared(line_ms());
  if (recorder_)
    recorder_->cut(line_ms());
  if (carrier_)
    wire_->clear(*carrier_);
}

void media_session::spoken() {
  spoken_at_ = clock::now();
}

void media_session::heard(turn_heard turn) {
  with_pipe([turn = std::move(turn)](media_pipe_self pipe) {
    if (pipe->state.call)
      pipe->send(pipe->state.call, turn);
  });
}

void media_session::call_tool(tool_called tool) {
  with_pipe([tool = std::move(tool), weak = weak_from_this(), lane = lane_](
                media_pipe_self pipe) {
    const auto answered = [weak, lane, id = tool.tool_call_id](tool_answer answer) {
      boost::asio::post(lane->io, [weak, id, answer = std::move(answer)] {
        const auto session = weak.lock();
        if (session && session->phase_ == phase::talking)
          session->brain_->tool_answered(id, answer, clock::now());
      });
    };
    const tool_answer failed{R"({"ok":false,"error":"not available now"})", false};
    if (!pipe->state.call)
      return answered(failed);
    pipe->request(pipe->state.call, lane->options.tool_timeout, tool)
        .then([answered](tool_answer& answer) { answered(std::move(answer)); },
              [answered, failed](const caf::error&) { answered(failed); });
  });
}

void media_session::note(std::string kind, std::string detail) {
  with_pipe(
      [event = media_event{std::move(kind), std::move(detail)}](media_pipe_self pipe) {
        if (pipe->state.call)
          pipe->send(pipe->state.call, event);
      });
}

} // namespace caly
