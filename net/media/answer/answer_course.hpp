#pragma once

#include "net/media/answer/answer_detector.hpp"
#include "net/media/answer/tone_detector.hpp"

#include <string>
#include <string_view>

namespace caly {

/// What an answer course does to its call.
class answer_host {
public:
  virtual ~answer_host() = default;

  virtual void tell_answered(const answered& verdict) = 0;
  /// What the agent says is dropped.
  virtual void stop_agent() = 0;
  /// While hushed the agent listens, but says only what `agent_says` it.
  virtual void hush_agent(bool quiet) = 0;
  virtual void agent_says(const std::string& words) = 0;
  /// `answer`: the agent takes its turn now, knowing it.
  virtual void advise_agent(const std::string& fact, bool answer) = 0;
  /// Nothing is left to be done on this line. Destroys nothing within this call.
  virtual void leave_line(const std::string& reason) = 0;
};

struct course_options {
  answer_options detector;
  int after_beep_ms = 200;
  /// A voicemail that is quiet for so long records without a beep, or we missed it.
  int no_beep_ms = 2'500;
  int beep_wait_max_ms = 45'000;
  /// The message must begin by then.
  int message_wait_max_ms = 8'000;
  /// Quiet after the message, so that no sentence is still on its way.
  int after_message_ms = 1'000;
  /// Until then words may still be the greeting's: they are understood late.
  int late_words_ms = 1'500;
};

/// From the moment somebody picks up: finds out who it is and does what the plan says.
///
/// A person gets the agent, who speaks from the first moment. At a voicemail the agent is
/// hushed until the beep, its message is said, and the call ends; who speaks after the
/// beep is a person, who gets the agent back. Pure; time is what it is fed.
class answer_course {
public:
  answer_course(answer_host& host, answer_plan plan, const course_options& options = {})
      : host_{host},
        plan_{std::move(plan)},
        options_{options},
        detector_{options.detector} {}

  /// The line's audio, µ-law, 8 kHz, any length; before its frames.
  void hear(std::string_view codes);

  /// The line carries a pure tone: nobody speaks.
  bool tone() const noexcept { return tones_.hertz() > 0; }

  /// 20 ms of the line, in which the agent did speak or not.
  void frame(bool voiced, bool agent_speaks);

  /// What was understood. False: these words must not interrupt the agent.
  bool words(std::string_view text);

  /// The carrier has a verdict of its own.
  void told(const answered& verdict);

  /// Whoever is on the line takes the word from the agent.
  void interrupted();

  /// It has nothing more to do.
  bool done() const noexcept { return stage_ == stage::over; }

private:
  enum class stage : std::uint8_t { listening, waiting, leaving, over };

  void act(const std::optional<answered>& verdict);
  void wait_for_beep(bool voiced);
  void leave_message(bool agent_speaks);
  void leave();

  answer_host& host_;
  answer_plan plan_;
  course_options options_;
  answer_detector detector_;
  tone_detector tones_;
  pcm_samples frame_;
  stage stage_ = stage::listening;
  bool beeped_ = false;
  int stage_ms_ = 0;
  int quiet_ms_ = 0; ///< Of the line while waiting, of the agent after its message began.
  bool message_began_ = false;
};

} // namespace caly
