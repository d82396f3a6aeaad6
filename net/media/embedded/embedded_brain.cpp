#include "net/media/embedded/embedded_brain.hpp"

#include "actors/model/speech/speakable.hpp"
#include "net/media/cascade/sentence_splitter.hpp"
#include "net/media/heard_part.hpp"
#include "net/media/turns/backchannel.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace caly {

namespace {

using namespace std::chrono_literals;

constexpr auto keys_pause = 1'500ms;
constexpr std::size_t keys_max = 32;
constexpr std::size_t meanwhile_bytes_max = 2'000;
/// A "yes" within the last second of a question answers it.
constexpr std::int64_t answer_overlap_ms = 1'000;
/// Stands for words that were not understood, and for those that nobody heard.
const std::string something = "…";

} // namespace

embedded_brain::embedded_brain(brain_host& host,
                               std::unique_ptr<speech_port> speech,
                               embedded_options options)
    : host_{host}, speech_{std::move(speech)}, options_{options} {}

void embedded_brain::start(media_plan plan, time_point now) {
  grammar_ = std::make_shared<const std::string>(std::move(plan.brief.grammar));
  trouble_ = std::move(plan.brief.trouble);
  started_ = true;
  quiet_since_ = now;
  ask({});
}

// -- the caller

void embedded_brain::hear_wide(std::string_view samples) {
  if (started_ && !over_ && !grammar_->empty())
    caller_.add(samples);
}

void embedded_brain::on_frame(bool voiced) {
  if (!started_ || over_ || grammar_->empty())
    return;
  if (voiced) {
    stirred_ = true;
    host_.spoken();
  }
  const bool digits = expected_ == expected_answer::digits;
  auto said =
      caller_.frame(voiced, digits ? options_.pause_between_digits : options_.pause);
  if (said && !talked_over())
    understand(std::move(*said));
}

bool embedded_brain::talked_over() const {
  return host_.playing() && host_.left_ms() >= answer_overlap_ms;
}

void embedded_brain::understand(std::string samples) {
  speech_->hear(grammar_, std::move(samples), [this](caf::expected<heard_speech> heard) {
    if (!over_)
      understood(heard);
  });
}

void embedded_brain::understood(const caf::expected<heard_speech>& heard) {
  if (!heard) {
    note("ear_failed", to_string(heard.error()));
    return say(trouble_);
  }
  if (heard->confidence == 0)
    return; // no speech at all
  const bool sure = heard->confidence >= options_.confidence_min && !heard->words.empty();
  take_words(sure ? heard->words : something);
}

void embedded_brain::hear_words(std::string words) {
  if (!started_ || over_ || trim(words).empty())
    return;
  host_.caller_says(words);
  if (leaving_ || (talked_over() && is_backchannel(words)))
    return;
  // Words that came whole are meant, whatever the line thinks of its sound.
  keep_heard(host_.stop_playing());
  take_words(std::move(words));
}

void embedded_brain::press(char digit, time_point now) {
  if (keys_.size() < keys_max)
    keys_ += digit;
  keys_due_ = digit == '#' ? now : now + keys_pause;
}

void embedded_brain::take_words(std::string words) {
  stirred_ = true;
  if (leaving_ || hushed_)
    return;
  if (!asking_)
    ask(std::move(words));
  else if (meanwhile_.size() + words.size() < meanwhile_bytes_max)
    meanwhile_ += (meanwhile_.empty() ? "" : " ") + words;
}

void embedded_brain::ask(std::string words) {
  asking_ = true;
  asked_ = std::move(words);
  again_at_ = time_point::max();
  host_.ask_agent(turn_, asked_);
}

// -- the agent

void embedded_brain::replied(caf::expected<spoken_reply> reply, time_point now) {
  if (over_)
    return;
  if (reply) {
    asking_ = false;
    tries_ = 0;
    turn_ = reply->turn;
    language_ = reply->language;
    leaving_ = reply->end_call || reply->leaving;
    expected_ = expected_after(reply->text, reply->expects);
    speak(agent_item(turn_), reply->text, language_);
    if (!leaving_ && !meanwhile_.empty())
      ask(std::exchange(meanwhile_, {}));
    return;
  }
  const auto& why = reply.error();
  spdlog::warn("embedded: no words from the agent reason={}", to_string(why));
  if (why == errc::conflict || why == errc::not_found)
    host_.end("call_ended");
  else if (why == errc::fenced)
    host_.end("moved");
  else if (++tries_ >= options_.tries_max)
    host_.end("brain_failed");
  else
    again_at_ = now + options_.retry_after;
}

void embedded_brain::say(std::string text) {
  if (over_ || text.empty())
    return;
  const auto turn = "said:" + std::to_string(++numbers_);
  host_.heard({turn, "agent", text});
  speak(turn, text, language_);
}

