#include "net/providers/openai/kept_greeting.hpp"

#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

namespace caly::openai {

namespace {

/// Half a minute of µ-law; whoever greets for longer is not kept.
constexpr std::size_t codes_max = 240'000;

/// The bytes that make words; those of letters beyond ASCII are taken as they are.
std::string words_of(std::string_view text) {
  constexpr std::string_view danda = "\u0964"; // Hindi's full stop
  std::string words;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with(danda)) {
      i += danda.size() - 1;
      continue;
    }
    const auto c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'))
      words += c;
    else if (c >= 'A' && c <= 'Z')
      words += static_cast<char>(c - 'A' + 'a');
  }
  return words;
}

} // namespace

bool same_words(std::string_view one, std::string_view other) {
  return words_of(one) == words_of(other);
}

kept_greeting::kept_greeting(std::shared_ptr<sentence_sounds> sounds,
                             std::string_view model,
                             std::string_view session_update,
                             std::string_view greeting)
    : sounds_{std::move(sounds)}, greeting_{greeting} {
  if (greeting_.empty())
    sounds_ = nullptr;
  const auto update = sounds_ ? json::parse(session_update) : caf::expected<json>{json{}};
  if (!sounds_ || !update) {
    sounds_ = nullptr;
    return;
  }
  const auto& voice = (*update)["session"]["audio"]["output"]["voice"];
  key_ = std::string{model} + '\n' + std::string{voice.text_or("")} + '\n' + greeting_;
}

std::string kept_greeting::find() const {
  return sounds_ ? sounds_->find(key_).value_or("") : "";
}

void kept_greeting::collect(std::string_view audio) {
  if (!sounds_)
    return;
  std::string codes;
  const bool whole = from_base64(audio, codes);
  codes_ += codes;
  if (!whole || codes_.size() > codes_max)
    sounds_ = nullptr;
}

void kept_greeting::said(std::string_view words) {
  if (sounds_ && !codes_.empty() && same_words(words, greeting_))
    sounds_->keep(key_, std::move(codes_));
  sounds_ = nullptr;
}

} // namespace caly::openai
