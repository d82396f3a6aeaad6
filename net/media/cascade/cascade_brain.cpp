#include "net/media/cascade/cascade_brain.hpp"

#include "net/media/g711.hpp"
#include "net/media/turns/backchannel.hpp"
#include "net/media/turns/voice_activity.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace caly {

namespace {

using namespace std::chrono_literals;

/// A "yes" within the last second of a question answers it.
constexpr std::int64_t answer_overlap_ms = 1'000;

std::int64_t ms_between(cascade_brain::time_point from, cascade_brain::time_point to) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count();
}

} // namespace

cascade_brain::cascade_brain(brain_host& host,
                             boost::asio::io_context& io,
                             cascade_stages stages,
                             cascade_options options,
                             now_source now)
    : host_{host},
      io_{io},
      stages_{std::move(stages)},
      options_{options},
      now_{std::move(now)} {}

cascade_brain::~cascade_brain() = default;

void cascade_brain::start(media_plan plan, time_point) {
  plan_ = std::move(plan);
  if (plan_.brief.languages.empty())
    plan_.brief.languages = {"en"};
  language_ = language_course{plan_.brief.languages, plan_.brief.switching};
  for (const auto& turn : plan_.brief.said)
    if (turn.role != "tool")
      remember({turn.role, turn.text, {}, {}});
  if (stages_.ears.empty() || stages_.minds.empty() || stages_.voices.empty())
    return give_up("no stages");
  open_ear();
  speak(plan_.greeting);
}

// -- what the carrier and the call say

void cascade_brain::hear(std::string_view audio, std::size_t) {
  if (!ear_ || over_)
    return;
  from_base64(audio, codes_);
  ear_->hear(codes_);
}

void cascade_brain::on_frame(bool voiced) {
  if (over_)
    return;
  if (voiced) {
    quiet_ = 0ms;
    heard_voice_ = true;
    asked_to_settle_ = false;
    host_.spoken();
  } else {
    quiet_ += std::chrono::milliseconds{voice_activity::frame_ms};
  }
  end_turn_if_due();
}

void cascade_brain::press(char digit, time_point now) {
  keys_.press(digit, now);
}

void cascade_brain::say(std::string text) {
  if (over_)
    return;
  ++reply_;
  speak(std::move(text));
}

void cascade_brain::hush(bool quiet) {
  hushed_ = quiet;
  if (!quiet)
    return;
  forget_thoughts(0);
  splitter_.rest();
  tools_.clear();
}

void cascade_brain::advise(std::string fact, bool answer) {
  // With the instructions it outlasts the older turns.
  plan_.brief.instructions += "\n\n" + fact;
  if (answer && !over_ && caller_words().empty() && thoughts_.empty() && tools_.empty())
    think();
}

// -- the language of the talk

/// Where the talk follows the caller, all of the agent's languages are listened for.
void cascade_brain::open_ear() {
  ear_plan plan{plan_.brief.languages, {}};
  if (plan_.brief.switching != language_switching::follow)
    plan.languages = {language_.now()};
  ear_ = stages_.ears[ear_number_](*this, io_, plan);
}

void cascade_brain::use_language(const std::string& language) {
  auto& languages = plan_.brief.languages;
  const auto from = std::exchange(languages.front(), language);
  // Those behind the first are what else may be heard.
  for (std::size_t i = 1; i < languages.size(); ++i)
    if (languages[i] == language)
      languages[i] = from;
  json_writer detail;
  detail.begin_object().field("from", from).field("to", language).end_object();
  host_.note("language", std::move(detail).str());
  if (ear_ && plan_.brief.switching != language_switching::follow)
    open_ear();
}

// -- the caller's turn

std::string cascade_brain::caller_words() const {
  if (settled_words_.empty() || partial_words_.empty())
    return settled_words_ + partial_words_;
  return settled_words_ + ' ' + partial_words_;
}

void cascade_brain::on_partial_words(std::string_view text) {
  if (over_ || text == partial_words_)
    return;
  partial_words_ = text;
  // Whoever is too quiet for the line's ear is heard by this one.
  if (!heard_voice_)
    quiet_ = 0ms;
  host_.spoken();
  host_.caller_says(caller_words());
}

void cascade_brain::on_final_words(std::string_view text, std::string_view) {
  if (over_)
    return;
  partial_words_.clear();
  const auto words = trim(text);
  if (words.empty())
    return;
  host_.caller_says(words);
  // "Haan" in the middle of what the agent says is no turn.
  if (host_.playing() && is_backchannel(words) && host_.left_ms() >= answer_overlap_ms)
    return;
  if (!settled_words_.empty())
    settled_words_ += ' ';
  settled_words_ += words;
  end_turn_if_due();
}

void cascade_brain::end_turn_if_due() {
  if (hushed_) {
    settled_words_.clear();
    return;
  }
  const auto words = caller_words();
  if (words.empty() || host_.playing() || !tools_.empty() || ending_)
    return;
  if (quiet_ >= options_.settle_after && !std::exchange(asked_to_settle_, true) && ear_)
    ear_->settle();
  const auto patience = end_of_turn_after(words, expected_);
  const auto enough =
      partial_words_.empty() ? patience : patience + options_.final_patience;
  if (quiet_ >= enough)
    take_turn(words);
}

