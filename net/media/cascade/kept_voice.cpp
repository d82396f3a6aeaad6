#include "net/media/cascade/kept_voice.hpp"

#include <boost/asio/post.hpp>

namespace caly {

namespace {

/// Longer ones are hardly said twice.
constexpr std::size_t text_bytes_max = 300;
/// Fifteen seconds.
constexpr std::size_t sound_bytes_max = 120'000;

class kept_voice : public voice, private voice_listener {
public:
  kept_voice(voice_listener& listener,
             boost::asio::io_context& io,
             const voice_maker& maker,
             std::shared_ptr<sentence_sounds> sounds)
      : listener_{listener},
        io_{io},
        sounds_{std::move(sounds)},
        voice_{maker(*this, io)} {}

  ~kept_voice() override { *current_ = false; }

  void speak(std::uint64_t sentence,
             std::string_view text,
             std::string_view language) override {
    const auto key = std::string{language} + '\n' + std::string{text};
    if (auto known = sounds_->find(key)) {
      // Never within the asker's own call.
      boost::asio::post(io_,
                        [this, current = current_, sentence, codes = std::move(*known)] {
                          if (!*current)
                            return;
                          listener_.on_speech(sentence, codes);
                          if (*current)
                            listener_.on_sentence_spoken(sentence);
                        });
      return;
    }
    if (text.size() <= text_bytes_max)
      heard_.emplace(sentence, sound{key, {}});
    voice_->speak(sentence, text, language);
  }

  void cancel() override {
    *current_ = false;
    current_ = std::make_shared<bool>(true);
    heard_.clear();
    voice_->cancel();
  }

private:
  struct sound {
    std::string key, codes;
  };

  void on_speech(std::uint64_t sentence, std::string_view codes) override {
    if (const auto known = heard_.find(sentence); known != heard_.end()) {
      known->second.codes += codes;
      if (known->second.codes.size() > sound_bytes_max)
        heard_.erase(known);
    }
    listener_.on_speech(sentence, codes);
  }

  void on_sentence_spoken(std::uint64_t sentence) override {
    if (auto known = heard_.extract(sentence); !known.empty())
      sounds_->keep(known.mapped().key, std::move(known.mapped().codes));
    listener_.on_sentence_spoken(sentence);
  }

  void on_sentence_failed(std::uint64_t sentence, std::string_view why) override {
    heard_.erase(sentence);
    listener_.on_sentence_failed(sentence, why);
  }

  voice_listener& listener_;
  boost::asio::io_context& io_;
  std::shared_ptr<sentence_sounds> sounds_;
  std::unordered_map<std::uint64_t, sound> heard_; ///< Of what is being said.
  /// False once what was asked for is not wanted any more, and with this voice.
  std::shared_ptr<bool> current_ = std::make_shared<bool>(true);
  std::unique_ptr<voice> voice_;
};

} // namespace

voice_maker keep_sounds(voice_maker maker, std::shared_ptr<sentence_sounds> sounds) {
  return [maker = std::move(maker), sounds = std::move(sounds)](
             voice_listener& listener, boost::asio::io_context& io) {
    return std::make_unique<kept_voice>(listener, io, maker, sounds);
  };
}

} // namespace caly