void embedded_brain::speak(const std::string& turn,
                           const std::string& text,
                           const std::string& language) {
  sentence_splitter splitter;
  auto pieces = splitter.add(text);
  if (auto rest = splitter.rest(); !rest.empty())
    pieces.push_back(std::move(rest));
  for (auto& piece : pieces)
    sentences_.push_back(
        {std::to_string(++numbers_), turn, std::move(piece), language, false, false});
  speak_next();
}

void embedded_brain::speak_next() {
  const auto next =
      std::ranges::find_if(sentences_, [](const sentence& x) { return !x.asked; });
  if (speaking_ || next == sentences_.end())
    return;
  next->asked = speaking_ = true;
  speech_->say(speakable(next->text, next->language),
               next->language,
               [this, id = next->id](caf::expected<std::string> codes) {
                 if (over_)
                   return;
                 speaking_ = false;
                 const auto said = std::ranges::find(sentences_, id, &sentence::id);
                 if (!codes)
                   note("voice_failed", to_string(codes.error()));
                 if (said != sentences_.end() && codes && !codes->empty()) {
                   host_.play(id, to_base64(*codes));
                   host_.finish_item(id);
                 } else if (said != sentences_.end()) {
                   said->heard = true; // there is nothing to hear of it
                   forget_heard();
                 }
                 warm_up();
                 speak_next();
               });
}

/// While the agent greets, its ear learns the grammar: the first answer shall not wait.
void embedded_brain::warm_up() {
  if (std::exchange(warm_, true) || grammar_->empty())
    return;
  speech_->hear(grammar_, {}, [this](const caf::expected<heard_speech>& heard) {
    if (!heard && !over_)
      note("ear_failed", to_string(heard.error()));
  });
}

void embedded_brain::played(const std::string& item) {
  stirred_ = true;
  if (const auto said = std::ranges::find(sentences_, item, &sentence::id);
      said != sentences_.end())
    said->heard = true;
  forget_heard();
}

/// Turns that were heard to their end need no keeping.
void embedded_brain::forget_heard() {
  while (!sentences_.empty()) {
    const auto end = std::ranges::find_if(
        sentences_, [&](const sentence& x) { return x.turn != sentences_.front().turn; });
    if (!std::all_of(sentences_.begin(), end, [](const sentence& x) { return x.heard; }))
      return;
    sentences_.erase(sentences_.begin(), end);
  }
}

void embedded_brain::interrupted(const std::vector<cut_audio>& cuts) {
  keep_heard(cuts);
}

void embedded_brain::not_interrupted() {
  caller_.drop();
}

void embedded_brain::leave(const std::vector<cut_audio>& cuts) {
  keep_heard(cuts);
  over_ = true;
}

/// Tells the call what was heard of the turns that are dropped now.
void embedded_brain::keep_heard(const std::vector<cut_audio>& cuts) {
  while (!sentences_.empty()) {
    const auto turn = sentences_.front().turn;
    std::string heard;
    for (; !sentences_.empty() && sentences_.front().turn == turn;
         sentences_.pop_front()) {
      const auto& next = sentences_.front();
      const auto cut = std::ranges::find(cuts, next.id, &cut_audio::item);
      const auto text = next.heard ? next.text
                        : cut == cuts.end()
                            ? std::string{}
                            : heard_part(next.text, cut->heard_ms, cut->sent_ms);
      if (!text.empty())
        heard += (heard.empty() ? "" : " ") + text;
    }
    host_.heard({turn, "agent", heard.empty() ? something : heard});
  }
}

// -- time

void embedded_brain::tick(time_point now) {
  if (!started_ || over_)
    return;
  if (std::exchange(stirred_, false) || host_.playing() || caller_.speaking() ||
      !sentences_.empty())
    quiet_since_ = now;
  if (now >= again_at_)
    ask(std::exchange(asked_, {}));
  else if (!keys_.empty() && now >= keys_due_)
    take_words(std::exchange(keys_, {}));
  else if (leaving_ && sentences_.empty() && !host_.playing())
    host_.end("agent_ended");
  else if (!asking_ && !leaving_ && now - quiet_since_ > options_.silence) {
    quiet_since_ = now;
    ask({});
  }
}

void embedded_brain::note(std::string_view kind, std::string_view why) {
  json_writer detail;
  detail.begin_object().field("reason", why).end_object();
  host_.note(std::string{kind}, std::move(detail).str());
}

brain_maker make_embedded_brains(std::shared_ptr<speech_desk> desk,
                                 embedded_options options) {
  return [desk = std::move(desk), options](brain_host& host,
                                           boost::asio::io_context& io) {
    return std::make_unique<embedded_brain>(host, make_speech_port(desk, io), options);
  };
}

} // namespace caly
