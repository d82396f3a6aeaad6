#pragma once

#include "net/media/brain.hpp"
#include "net/media/carrier_wire.hpp"
#include "net/media/media_options.hpp"
#include "net/media/media_pipe.hpp"
#include "net/media/playout.hpp"
#include "net/media/turns/barge_in.hpp"
#include "net/media/turns/echo_guard.hpp"
#include "net/media/turns/voice_activity.hpp"
#include "net/media/ws_link.hpp"
#include "runtime/resilience/rate_limiter.hpp"

#include <caf/actor_system.hpp>

namespace caly {

/// One call's audio: the carrier's socket on one side, the brain on the other. Everything
/// runs on the thread of its lane; the call is reached through the pipe actor only.
class media_session : public std::enable_shared_from_this<media_session>,
                      private ws_listener,
                      private brain_host,
                      private playout_sink {
public:
  using clock = std::chrono::steady_clock;

  media_session(caf::actor_system& sys,
                std::shared_ptr<media_lane> lane,
                const media_ports& ports,
                std::unique_ptr<carrier_wire> wire,
                media_pass pass,
                std::string ticket,
                std::shared_ptr<void> slot);
  ~media_session() override;

  /// Takes the carrier's socket and answers its upgrade.
  void open(media_socket socket,
            const boost::beast::http::request<boost::beast::http::string_body>& request);

  /// The call's answer to the carrier's `start`.
  void planned(caf::expected<media_plan> plan);
  void say(const std::string& text);
  void steer_recording(bool paused);
  /// Four times a second.
  void tick(clock::time_point now);
  /// Sends audio that is due. False: none waits.
  bool pace();

  /// Ends the call's audio; once.
  void end(std::string reason) override;

private:
  enum class phase : std::uint8_t { opening, attaching, talking, over };

  // -- the carrier

  void on_open(ws_link& link) override;
  void on_text(ws_link& link, std::string_view text) override;
  void on_end(ws_link& link, const ws_end& end) override;
  void on_start(carrier_message& message);
  void on_media(const carrier_message& message);
  void on_mark(const std::string& name);

  // -- the brain

  void play(std::string_view item, std::string_view audio) override;
  void finish_item(std::string_view item) override;
  std::vector<cut_audio> stop_playing() override;
  bool playing() const override;
  std::int64_t left_ms() const override;
  void caller_speaks() override;
  void caller_says(std::string_view words) override;
  void spoken() override;
  void heard(turn_heard turn) override;
  void call_tool(tool_called tool) override;
  void note(std::string kind, std::string detail) override;

  // -- who has the word

  /// The agent speaks, and whoever speaks too may take the word.
  bool contested() const { return playing() && brain_->yields(); }

  void listen();
  void yield(barge_in_step step);

  // -- the agent's audio

  void send_audio(std::int64_t begin_ms, std::string_view audio) override;
  void send_mark(std::string_view name) override;
  void send_clear() override;

  /// The carrier's clock: the last frame's timestamp and the time since then.
  std::int64_t line_ms() const;
  void tell_heard(clock::time_point now);

  /// Lets the pipe actor do something, in order.
  template <class Run>
  void with_pipe(Run run);

  caf::actor_system& sys_;
  std::shared_ptr<media_lane> lane_;
  media_ports ports_;
  media_pass pass_;
  std::string ticket_;
  std::shared_ptr<void> slot_;
  std::shared_ptr<media_counters> counters_ = std::make_shared<media_counters>();
  std::shared_ptr<ws_link> carrier_;
  std::unique_ptr<carrier_wire> wire_;
  std::unique_ptr<brain_session> brain_;
  media_pipe_self_actor pipe_;
  playout playout_;
  voice_activity activity_;
  echo_guard echo_;
  barge_in guard_;
  std::string codes_, sent_codes_; ///< Of the audio at hand; kept for their memory.
  std::unique_ptr<recording::call_recorder> recorder_; ///< null: not recorded
  rate_limiter messages_;
  phase phase_ = phase::opening;
  std::string stream_id_;
  std::int64_t carrier_ms_ = 0; ///< The last frame's timestamp.
  std::int64_t last_chunk_ = 0;
  std::int32_t idle_s_ = 30;
  std::int32_t no_media_s_ = 10;
  clock::time_point opened_at_ = clock::now();
  clock::time_point frame_at_ = opened_at_;
  clock::time_point spoken_at_ = opened_at_;
};

} // namespace caly
