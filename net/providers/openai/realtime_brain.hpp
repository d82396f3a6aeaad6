#pragma once

#include "actors/model/speech/language_course.hpp"
#include "net/media/brain.hpp"
#include "net/media/key_entry.hpp"
#include "net/media/turns/end_of_turn.hpp"
#include "net/media/ws_link.hpp"
#include "net/providers/openai/kept_greeting.hpp"
#include "net/providers/openai/realtime_events.hpp"
#include "runtime/resilience/rate_limiter.hpp"

#include <boost/asio/ssl/context.hpp>

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace caly::openai {

struct realtime_brain_options {
  /// `https://api.openai.com`, with or without `/v1`; ws and wss are taken too.
  std::string base_url = "https://api.openai.com";
  std::string api_key;
  std::string model = "gpt-realtime";
  std::chrono::seconds connect_timeout{5};
  /// No sign of a response so long after asking for one: the session is dead.
  std::chrono::seconds response_timeout{5};
  /// The provider ends sessions at 60 minutes; a new one takes over in a quiet moment.
  std::chrono::minutes session_max{55};
  /// After the agent was told to end the call, at most so long until it ends.
  std::chrono::seconds goodbye_max{20};
  /// The words that bridge a break are said to their end, for at most so long: what the
  /// caller says meanwhile waits, as it began in the break.
  std::chrono::seconds bridge_max{8};
  std::size_t reconnects_max = 5;
  /// Where another brain stands by, a broken session has so long to stand again, and a
  /// first one so long to stand at all.
  std::chrono::milliseconds patience{1'000}, first_patience{2'500};
  /// The caller's audio that waits for the session; the oldest is dropped.
  std::size_t backlog_frames_max = 100;
  /// What of the conversation a new session is told.
  std::size_t history_turns_max = 40;
  std::size_t history_bytes_max = 8 << 10;
  /// Greetings that were said before; null: each call's greeting is asked of the model.
  std::shared_ptr<sentence_sounds> sounds;
};

/// How the brain reaches its server; tests give it a wire of their own.
using wire_maker = std::function<std::shared_ptr<ws_link>(ws_listener&)>;

/// The brain of a call as a session of OpenAI's Realtime API. Audio passes through
/// unchanged; the server decides when the caller has finished.
class realtime_brain : public brain_session, private ws_listener {
public:
  realtime_brain(brain_host& host, realtime_brain_options options, wire_maker connect);
  ~realtime_brain() override;

  void start(media_plan plan, time_point now) override;
  void hear(std::string_view audio, std::size_t bytes) override;

  bool yields() const override { return !bridging_; }

  void press(char digit, time_point now) override;
  void say(std::string text) override;
  void hush(bool quiet) override;
  void advise(std::string fact, bool answer) override;
  void tool_answered(const std::string& tool_call_id,
                     const tool_answer& answer,
                     time_point now) override;
  void played(const std::string& item) override;
  void interrupted(const std::vector<cut_audio>& cuts) override;
  void not_interrupted() override;
  void leave(const std::vector<cut_audio>& cuts) override;
  void tick(time_point now) override;

private:
  /// What the model's session calls a greeting that was kept.
  static constexpr const char* kept_item = "greeting";

  enum class phase : std::uint8_t { idle, connecting, configuring, open, waiting, over };

  /// A piece of the agent's speech.
  struct spoken_item {
    std::string id;
    std::string response;
    std::string text;
    bool text_done = false;
    bool played = false;
  };

  struct history_turn {
    std::string item, role, text;
  };

  struct wish {
    std::string instructions;
    bool allow_tools = true;
    bool dictated = false; ///< To be said even while hushed.
    bool greeting = false;
    bool repeated = false; ///< It was asked for before, and not heard.
  };

  void on_open(ws_link& link) override;
  void on_text(ws_link& link, std::string_view text) override;
  void on_end(ws_link& link, const ws_end& end) override;

  // -- the session's life

  void connect();
  void say_kept_greeting();
  void tell_kept_greeting();
  void configured();
  void send_backlog();
  void listen_after_bridge();
  void reconnect(const std::string& why, bool counted = true);
  void fail(const std::string& why);
  void send(std::string text);

  // -- what the server says

  void handle(server_event& event);
  void on_speech_started();
  void on_speech_stopped();
  void on_audio(const server_event& event);
  void on_response_created(const server_event& event);
  void on_response_done(const server_event& event);
  void on_error(const server_event& event);
  void cut(const cut_audio& part);
  void cut_kept_greeting(const cut_audio& part);
  void repeat_unheard(const spoken_item& item);

  // -- turns and wishes

  spoken_item& item(const std::string& id, const std::string& response);
  void tell(const std::string& item, const char* role, const std::string& text);
  void remember(history_turn turn);
  void want_response(wish what);
  void ask_for_response();
  bool quiet() const;
  bool is_too_late() const;
  /// While the agent speaks, a sound of the caller's may be no turn: then the server must
  /// not answer by itself.
  void let_server_answer(bool by_itself);
  /// The server waits as long as the answer to what the agent asked may take.
  void wait_for(expected_answer expected);
  void use_language(const std::string& from);
  void drop_response(const std::string& response);
  bool is_dropped(const std::string& response) const;

  brain_host& host_;
  const realtime_brain_options options_;
  wire_maker make_wire_;
  std::shared_ptr<ws_link> link_;
  phase phase_ = phase::idle;
  media_plan plan_;
  bool greeted_ = false;
  std::optional<kept_greeting> greeting_;
  std::string greeting_response_; ///< The response that says it.
  std::string greeting_words_;    ///< What it says by its own account.
  bool bridging_ = false;
  std::deque<std::string> backlog_;

  std::deque<spoken_item> items_;
  std::deque<history_turn> history_;
  std::size_t history_bytes_ = 0;

  bool response_active_ = false;
  std::string response_id_;
  bool response_spoke_ = false;
  wish dictated_;                 ///< What was last to be said in these words.
  std::string dictated_response_; ///< The response that says it.
  std::deque<std::string> dead_responses_;
  bool awaiting_ = false; ///< asked for a response, none began yet
  wish asked_;
  std::deque<wish> wishes_;
  std::set<std::string> tools_; ///< calls that wait for their answer
  bool caller_speaking_ = false;
  bool server_answers_ = true;    ///< As the server last confirmed.
  bool server_may_answer_ = true; ///< As it was last told.
  bool undecided_ = false;        ///< The caller spoke while the agent did.
  bool hushed_ = false;           ///< Only what is dictated is said.
  bool unanswered_ = false;       ///< the caller spoke last

  language_course language_;
  std::string asked_slot_; ///< The type of slot that the agent asks for now; empty: none.
  std::chrono::milliseconds silence_{0}; ///< As the server was told; zero: as configured.

  bool ending_ = false;
  time_point ending_since_;
  key_entry keys_;

  /// A response's audio comes at once, in pieces of 20 ms and more.
  rate_limiter messages_{{1'000, std::chrono::seconds{1}, 10'000}};
  std::size_t reconnects_ = 0;
  time_point now_;
  time_point asked_at_;
  time_point phase_since_;
  time_point retry_at_;
  std::optional<time_point> broke_at_; ///< No session stands since then.
  time_point slow_until_;
  std::optional<time_point> speech_stopped_at_;
};

/// Brains that connect to `options.base_url` with TLS verified against the system's
/// roots.
brain_maker make_realtime_brains(realtime_brain_options options);

} // namespace caly::openai
