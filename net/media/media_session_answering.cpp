#include "net/media/key_tones.hpp"
#include "net/media/media_session.hpp"
#include "runtime/base/text.hpp"

namespace caly {

namespace {

constexpr std::string_view key_item = "key:";

} // namespace

// -- keys

bool media_session::is_key(std::string_view item) {
  return item.starts_with(key_item);
}

void media_session::press_keys(const std::string& keys) {
  if (phase_ != phase::talking)
    return;
  for (const auto key : keys) {
    if (!agent_has_word()) {
      play_others(key_tone(key));
      continue;
    }
    const auto item = std::string{key_item} + std::to_string(++keys_pressed_);
    play(item, to_base64(key_tone(key)));
    finish_item(item);
  }
  keys_until_ms_ = line_ms() + left_ms();
}

// -- who picked up

void media_session::told_answered(const answered& verdict) {
  if (answering_)
    answering_->told(verdict);
}

void media_session::stop_agent() {
  guard_.reset();
  brain_->interrupted(cut());
}

void media_session::hush_agent(bool quiet) {
  hushed_ = quiet;
  brain_->hush(quiet);
}

void media_session::agent_says(const std::string& words) {
  brain_->say(words);
}

void media_session::advise_agent(const std::string& fact, bool answer) {
  brain_->advise(fact, answer);
}

void media_session::leave_line(const std::string& reason) {
  end(reason);
}

} // namespace caly
