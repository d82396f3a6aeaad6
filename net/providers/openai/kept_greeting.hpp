#pragma once

#include "net/media/sentence_sounds.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace caly::openai {

/// The greeting of one call, and what it sounded like when the same voice said the same
/// words in an earlier call of this node: so it is heard as soon as the call is answered,
/// before the model's session even stands.
///
/// What a model says is kept only when it finished it and said exactly those words.
class kept_greeting {
public:
  /// Without `sounds` nothing is kept or found. `session_update` names the voice.
  kept_greeting(std::shared_ptr<sentence_sounds> sounds,
                std::string_view model,
                std::string_view session_update,
                std::string_view greeting);

  /// µ-law; empty: it was not said before.
  std::string find() const;

  /// Audio of the response that says it, as base64.
  void collect(std::string_view audio);

  /// The response is over; `words` is the model's transcript of it.
  void said(std::string_view words);

private:
  std::shared_ptr<sentence_sounds> sounds_; ///< null: nothing is kept
  std::string key_, greeting_, codes_;
};

/// Whether both are the same words: letters and digits count, case and all else do not.
bool same_words(std::string_view one, std::string_view other);

} // namespace caly::openai
