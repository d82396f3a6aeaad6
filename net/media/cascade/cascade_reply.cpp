#include "actors/model/speech/speakable.hpp"
#include "net/media/cascade/cascade_brain.hpp"
#include "net/media/done_actions.hpp"
#include "net/media/heard_part.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <utility>

namespace caly {

namespace {

constexpr std::size_t voices_max = 8;
constexpr std::size_t tools_max = 8;

/// Voices know a sentence by a number that names the voice too.
std::uint64_t number_for(std::uint64_t sentence, std::size_t voice) {
  return sentence * voices_max + voice;
}

} // namespace

// -- thoughts

void cascade_brain::think() {
  ++reply_;
  reply_text_.clear();
  for (std::size_t which = minds_failed_; which < stages_.minds.size(); ++which)
    if (ask_mind(which))
      return;
  give_up("mind");
}

bool cascade_brain::ask_mind(std::size_t which) {
  if (which >= stages_.minds.size())
    return false;
  while (minds_.size() <= which)
    minds_.push_back(stages_.minds[minds_.size()](*this, io_));
  thought_plan ask;
  ask.messages.push_back({"system", plan_.brief.instructions, {}, {}});
  if (!plan_.brief.done.empty())
    ask.messages.front().text += '\n' + words_of(plan_.brief.done);
  for (const auto& each : history_)
    ask.messages.push_back(each.message);
  if (!ending_)
    for (const auto& tool : plan_.brief.tools)
      ask.tools.push_back({tool.name, tool.description, tool.schema});
  thoughts_.push_back({++numbers_, which, false, now_()});
  minds_[which]->think(numbers_, ask);
  return true;
}

cascade_brain::thought* cascade_brain::find_thought(std::uint64_t number) {
  for (auto& each : thoughts_)
    if (each.number == number)
      return &each;
  return nullptr;
}

void cascade_brain::forget_thoughts(std::uint64_t but) {
  std::erase_if(thoughts_, [&](const thought& each) {
    if (each.number == but)
      return false;
    minds_[each.mind]->cancel(each.number);
    return true;
  });
}

void cascade_brain::on_words(std::uint64_t number, std::string_view text) {
  auto* which = find_thought(number);
  if (which == nullptr || over_ || text.empty())
    return;
  if (!std::exchange(which->spoke, true)) {
    forget_thoughts(number);
    apologies_ = 0;
    if (moments_.asked)
      moments_.first_word = now_();
  }
  reply_text_ += text;
  take_pieces(splitter_.add(text));
}

void cascade_brain::on_thought(std::uint64_t number, std::vector<mind_tool_call> tools) {
  if (find_thought(number) == nullptr || over_)
    return;
  forget_thoughts(number);
  thoughts_.clear();
  if (auto rest = splitter_.rest(); !rest.empty())
    take_pieces({std::move(rest)});
  for (auto& call : tools) {
    if (call.id.empty() || tools_.size() >= tools_max)
      continue;
    remember({"tool_call", call.arguments, call.id, call.name});
    tools_.emplace(call.id, call);
    host_.call_tool({call.id, call.name, call.arguments});
  }
}

void cascade_brain::on_thought_failed(std::uint64_t number,
                                      std::string_view why,
                                      bool worth_repeating) {
  const auto* failed = find_thought(number);
  if (failed == nullptr || over_)
    return;
  note("thought_failed", std::to_string(failed->mind), why);
  const bool spoke = failed->spoke;
  std::erase_if(thoughts_, [&](const thought& each) { return each.number == number; });
  if (!thoughts_.empty())
    return; // another one is on its way
  if (spoke) {
    // What was said stands; the caller asks for the rest.
    if (auto rest = splitter_.rest(); !rest.empty())
      take_pieces({std::move(rest)});
    return;
  }
  if (ask_mind(++minds_failed_))
    return;
  if (!worth_repeating || apologies_ >= options_.apologies_max)
    return give_up("mind");
  ++apologies_;
  minds_failed_ = 0;
  speak(plan_.brief.trouble);
}

void cascade_brain::tool_answered(const std::string& tool_call_id,
                                  const tool_answer& answer,
                                  time_point now) {
  const auto found = tools_.extract(tool_call_id);
  if (found.empty() || over_)
    return;
  if (!answer.language.empty() && language_.use(answer.language))
    use_language(language_.now());
  if (!answer.expects.empty())
    asked_slot_ = answer.expects;
  remember({"tool_answer", answer.output, tool_call_id, found.mapped().name});
  if (answer.end_call && !ending_) {
    ending_ = true;
    ending_since_ = now;
  }
  if (!tools_.empty())
    return;
  // Who has said goodbye together with the tool needs no second one.
  if (!answer.quiet && (!ending_ || reply_text_.empty()))
    think();
}

// -- sentences

void cascade_brain::take_pieces(std::vector<std::string> pieces) {
  for (auto& piece : pieces)
    speak(std::move(piece));
}

void cascade_brain::speak(std::string text) {
  if (text.empty())
    return;
  sentence next;
  next.number = ++numbers_;
  next.reply = reply_;
  next.text = std::move(text);
  sentences_.push_back(std::move(next));
  if (!ask_voice(sentences_.back(), first_voice_))
    give_up("voice");
}

bool cascade_brain::ask_voice(sentence& what, std::size_t which) {
  if (which >= stages_.voices.size() || which >= voices_max)
    return false;
  while (voices_.size() <= which)
    voices_.push_back(stages_.voices[voices_.size()](*this, io_));
  what.voices_asked = which + 1;
  what.asked_at = now_();
  const auto& language = plan_.brief.languages.front();
  voices_[which]->speak(
      number_for(what.number, which), speakable(what.text, language), language);
  return true;
}

cascade_brain::sentence* cascade_brain::find_sentence(std::uint64_t number) {
  for (auto& each : sentences_)
    if (each.number == number)
      return &each;
  return nullptr;
}

void cascade_brain::drop_sentence(std::uint64_t number) {
  std::erase_if(sentences_, [&](const sentence& x) { return x.number == number; });
}

void cascade_brain::on_speech(std::uint64_t number, std::string_view codes) {
  auto* what = find_sentence(number / voices_max);
  const auto which = static_cast<std::size_t>(number % voices_max);
  if (what == nullptr || over_ || codes.empty() ||
      (what->sounded && what->voice != which))
    return;
  if (!std::exchange(what->sounded, true)) {
    what->voice = which;
    if (moments_.asked && what->reply == reply_) {
      moments_.first_sound = now_();
      if (moments_.first_word != time_point{})
        note_latency();
    }
  }
  what->sound += codes;
  play_in_order();
}

void cascade_brain::on_sentence_spoken(std::uint64_t number) {
  auto* what = find_sentence(number / voices_max);
  if (what == nullptr || over_ || what->voice != number % voices_max)
    return;
  what->spoken = true;
  play_in_order();
}

void cascade_brain::on_sentence_failed(std::uint64_t number, std::string_view why) {
  auto* what = find_sentence(number / voices_max);
  const auto which = static_cast<std::size_t>(number % voices_max);
  if (what == nullptr || over_ || (what->sounded && what->voice != which))
    return;
  note("voice_failed", std::to_string(which), why);
  if (what->sounded) {
    // Half a sentence is better than the same beginning in another voice.
    what->spoken = true;
    return play_in_order();
  }
  if (what->voices_asked > which + 1)
    return; // the next one is at it already
  first_voice_ = std::max(first_voice_, which + 1);
  if (!ask_voice(*what, which + 1))
    give_up("voice");
}

/// Sentences reach the caller one after the other, whichever sounded first.
void cascade_brain::play_in_order() {
  for (auto& each : sentences_) {
    if (each.finished)
      continue;
    const auto item = std::to_string(each.number);
    if (!each.sound.empty())
      host_.play(item, to_base64(std::exchange(each.sound, {})));
    if (!each.spoken)
      return;
    each.finished = true;
    host_.finish_item(item);
  }
}

// -- what was heard of it

void cascade_brain::keep_heard(const sentence& what, std::string_view text) {
  if (text.empty() || what.is_filler)
    return;
  auto turn = std::find_if(history_.begin(), history_.end(), [&](const remembered& x) {
    return x.reply == what.reply && x.message.role == "agent";
  });
  if (turn == history_.end()) {
    // Before the tools that it called: their answers have to follow them.
    const auto at =
        std::find_if(history_.begin(), history_.end(), [&](const remembered& x) {
          return x.reply >= what.reply;
        });
    turn = history_.insert(at, {what.reply, {"agent", {}, {}, {}}});
  }
  auto& heard = turn->message.text;
  heard += (heard.empty() ? "" : " ") + std::string{text};
  host_.heard({"a" + std::to_string(what.reply), "agent", heard, language_.now()});
  forget_oldest();
}

void cascade_brain::leave_unheard(const std::vector<cut_audio>& cuts) {
  for (const auto& part : cuts)
    for (const auto& each : sentences_)
      if (std::to_string(each.number) == part.item)
        keep_heard(each, heard_part(each.text, part.heard_ms, part.sent_ms));
  sentences_.clear();
  for (const auto& each : voices_)
    each->cancel();
}

// -- slow stages

void cascade_brain::hedge() {
  const auto now = now_();
  for (std::size_t i = 0; i < sentences_.size(); ++i) {
    auto& each = sentences_[i];
    if (each.sounded)
      continue;
    const auto waited = now - each.asked_at;
    if (waited >= options_.stage_timeout)
      return on_sentence_failed(number_for(each.number, each.voices_asked - 1),
                                "timeout");
    if (waited >= options_.voice_hedge)
      ask_voice(each, each.voices_asked);
    break; // only the one that is waited for
  }
  if (thoughts_.empty() || thoughts_.front().spoke)
    return;
  const auto waited = now - thoughts_.back().asked_at;
  if (waited >= options_.stage_timeout)
    return on_thought_failed(thoughts_.front().number, "timeout", true);
  if (waited >= options_.thought_hedge)
    ask_mind(thoughts_.back().mind + 1);
  if (!filled_ && now - moments_.turn_end >= options_.filler_after &&
      sentences_.empty() && !host_.playing()) {
    filled_ = true;
    speak(plan_.brief.filler);
    if (!sentences_.empty())
      sentences_.back().is_filler = true;
  }
}

} // namespace caly
