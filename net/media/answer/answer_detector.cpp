#include "net/media/answer/answer_detector.hpp"

#include "net/media/answer/answer_words.hpp"

#include <utility>

namespace caly {

namespace {

constexpr double by_timing = 0.7;
/// Said at length, but then waited for an answer.
constexpr double by_pause = 0.35;
constexpr double by_silence = 0.3;
/// No machine's words, and then waits for an answer: a little more than timing.
constexpr double by_plain_words = 0.75;
/// Hints that nothing more was said after.
constexpr double by_last_words = answer_sure;
constexpr double by_beep = 0.98;
/// Phones beep for other reasons: an operator's tones before the first word, a notice
/// that the call is recorded after a person's.
constexpr double by_stray_beep = 0.8;

} // namespace

std::optional<answered> answer_detector::learn(answered found) {
  const auto& known = verdict_;
  if (found.confidence < known.confidence ||
      (found.confidence == known.confidence && (sure() || found.who == known.who)))
    return std::nullopt;
  const bool is_news = found.who != known.who || !sure();
  verdict_ = std::move(found);
  return is_news ? std::optional{verdict_} : std::nullopt;
}

std::optional<answered> answer_detector::frame(bool voiced) {
  if (done())
    return std::nullopt;
  elapsed_ms_ += frame_ms;
  if (!voiced) {
    quiet_ms_ += frame_ms;
    if (speech_ms_ > 0 && quiet_ms_ == options_.human_pause_ms)
      return end_of_turn();
    if (quiet_ms_ == options_.words_settled_ms)
      return settle_words();
    if (spoken_ms_ == 0 && elapsed_ms_ == options_.silence_max_ms)
      return learn({answerer::unknown, by_silence, "timing"});
    return std::nullopt;
  }
  const auto gap_ms = std::exchange(quiet_ms_, 0);
  const auto added_ms =
      frame_ms + (speech_ms_ > 0 && gap_ms <= options_.gap_ms ? gap_ms : 0);
  const auto before_ms = std::exchange(speech_ms_, speech_ms_ + added_ms);
  spoken_ms_ += added_ms;
  if (before_ms < options_.machine_speech_ms && speech_ms_ >= options_.machine_speech_ms)
    return learn({answerer::voicemail, by_timing, "timing"});
  return std::nullopt;
}

std::optional<answered> answer_detector::end_of_turn() {
  const bool is_short = std::exchange(speech_ms_, 0) <= options_.human_speech_max_ms;
  // A machine's greeting has short sentences too, but it does not begin with one.
  if (++turns_ > 1)
    return std::nullopt;
  return learn({answerer::human, is_short ? by_timing : by_pause, "timing"});
}

std::optional<answered> answer_detector::settle_words() {
  if (!std::exchange(said_words_, false))
    return std::nullopt;
  if (verdict_.by != "words")
    return learn({answerer::human, by_plain_words, "words"});
  // Of a person nothing is ever sure; what an operator began is over.
  if (verdict_.who == answerer::announcement)
    return learn({verdict_.who, by_last_words, verdict_.by});
  return std::nullopt;
}

std::optional<answered> answer_detector::words(std::string_view text) {
  if (done())
    return std::nullopt;
  said_words_ = said_words_ || !text.empty();
  auto found = verdict_of_words(text);
  return found ? learn(std::move(*found)) : std::nullopt;
}

std::optional<answered> answer_detector::told(answered by_somebody) {
  return done() ? std::nullopt : learn(std::move(by_somebody));
}

std::optional<answered> answer_detector::beep() {
  if (done())
    return std::nullopt;
  if (spoken_ms_ == 0)
    return learn({answerer::announcement, by_stray_beep, "beep"});
  const bool person = verdict_.who == answerer::human && verdict_.by == "words";
  const bool greeted = spoken_ms_ >= options_.speech_before_beep_ms && !person;
  return learn({answerer::voicemail, greeted ? by_beep : by_stray_beep, "beep"});
}

} // namespace caly
