#pragma once

#include "net/media/lane_session.hpp"
#include "net/media/media_options.hpp"
#include "net/media/relay_messages.hpp"
#include "net/media/relay_pipe.hpp"
#include "net/media/ws_link.hpp"
#include "runtime/resilience/rate_limiter.hpp"

#include <caf/actor_system.hpp>

#include <vector>

namespace caly {

/// One call whose carrier listens and speaks: the caller's words come as text, the
/// agent's go as text. Everything runs on the thread of its lane; the call is reached
/// through the pipe actor only.
class relay_session : public lane_session,
                      public std::enable_shared_from_this<relay_session>,
                      private ws_listener {
public:
  using clock = std::chrono::steady_clock;

  relay_session(caf::actor_system& sys,
                std::shared_ptr<media_lane> lane,
                calls_actor calls,
                media_pass pass,
                std::shared_ptr<void> slot);

  void open(media_socket socket,
            const boost::beast::http::request<boost::beast::http::string_body>& request)
      override;
  void tick(clock::time_point now) override;
  void end(std::string reason) override;

  /// The agent's words, or why there are none.
  void replied(caf::expected<spoken_reply> reply);
  /// Says `text` now, as it is.
  void say(const std::string& text);
  void press_keys(const std::string& keys);

private:
  enum class phase : std::uint8_t {
    opening, ///< no setup yet
    talking,
    leaving, ///< the agent said its last words
    over,
  };

  /// Words of the agent that the caller may not have heard yet.
  struct spoken_words {
    std::string item; ///< of the transcript
    std::string text;
    std::string said; ///< as the carrier was told to say it
  };

  void on_open(ws_link& link) override;
  void on_text(ws_link& link, std::string_view text) override;
  void on_end(ws_link& link, const ws_end& end) override;
  void take(const relay_message& message, clock::time_point now);
  void start(const relay_message& setup, clock::time_point now);
  void press(char digit, clock::time_point now);
  void flush_keys();
  void interrupt(const relay_message& message, clock::time_point now);

  /// The caller said `words`; empty: nothing was heard for a while.
  void hear(const std::string& words);
  void ask_about(std::string words);
  void ask();
  void retry_or_leave(const caf::error& why, clock::time_point now);
  void speak(const std::string& item, const std::string& text, clock::time_point now);
  void use_language(const std::string& language);
  void leave(clock::time_point now);
  void note(std::string kind, std::string detail);

  caf::actor_system& sys_;
  std::shared_ptr<media_lane> lane_;
  calls_actor calls_;
  media_pass pass_;
  std::shared_ptr<void> slot_;
  std::shared_ptr<ws_link> carrier_;
  relay_pipe_actor pipe_;
  rate_limiter messages_;
  phase phase_ = phase::opening;
  std::string stream_id_;
  std::string provider_call_id_;

  // -- the talk

  std::int32_t turn_ = 0;     ///< Of the agent's last words; 0: it has not spoken yet.
  bool asking_ = false;       ///< The agent's next words are being made.
  std::string asked_;         ///< What the caller said that they answer.
  std::string meanwhile_;     ///< What the caller said since.
  std::string keys_;          ///< Pressed and not passed on yet.
  std::string language_;      ///< The same, as the agent names it.
  std::string language_code_; ///< Of what is said and heard now.
  std::vector<spoken_words> unheard_; ///< Since the caller's last words.
  std::int32_t said_ = 0;             ///< Texts that were not the agent's own turns.
  int tries_ = 0;                     ///< Of the question that failed.
  int bad_in_a_row_ = 0;
  bool end_sent_ = false;
  std::uint64_t messages_in_ = 0;
  std::uint64_t messages_out_ = 0;

  // -- times

  clock::time_point opened_at_ = clock::now();
  clock::time_point heard_at_ = opened_at_; ///< The caller was last heard.
  clock::time_point key_at_ = opened_at_;
  clock::time_point speaks_until_ = opened_at_; ///< The agent, as far as can be told.
  clock::time_point again_at_ = clock::time_point::max();
  clock::time_point leave_at_ = clock::time_point::max();
};

} // namespace caly
