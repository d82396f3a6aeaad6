#pragma once

#include "net/media/brain.hpp"
#include "net/media/embedded/speech_port.hpp"
#include "net/media/embedded/utterance.hpp"
#include "net/media/turns/end_of_turn.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace caly {

struct embedded_options {
  /// The caller's pause that ends a turn, and one where digits are read out.
  std::chrono::milliseconds pause{700};
  std::chrono::milliseconds pause_between_digits{1'300};
  /// Neither side said anything for so long: the agent is told that nothing was heard.
  std::chrono::milliseconds silence{10'000};
  std::chrono::milliseconds retry_after{1'000};
  /// Words that explain less of the sound, of 1,000, were not what was said.
  int confidence_min = 600;
  int tries_max = 3; ///< Of one question to the agent.
};

/// The brain of a call without any account: our own programs listen by the agent's
/// grammar and speak, the call's embedded agent answers. Hears callers only where the
/// carrier brings wide audio, or words.
class embedded_brain : public brain_session {
public:
  embedded_brain(brain_host& host,
                 std::unique_ptr<speech_port> speech,
                 embedded_options options = {});

  void start(media_plan plan, time_point now) override;

  void hear(std::string_view, std::size_t) override {}

  void hear_wide(std::string_view samples) override;
  void hear_words(std::string words) override;

  bool wants_frames() const override { return true; }

  void on_frame(bool voiced) override;
  void press(char digit, time_point now) override;
  void say(std::string text) override;

  void hush(bool quiet) override { hushed_ = quiet; }

  /// Its agent has no model that could know anything more.
  void advise(std::string, bool) override {}

  void tool_answered(const std::string&, const tool_answer&, time_point) override {}

  void replied(caf::expected<spoken_reply> reply, time_point now) override;
  void played(const std::string& item) override;
  void interrupted(const std::vector<cut_audio>& cuts) override;
  void not_interrupted() override;
  void leave(const std::vector<cut_audio>& cuts) override;
  void tick(time_point now) override;

private:
  /// A sentence of the agent's, from when it is known until it was heard.
  struct sentence {
    std::string id;   ///< Its item in the audio.
    std::string turn; ///< The item of the transcript that it belongs to.
    std::string text;
    std::string language;
    bool asked = false; ///< Its sound is being made, or was.
    bool heard = false;
  };

  // -- the caller

  void understand(std::string samples);
  void understood(const caf::expected<heard_speech>& heard);
  void take_words(std::string words);
  /// What is said now is said into the agent's words and does not take them.
  bool talked_over() const;
  void ask(std::string words);

  // -- the agent

  void
  speak(const std::string& turn, const std::string& text, const std::string& language);
  void speak_next();
  void warm_up();
  void keep_heard(const std::vector<cut_audio>& cuts);
  void forget_heard();
  void note(std::string_view kind, std::string_view why);

  brain_host& host_;
  std::unique_ptr<speech_port> speech_;
  const embedded_options options_;
  std::shared_ptr<const std::string> grammar_; ///< Empty: no words are understood.
  std::string language_ = "en";
  std::string trouble_; ///< Said where a sentence was lost.
  utterance caller_;
  std::string keys_;
  time_point keys_due_;
  expected_answer expected_ = expected_answer::anything;

  bool started_ = false;
  bool warm_ = false; ///< The ear was given the grammar.
  bool asking_ = false;
  std::int32_t turn_ = 0; ///< Of the agent's last words; 0: it has not spoken yet.
  std::string asked_;     ///< What the caller said that they answer.
  std::string meanwhile_; ///< What the caller said since.
  int tries_ = 0;
  time_point again_at_ = time_point::max();
  time_point quiet_since_;
  bool stirred_ = true; ///< Somebody spoke since the last tick.

  std::deque<sentence> sentences_; ///< Of turns that were not heard to their end.
  bool speaking_ = false;          ///< A sentence's sound is being made.
  std::uint64_t numbers_ = 0;
  bool leaving_ = false;
  bool hushed_ = false; ///< Says only what it is told to.
  bool over_ = false;
};

/// Embedded brains on a node's desk.
brain_maker make_embedded_brains(std::shared_ptr<speech_desk> desk,
                                 embedded_options options = {});

} // namespace caly
