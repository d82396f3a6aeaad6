#pragma once

#include "net/media/answer/answer_course.hpp"
#include "net/media/brain.hpp"
#include "net/media/call_tap.hpp"
#include "net/media/carrier_line.hpp"
#include "net/media/carrier_wire.hpp"
#include "net/media/lane_session.hpp"
#include "net/media/line_faults.hpp"
#include "net/media/media_options.hpp"
#include "net/media/media_pipe.hpp"
#include "net/media/playout.hpp"
#include "net/media/turns/answer_gap.hpp"
#include "net/media/turns/barge_in.hpp"
#include "net/media/turns/echo_guard.hpp"
#include "net/media/turns/idle_watch.hpp"
#include "net/media/turns/voice_activity.hpp"
#include "net/media/ws_link.hpp"
#include "runtime/resilience/rate_limiter.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace caly {

/// One call's audio: the carrier's socket on one side, the brain on the other. Everything
/// runs on the thread of its lane; the call is reached through the pipe actor only.
class media_session : public lane_session,
                      public std::enable_shared_from_this<media_session>,
                      private ws_listener,
                      private brain_host,
                      private answer_host,
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

  void open(media_socket socket,
            const boost::beast::http::request<boost::beast::http::string_body>& request)
      override;

  /// The call's answer to the carrier's `start`.
  void planned(caf::expected<media_plan> plan);
  void say(const std::string& text);
  void advise(const std::string& text);
  /// Who speaks to the caller from now on: with a person or nobody the agent hears and
  /// says nothing.
  void give_word(call_speaker to);
  /// µ-law of the person who has the word; what comes too far ahead is dropped.
  void person_speaks(const std::string& codes);
  /// Sends both directions to the pipe actor's listeners, or stops.
  void let_listen(bool somebody);
  void steer_recording(bool paused);
  void press_keys(const std::string& keys);
  /// The carrier knows who picked up.
  void told_answered(const answered& verdict);
  void tick(clock::time_point now) override;
  bool pace() override;

  /// Ends the call's audio; once.
  void end(std::string reason) override;

private:
  enum class phase : std::uint8_t { opening, attaching, talking, over };

  // -- the carrier

  void on_open(ws_link& link) override;
  void on_text(ws_link& link, std::string_view text) override;
  void on_end(ws_link& link, const ws_end& end) override;
  void on_start(carrier_message& message);
  void on_media(const carrier_message& message, clock::time_point now);
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
  void ask_agent(std::int32_t turn, std::string heard) override;
  void note(std::string kind, std::string detail) override;
  void note_time(const char* kind, const char* name, std::int64_t ms);

  // -- another brain for one that failed, in media_session_standing_in.cpp

  bool has_stand_in() const override;
  std::optional<brain_kind> stand_in() const;
  void keep_for_stand_in(const media_plan& plan);
  void remember_for_stand_in(const turn_heard& turn);
  /// False: there is none, or the line is not one that it could go on with.
  bool stand_in_takes_over();

  // -- who has the word

  bool agent_has_word() const { return speaker_ == call_speaker::agent; }

  /// The agent speaks, and whoever speaks too may take the word. Nobody is asked while it
  /// presses keys: menus talk on.
  bool contested() const {
    return agent_has_word() && playing() && brain_->yields() &&
           line_ms() >= keys_until_ms_;
  }

  void listen();
  void play_others(std::string_view codes);
  void yield(barge_in_step step);

  // -- keys and who picked up, in media_session_answering.cpp

  /// Items of pressed keys: no words of the agent's.
  static bool is_key(std::string_view item);

  void tell_answered(const answered& verdict) override;
  void stop_agent() override;
  void hush_agent(bool quiet) override;
  void agent_says(const std::string& words) override;
  void advise_agent(const std::string& fact, bool answer) override;
  void leave_line(const std::string& reason) override;

  // -- the agent's audio

  void send_audio(std::int64_t begin_ms, std::string_view audio) override;
  void send_mark(std::string_view name) override;
  void send_clear() override;

  /// Drops what was not heard. Answers what the brain knows of it.
  std::vector<cut_audio> cut();

  std::int64_t line_ms() const { return line_.ms(clock::now()); }

  /// Puts the first fault of its kind into the timeline.
  void tell_fault(line_fault kind, bool first);
  void count_faults();
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
  answer_gap gap_;
  barge_in guard_;
  std::unique_ptr<answer_course>
      answering_; ///< null: who picked up is known, or no matter
  std::int64_t keys_until_ms_ = 0;
  std::uint64_t keys_pressed_ = 0;
  std::string codes_, sent_codes_; ///< Of the audio at hand; kept for their memory.
  std::unique_ptr<recording::call_recorder> recorder_; ///< null: not recorded
  std::unique_ptr<call_tap> tap_;                      ///< null: nobody listens in
  call_speaker speaker_ = call_speaker::agent;
  std::uint64_t others_items_ = 0; ///< Pieces of audio that were not the agent's.
  rate_limiter messages_;
  phase phase_ = phase::opening;
  std::string stream_id_;
  std::int32_t no_media_s_ = 10;
  clock::time_point opened_at_ = clock::now();
  carrier_line line_{opened_at_};
  line_faults faults_;
  idle_watch idle_;
  /// What a stand-in would have to know; null: there is none.
  std::unique_ptr<media_plan> spare_;
  std::set<brain_kind> tried_;                 ///< Brains of this session.
  std::optional<clock::time_point> failed_at_; ///< Until the stand-in is heard.
  std::vector<turn_heard> heard_;              ///< In this session; for the stand-in.
  bool hushed_ = false;                        ///< As the brain was last told.
  std::string still_there_; ///< What a silent caller is asked; empty: nothing.
};

} // namespace caly
