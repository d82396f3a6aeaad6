#pragma once

#include "actors/model/speech/language_course.hpp"
#include "net/media/brain.hpp"
#include "net/media/cascade/ports.hpp"
#include "net/media/cascade/sentence_splitter.hpp"
#include "net/media/key_entry.hpp"
#include "net/media/turns/end_of_turn.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace caly {

struct cascade_options {
  /// No word of the model after so long: the next one is asked as well.
  std::chrono::milliseconds thought_hedge{900};
  /// No sound of a sentence after so long: the next voice is asked as well.
  std::chrono::milliseconds voice_hedge{700};
  /// Nothing to hear for so long after the caller's turn: a filler is said.
  std::chrono::milliseconds filler_after{1'200};
  /// A thought or a sentence that shows no sign of life for so long has failed.
  std::chrono::milliseconds stage_timeout{8'000};
  /// A pause after which the ear is asked to settle what it heard.
  std::chrono::milliseconds settle_after{200};
  /// What was understood but not settled counts so long after the turn's end.
  std::chrono::milliseconds final_patience{400};
  /// After the agent was told to end the call, at most so long until it ends.
  std::chrono::milliseconds goodbye_max{20'000};
  std::size_t history_turns_max = 40;
  int apologies_max = 2; ///< In a row, for thoughts that failed; then the call ends.
};

/// Whom a cascade may use, best first; all of them are tried before it gives up.
struct cascade_stages {
  std::vector<ear_maker> ears;
  std::vector<mind_maker> minds;
  std::vector<voice_maker> voices;
};

/// The brain of a call as speech to text, a language model and text to speech, each stage
/// beginning before the one before it has ended. Decides itself when the caller's turn is
/// over.
class cascade_brain : public brain_session,
                      private ear_listener,
                      private mind_listener,
                      private voice_listener {
public:
  using now_source = std::function<time_point()>;

  cascade_brain(brain_host& host,
                boost::asio::io_context& io,
                cascade_stages stages,
                cascade_options options = {},
                now_source now = &std::chrono::steady_clock::now);
  ~cascade_brain() override;

  void start(media_plan plan, time_point now) override;
  void hear(std::string_view audio, std::size_t bytes) override;

  bool wants_frames() const override { return true; }

  void on_frame(bool voiced) override;
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
  /// A sentence on its way to the caller. Its number is its item at the carrier.
  struct sentence {
    std::uint64_t number = 0;
    std::uint64_t reply = 0; ///< The turn of the agent's that it belongs to.
    std::string text;
    std::string sound;     ///< That waits for the sentences before it.
    std::size_t voice = 0; ///< Whose sound is taken; of `voices_`.
    std::size_t voices_asked = 0;
    bool sounded = false;
    bool spoken = false;   ///< All of its sound is there.
    bool finished = false; ///< And on its way to the caller.
    bool is_filler = false;
    time_point asked_at;
  };

  /// What one model was asked for.
  struct thought {
    std::uint64_t number = 0;
    std::size_t mind = 0;
    bool spoke = false;
    time_point asked_at;
  };

  /// A message of the conversation, and the last turn of the agent's that had begun when
  /// it came.
  struct remembered {
    std::uint64_t reply = 0;
    mind_message message;
  };

  // -- ear_listener, mind_listener, voice_listener

  void on_partial_words(std::string_view text) override;
  void on_final_words(std::string_view text, std::string_view language) override;
  void on_ear_failed(std::string_view why) override;
  void on_words(std::uint64_t number, std::string_view text) override;
  void on_thought(std::uint64_t number, std::vector<mind_tool_call> tools) override;
  void on_thought_failed(std::uint64_t number,
                         std::string_view why,
                         bool worth_repeating) override;
  void on_speech(std::uint64_t number, std::string_view codes) override;
  void on_sentence_spoken(std::uint64_t number) override;
  void on_sentence_failed(std::uint64_t number, std::string_view why) override;

  // -- the caller's turn

  std::string caller_words() const;
  void open_ear();
  void use_language(const std::string& language);
  void end_turn_if_due();
  void take_turn(std::string words);

  // -- the agent's turn

  void think();
  bool ask_mind(std::size_t which);
  thought* find_thought(std::uint64_t number);
  void forget_thoughts(std::uint64_t but);
  void take_pieces(std::vector<std::string> pieces);
  void speak(std::string text);
  bool ask_voice(sentence& what, std::size_t which);
  sentence* find_sentence(std::uint64_t number);
  void drop_sentence(std::uint64_t number);
  void play_in_order();
  void keep_heard(const sentence& what, std::string_view text);
  void leave_unheard(const std::vector<cut_audio>& cuts);
  void hedge();
  void end_when_said();

  // -- failures

  void note(std::string_view kind, std::string_view stage, std::string_view why);
  void give_up(std::string_view stage);
  void note_latency();
  void remember(mind_message message);
  void forget_oldest();

  brain_host& host_;
  boost::asio::io_context& io_;
  const cascade_stages stages_;
  const cascade_options options_;
  const now_source now_;
  media_plan plan_;
  bool over_ = false;
  bool hushed_ = false; ///< Only what it is told to say is said.

  std::unique_ptr<ear> ear_;
  std::size_t ear_number_ = 0;
  std::vector<std::unique_ptr<mind>> minds_;   ///< As far as they were needed.
  std::vector<std::unique_ptr<voice>> voices_; ///< The same.
  std::string codes_;

  std::string settled_words_, partial_words_;
  key_entry keys_;
  std::chrono::milliseconds quiet_{0}; ///< Since the caller's last voiced frame.
  bool heard_voice_ = false;           ///< In this turn.
  bool asked_to_settle_ = false;
  expected_answer expected_ = expected_answer::anything;
  std::string asked_slot_; ///< The type of slot that the agent asks for now; empty: none.
  language_course language_;

  std::deque<remembered> history_;
  std::string caller_item_; ///< The caller's last turn, as the transcript names it.
  std::vector<thought> thoughts_;
  std::uint64_t numbers_ = 0;
  std::uint64_t reply_ = 0; ///< The agent's turn that is being made.
  std::string reply_text_;  ///< What the model has said of it.
  std::size_t minds_failed_ = 0;
  sentence_splitter splitter_;
  std::deque<sentence> sentences_;
  std::size_t first_voice_ = 0;                 ///< Those before it have failed.
  std::map<std::string, mind_tool_call> tools_; ///< Waiting for their answers, by id.
  int apologies_ = 0;
  bool filled_ = false;
  bool ending_ = false;
  time_point ending_since_;

  /// The moments of the turn that is being answered.
  struct {
    time_point speech_end, turn_end, first_word, first_sound;
    bool asked = false;
  } moments_;
};

/// Brains of these stages.
brain_maker make_cascade_brains(cascade_stages stages, cascade_options options = {});

} // namespace caly
