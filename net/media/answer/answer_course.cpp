#include "net/media/answer/answer_course.hpp"

#include "net/media/answer/answer_words.hpp"

#include <utility>

namespace caly {

namespace {

constexpr int frame_ms = answer_detector::frame_ms;
constexpr std::size_t frame_samples = frame_ms * 8;

constexpr std::string_view menu_fact =
    "An automatic menu has answered this call, not a person. Do not talk to it. Listen "
    "to its options and press the key that leads to whom you call for with the tool "
    "press_keys; prefer a person or an operator. Say nothing but what it asks to be "
    "spoken. As soon as a person speaks, begin with your greeting.";

constexpr std::string_view person_fact =
    "A voicemail had answered, and you were leaving a message. A person has picked up "
    "now: say briefly who calls, and go on with the conversation.";

} // namespace

void answer_course::hear(std::string_view codes) {
  while (!codes.empty()) {
    const auto missing = frame_samples - frame_.size();
    for (const auto code : codes.substr(0, missing))
      frame_.push_back(from_mulaw(static_cast<std::uint8_t>(code)));
    codes.remove_prefix(std::min(codes.size(), missing));
    if (frame_.size() < frame_samples)
      return;
    if (tones_.frame(frame_)) {
      beeped_ = true;
      if (stage_ == stage::listening)
        act(detector_.beep());
    }
    frame_.clear();
  }
}

void answer_course::frame(bool voiced, bool agent_speaks) {
  stage_ms_ += frame_ms;
  switch (stage_) {
  case stage::listening:
    act(detector_.frame(voiced && !tone()));
    if (stage_ == stage::listening && detector_.done())
      stage_ = stage::over;
    return;
  case stage::waiting:
    return wait_for_beep(voiced);
  case stage::leaving:
    return leave_message(agent_speaks);
  case stage::over:
    return;
  }
}

bool answer_course::words(std::string_view text) {
  switch (stage_) {
  case stage::listening:
    act(detector_.words(text));
    return stage_ == stage::listening;
  case stage::waiting:
    return false; // the greeting goes on
  case stage::leaving: {
    const auto verdict = verdict_of_words(text);
    return stage_ms_ >= options_.late_words_ms && verdict &&
           verdict->who == answerer::human;
  }
  case stage::over:
    return true;
  }
  return true;
}

void answer_course::told(const answered& verdict) {
  if (stage_ == stage::listening)
    act(detector_.told(verdict));
}

void answer_course::act(const std::optional<answered>& verdict) {
  if (!verdict)
    return;
  host_.tell_answered(*verdict);
  if (verdict->confidence < answer_sure)
    return;
  // Where the plan has nothing to do, the call hangs up.
  stage_ = stage::over;
  switch (verdict->who) {
  case answerer::voicemail:
    if (!plan_.leaves_message)
      return;
    host_.hush_agent(true);
    host_.stop_agent();
    stage_ = stage::waiting;
    stage_ms_ = quiet_ms_ = 0;
    beeped_ = verdict->by == "beep";
    return;
  case answerer::menu:
    if (!plan_.navigates)
      return;
    host_.stop_agent();
    return host_.advise_agent(std::string{menu_fact}, true);
  case answerer::screening:
    if (!plan_.introduces)
      return;
    host_.stop_agent();
    return host_.agent_says(plan_.introduction);
  case answerer::announcement:
  case answerer::human:
  case answerer::unknown:
    return;
  }
}

void answer_course::wait_for_beep(bool voiced) {
  quiet_ms_ = voiced || tone() ? 0 : quiet_ms_ + frame_ms;
  // A beep of the greeting's beginning is not the one that is waited for.
  if (voiced && !tone())
    beeped_ = false;
  if (quiet_ms_ >= (beeped_ ? options_.after_beep_ms : options_.no_beep_ms)) {
    stage_ = stage::leaving;
    stage_ms_ = quiet_ms_ = 0;
    return host_.agent_says(plan_.voicemail_message);
  }
  if (stage_ms_ >= options_.beep_wait_max_ms)
    leave();
}

void answer_course::leave_message(bool agent_speaks) {
  message_began_ = message_began_ || agent_speaks;
  quiet_ms_ = agent_speaks ? 0 : quiet_ms_ + frame_ms;
  if (message_began_ ? quiet_ms_ >= options_.after_message_ms
                     : stage_ms_ >= options_.message_wait_max_ms)
    leave();
}

void answer_course::leave() {
  stage_ = stage::over;
  host_.leave_line("voicemail");
}

void answer_course::interrupted() {
  if (stage_ != stage::leaving)
    return;
  stage_ = stage::over;
  host_.tell_answered({answerer::human, answer_sure, "speech after the beep"});
  host_.hush_agent(false);
  host_.advise_agent(std::string{person_fact}, false);
}

} // namespace caly
