#include "net/media/media_session.hpp"

#include "net/media/flat_json.hpp"
#include "net/media/hold_tone.hpp"
#include "net/media/latency_metrics.hpp"
#include "net/media/media_lane.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

namespace caly {

namespace {

/// Fifty frames a second, marks and keys beside them; after a stall of the network five
/// seconds arrive at once.
constexpr rate message_rate{60, std::chrono::seconds{1}, 300};

constexpr auto relaxed = std::memory_order_relaxed;

std::int64_t since(media_session::clock::time_point then) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             media_session::clock::now() - then)
      .count();
}

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
    return tell_fault(line_fault::unreadable, faults_.add(line_fault::unreadable));
  }
  using kind = carrier_message::kind;
  switch (message.type) {
  case kind::media:
    return on_media(message, now);
  case kind::start:
    return on_start(message);
  case kind::mark:
    return on_mark(message.mark);
  case kind::dtmf:
    idle_.caller_spoke(now);
    note("dtmf", std::string{R"({"digit":")"} + message.digit + R"("})");
    if (brain_ && agent_has_word())
      brain_->press(message.digit, now);
    return;
  case kind::words:
    if (phase_ == phase::talking && agent_has_word()) {
      idle_.caller_spoke(now);
      brain_->hear_words(std::move(message.words));
    }
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
  constexpr std::array usual{0, 1000, 1001, 1005};
  if (std::ranges::find(usual, gone.close_code) == usual.end()) {
    json_writer detail;
    detail.begin_object()
        .field("code", gone.close_code)
        .field("reason", gone.reason)
        .end_object();
    note("line_broken", std::move(detail).str());
  }
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
  line_ = carrier_line{clock::now()};
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

void media_session::on_media(const carrier_message& message, clock::time_point now) {
  if (message.outbound || message.audio_bytes == 0)
    return;
  const auto length_ms = static_cast<std::int64_t>(message.audio_bytes / 8);
  if (line_.take(message.chunk, message.timestamp_ms, length_ms, now) ==
      carrier_line::verdict::late) {
    counters_->frames_bad.fetch_add(1, relaxed);
    return tell_fault(line_fault::late, faults_.add(line_fault::late));
  }
  counters_->frames_in.fetch_add(1, relaxed);
  if (!brain_)
    return;
  const bool listening =
      contested() || (agent_has_word() && (brain_->wants_frames() || answering_));
  if (listening || recorder_ || tap_)
    from_base64(message.audio, codes_);
  if (recorder_)
    recorder_->caller(line_.begin_ms(), codes_);
  if (tap_)
    tap_->caller(line_ms(), codes_);
  if (!agent_has_word())
    return;
  gap_.caller(line_ms(), message.audio);
  if (listening)
    listen();
  if (!message.wide.empty())
    brain_->hear_wide(message.wide);
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
    idle_.spoke(now);
    if (brain_ && agent_has_word() && !is_key(item))
      brain_->played(item);
  }
}

void media_session::tell_fault(line_fault kind, bool first) {
  if (first)
    note("line_fault", std::string{R"({"fault":")"} + to_string(kind) + "\"}");
}

void media_session::count_faults() {
  for (const auto& [kind, total] : {std::pair{line_fault::misdated, line_.misdated()},
                                    std::pair{line_fault::lost, line_.lost_ms()},
                                    std::pair{line_fault::flood, playout_.dropped_ms()}})
    tell_fault(kind, faults_.counted(kind, total));
}

// -- the call

void media_session::planned(caf::expected<media_plan> plan) {
  if (phase_ != phase::attaching)
    return;
  if (!plan) {
    spdlog::warn("media: no call for a socket call={} reason={}",
                 pass_.call.str(),
                 to_string(plan.error()));
    return end(plan.error() == errc::forbidden ? "bad_ticket" : "call_ended");
  }
  phase_ = phase::talking;
  no_media_s_ = plan->no_media_s;
  still_there_ = plan->still_there;
  idle_.begin(std::chrono::seconds{plan->idle_s}, !still_there_.empty(), clock::now());
  if (plan->recorded && ports_.record)
    recorder_ = ports_.record({pass_.tenant, pass_.call, plan->session});
  if (plan->answering.listens)
    answering_ = std::make_unique<answer_course>(static_cast<answer_host&>(*this),
                                                 plan->answering);
  keep_for_stand_in(*plan);
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

void media_session::advise(const std::string& text) {
  if (phase_ == phase::talking)
    brain_->advise(text, false);
}

void media_session::give_word(call_speaker to) {
  if (phase_ != phase::talking || speaker_ == to)
    return;
  const auto before = std::exchange(speaker_, to);
  guard_.reset();
  const auto cuts = cut();
  if (before == call_speaker::agent)
    brain_->interrupted(cuts);
  // Whoever took the word knows who picked up.
  if (std::exchange(answering_, nullptr))
    hush_agent(false);
  if (to == call_speaker::nobody)
    play_others(hold_tone());
  if (to == call_speaker::agent)
    brain_->advise(before == call_speaker::person
                       ? "A colleague talked with the caller and gave the call back to "
                         "you. Ask what is still open."
                       : "The caller was on hold.",
                   false);
}

void media_session::person_speaks(const std::string& codes) {
  constexpr std::int64_t ahead_max_ms = 1'500;
  if (phase_ == phase::talking && speaker_ == call_speaker::person &&
      playout_.left_ms(line_ms()) < ahead_max_ms)
    play_others(codes);
}

void media_session::play_others(std::string_view codes) {
  const auto item = "other:" + std::to_string(++others_items_);
  playout_.add(item, to_base64(codes), codes.size(), line_ms());
  playout_.finish(item, line_ms());
  if (playout_.waiting())
    lane_->pace_soon();
}

void media_session::let_listen(bool somebody) {
  if (!somebody || phase_ == phase::over)
    return tap_.reset();
  if (tap_)
    return;
  tap_ = std::make_unique<call_tap>(pass_.call, [this](const call_audio& piece) {
    with_pipe([piece](media_pipe_self pipe) { pipe->state.listeners.tell(pipe, piece); });
  });
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
  count_faults();
  if ((playing() && !playout_.held()) || !agent_has_word())
    idle_.spoke(now);
  if (speaker_ == call_speaker::nobody && playout_.left_ms(line_ms()) < 2'000)
    play_others(hold_tone());
  if (phase_ == phase::talking) {
    if (now - line_.frame_at() > seconds{no_media_s_})
      return end("no_media");
    const auto idle = idle_.look(now);
    if (idle == idle_watch::step::end)
      return end("idle");
    if (idle == idle_watch::step::ask)
      brain_->say(still_there_);
  }
  brain_->tick(now);
}

void media_session::end(std::string reason) {
  if (phase_ == phase::over || (reason == "brain_failed" && stand_in_takes_over()))
    return;
  const auto self = shared_from_this();
  tap_.reset();
  if (brain_)
    brain_->leave(cut());
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
  count_faults();
  if (faults_.any())
    note("line_faults", faults_.detail());
  media_closed gone{stream_id_,
                    std::move(reason),
                    counters_->frames_in.load(relaxed),
                    counters_->frames_out.load(relaxed)};
  with_pipe([gone](media_pipe_self pipe) { tell_end(pipe, gone); });
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
  if (!carrier_ || !agent_has_word() || audio.empty())
    return;
  const auto now_ms = line_ms();
  if (!playout_.busy(now_ms))
    gap_.agent_begins();
  playout_.add(item, audio, base64_size(audio), now_ms);
  if (playout_.waiting())
    lane_->pace_soon();
}

void media_session::finish_item(std::string_view item) {
  if (!agent_has_word())
    return;
  playout_.finish(item, line_ms());
}

std::vector<cut_audio> media_session::stop_playing() {
  if (!agent_has_word())
    return {};
  guard_.reset();
  return cut();
}

std::vector<cut_audio> media_session::cut() {
  keys_until_ms_ = 0;
  auto cuts = playout_.cut(line_ms());
  std::erase_if(cuts, [](const auto& each) { return is_key(each.item); });
  return cuts;
}

bool media_session::playing() const {
  return playout_.busy(line_ms());
}

std::int64_t media_session::left_ms() const {
  return playout_.left_ms(line_ms());
}

// -- who has the word

void media_session::listen() {
  if (answering_)
    answering_->hear(codes_);
  activity_.feed(codes_, [this](line_sound sound, int loudness) {
    const bool echo = echo_.may_be_echo(line_ms(), loudness);
    if (echo || (answering_ && answering_->tone()))
      sound = line_sound::quiet;
    if (contested())
      yield(guard_.frame(sound));
    const bool voiced = sound == line_sound::voice;
    if (brain_->wants_frames())
      brain_->on_frame(voiced);
    if (answering_)
      answering_->frame(voiced, playing());
  });
  if (answering_ && answering_->done())
    answering_.reset();
}

void media_session::caller_speaks() {
  idle_.caller_spoke(clock::now());
  if (contested())
    yield(guard_.speech());
}

void media_session::caller_says(std::string_view words) {
  idle_.caller_spoke(clock::now());
  if (answering_ && !answering_->words(words))
    return;
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
    echo_.sound_over(false);
    playout_.raise();
    return brain_->not_interrupted();
  case barge_in_step::resume:
    echo_.sound_over(false);
    playout_.resume(line_ms());
    if (playout_.waiting())
      lane_->pace_soon();
    note("barge_in_false_alarm", "{}");
    return brain_->not_interrupted();
  case barge_in_step::stop:
    echo_.sound_over(true);
    counters_->barge_ins.fetch_add(1, relaxed);
    if (answering_)
      answering_->interrupted();
    return brain_->interrupted(cut());
  }
}

// -- who picked up

void media_session::tell_answered(const answered& verdict) {
  with_pipe([verdict](media_pipe_self pipe) {
    if (pipe->state.call)
      pipe->send(pipe->state.call, verdict);
  });
}

// -- the agent's audio

bool media_session::pace() {
  playout_.pace(line_ms());
  return playout_.waiting();
}

void media_session::send_audio(std::int64_t begin_ms, std::string_view audio) {
  if (!carrier_)
    return;
  echo_.playing(begin_ms, audio);
  if (recorder_ || tap_)
    from_base64(audio, sent_codes_);
  if (recorder_)
    recorder_->agent(begin_ms, sent_codes_);
  if (tap_)
    tap_->agent(begin_ms, sent_codes_);
  if (counters_->frames_out.fetch_add(1, relaxed) == 0)
    note_time("first_audio", "first_audio_ms", since(opened_at_));
  if (const auto failed_at = std::exchange(failed_at_, std::nullopt))
    note_time("stand_in_audio", "stand_in_ms", since(*failed_at));
  if (const auto gap = gap_.agent(begin_ms, audio))
    note_time("answer_gap", "gap_ms", *gap);
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
  idle_.spoke(clock::now());
}

void media_session::heard(turn_heard turn) {
  remember_for_stand_in(turn);
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

void media_session::note_time(const char* kind, const char* name, std::int64_t ms) {
  json_writer detail;
  detail.begin_object().field(name, ms).end_object();
  note(kind, std::move(detail).str());
}

void media_session::ask_agent(std::int32_t turn, std::string heard) {
  with_pipe([ask = hear_text{turn, std::move(heard), {}, pass_.brain},
             weak = weak_from_this(),
             stream = stream_id_,
             lane = lane_](media_pipe_self pipe) {
    const auto answered = [weak, lane](caf::expected<spoken_reply> reply) {
      const auto box = std::make_shared<caf::expected<spoken_reply>>(std::move(reply));
      boost::asio::post(lane->io, [weak, box] {
        const auto session = weak.lock();
        if (session && session->phase_ == phase::talking)
          session->brain_->replied(std::move(*box), clock::now());
      });
    };
    if (!pipe->state.call)
      return answered(caf::make_error(errc::conflict, "the call is over"));
    const auto asked = [&](const auto& question) {
      pipe->request(pipe->state.call, lane->options.tool_timeout, question)
          .then([answered](spoken_reply& reply) { answered(std::move(reply)); },
                [answered](caf::error& why) { answered(std::move(why)); });
    };
    if (ask.turn == 0)
      asked(open_text{{}, ask.brain, stream, {}});
    else
      asked(ask);
  });
}

void media_session::note(std::string kind, std::string detail) {
  observe_latency(detail);
  with_pipe(
      [event = media_event{std::move(kind), std::move(detail)}](media_pipe_self pipe) {
        if (pipe->state.call)
          pipe->send(pipe->state.call, event);
      });
}

} // namespace caly