void cascade_brain::take_turn(std::string words) {
  const auto now = now_();
  moments_ = {};
  moments_.asked = true;
  moments_.speech_end = now - quiet_;
  moments_.turn_end = now;
  settled_words_.clear();
  partial_words_.clear();
  asked_slot_.clear();
  heard_voice_ = asked_to_settle_ = filled_ = false;
  minds_failed_ = 0;
  // The caller went on before anything of the answer was heard: it was one turn.
  const bool goes_on = !thoughts_.empty() && !history_.empty() &&
                       history_.back().message.role == "caller" && sentences_.empty();
  if (goes_on) {
    forget_thoughts(0);
    words = history_.back().message.text + ' ' + words;
    history_.pop_back();
  } else {
    caller_item_ = "c" + std::to_string(++numbers_);
  }
  if (const auto other = language_.hear(words))
    use_language(*other);
  host_.heard({caller_item_, "caller", words, language_.now()});
  remember({"caller", std::move(words), {}, {}});
  think();
}

// -- the agent's words are heard, or not

void cascade_brain::played(const std::string& item) {
  std::uint64_t number = 0;
  for (const auto c : item)
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  if (const auto* what = find_sentence(number)) {
    expected_ = expected_after(what->text, asked_slot_);
    keep_heard(*what, what->text);
    drop_sentence(number);
  }
}

void cascade_brain::interrupted(const std::vector<cut_audio>& cuts) {
  leave_unheard(cuts);
  forget_thoughts(0);
  splitter_.rest();
  if (cuts.empty())
    return;
  json_writer detail;
  detail.begin_object().field("heard_ms", cuts.front().heard_ms).end_object();
  host_.note("barge_in", std::move(detail).str());
}

void cascade_brain::not_interrupted() {
  if (host_.left_ms() >= answer_overlap_ms) {
    settled_words_.clear();
    partial_words_.clear();
  }
}

void cascade_brain::leave(const std::vector<cut_audio>& cuts) {
  leave_unheard(cuts);
  forget_thoughts(0);
  over_ = true;
}

// -- time

void cascade_brain::tick(time_point now) {
  if (over_)
    return;
  if (ear_)
    ear_->tick(now);
  if (auto entry = keys_.take(now)) {
    // Nobody says a word while pressing keys.
    quiet_ = 0ms;
    take_turn(std::move(*entry));
  }
  hedge();
  end_when_said();
}

void cascade_brain::end_when_said() {
  if (!ending_)
    return;
  const auto now = now_();
  const bool said = sentences_.empty() && thoughts_.empty() && !host_.playing() &&
                    now - ending_since_ > 500ms;
  if (!said && now - ending_since_ < options_.goodbye_max)
    return;
  over_ = true;
  host_.end("agent_ended");
}

// -- failures

void cascade_brain::on_ear_failed(std::string_view why) {
  if (over_)
    return;
  note("ear_failed", std::to_string(ear_number_), why);
  if (++ear_number_ >= stages_.ears.size())
    return give_up("ear");
  partial_words_.clear();
  open_ear();
}

void cascade_brain::note(std::string_view kind,
                         std::string_view stage,
                         std::string_view why) {
  spdlog::warn("cascade: {} stage={} reason={}", kind, stage, why.substr(0, 200));
  json_writer detail;
  detail.begin_object().field("stage", stage).field("reason", why.substr(0, 200));
  host_.note(std::string{kind}, std::move(detail.end_object()).str());
}

void cascade_brain::give_up(std::string_view stage) {
  if (std::exchange(over_, true))
    return;
  note("brain_failed", stage, "none is left");
  host_.end("brain_failed");
}

void cascade_brain::note_latency() {
  if (!std::exchange(moments_.asked, false))
    return;
  json_writer detail;
  detail.begin_object()
      .field("answer_ms", ms_between(moments_.speech_end, moments_.first_sound))
      .field("end_of_turn_ms", ms_between(moments_.speech_end, moments_.turn_end))
      .field("first_word_ms", ms_between(moments_.turn_end, moments_.first_word))
      .field("first_sound_ms", ms_between(moments_.first_word, moments_.first_sound))
      .end_object();
  host_.note("latency", std::move(detail).str());
}

void cascade_brain::remember(mind_message message) {
  history_.push_back({reply_, std::move(message)});
  forget_oldest();
}

void cascade_brain::forget_oldest() {
  while (history_.size() > options_.history_turns_max)
    history_.pop_front();
  // A tool's answer without its call means nothing to a model.
  while (!history_.empty() && history_.front().message.role == "tool_answer")
    history_.pop_front();
}

brain_maker make_cascade_brains(cascade_stages stages, cascade_options options) {
  return [stages = std::move(stages), options](brain_host& host,
                                               boost::asio::io_context& io) {
    return std::make_unique<cascade_brain>(host, io, stages, options);
  };
}

} // namespace caly
