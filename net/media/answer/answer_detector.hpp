#pragma once

#include "actors/api/answering.hpp"

#include <optional>
#include <string_view>

namespace caly {

struct answer_options {
  /// A greeting so short, and then a pause, is a person's "hello".
  int human_speech_max_ms = 1'800;
  int human_pause_ms = 320;
  /// After so much quiet all words are known, also those that come late.
  int words_settled_ms = 1'700;
  /// Somebody who speaks on for so long expects no answer.
  int machine_speech_ms = 3'000;
  /// A gap so short does not end what is said.
  int gap_ms = 300;
  /// Nobody says a word.
  int silence_max_ms = 4'500;
  /// After so much speech a beep is a voicemail's.
  int speech_before_beep_ms = 1'500;
  /// Then the last guess stands; a person's words may be anything soon.
  int listening_max_ms = 20'000;
  int human_settled_ms = 10'000;
};

/// Three detectors side by side in the first seconds of an outbound call: how long who
/// picked up speaks, what is said, and beeps. Pure; fed with 20 ms of the line at a time.
///
/// A verdict may be revised by better evidence: words outweigh timing, and a beep that
/// follows speech outweighs both. Each is given once, when it is new.
class answer_detector {
public:
  static constexpr int frame_ms = 20;

  explicit answer_detector(const answer_options& options = {}) : options_{options} {}

  /// 20 ms of the line.
  std::optional<answered> frame(bool voiced);
  /// What is understood of the current speech so far, or to its end.
  std::optional<answered> words(std::string_view text);
  std::optional<answered> beep();
  /// Somebody else, the carrier, has a verdict of his own.
  std::optional<answered> told(answered by_somebody);

  const answered& verdict() const noexcept { return verdict_; }

  bool sure() const noexcept { return verdict_.confidence >= answer_sure; }

  /// Nothing more is expected.
  bool done() const noexcept {
    return elapsed_ms_ >= (verdict_.who == answerer::human ? options_.human_settled_ms
                                                           : options_.listening_max_ms);
  }

private:
  std::optional<answered> learn(answered found);
  std::optional<answered> end_of_turn();
  std::optional<answered> settle_words();

  answer_options options_;
  answered verdict_;
  int elapsed_ms_ = 0;
  int speech_ms_ = 0; ///< From the first voiced frame to the last, short gaps included.
  int quiet_ms_ = 0;
  int spoken_ms_ = 0; ///< Of all turns.
  int turns_ = 0;     ///< Stretches of speech that were followed by a pause.
  bool said_words_ = false;
};

} // namespace caly
