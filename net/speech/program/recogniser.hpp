#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>

struct ps_decoder_s;

namespace caly {

struct heard_words {
  std::string words; ///< None: nothing that the grammar knows.
  /// 1 to 1,000: how much of what sounded like speech these words explain; 0: nothing
  /// did.
  int confidence = 0;
};

/// pocketsphinx with grammars, for audio of 16 kHz. Beams are wide: a grammar is small,
/// and what is pruned too early is misheard.
class recogniser {
public:
  static constexpr std::size_t grammars_max = 64; ///< More displace the oldest.

  /// `model`: folder with `en-us` and `cmudict-en-us.dict`. Throws `std::runtime_error`.
  explicit recogniser(const std::string& model);
  ~recogniser();

  /// Throws `std::runtime_error` for one that is no grammar or has unknown words.
  void learn(const std::string& name, const std::string& jsgf);

  /// One whole utterance. Throws `std::runtime_error` for a grammar that was not learnt.
  heard_words hear(const std::string& name, std::span<const std::int16_t> samples);

private:
  /// The best words of the search `name`.
  std::string search(const std::string& name, std::span<const std::int16_t> samples);

  struct release {
    void operator()(ps_decoder_s* decoder) const noexcept;
  };

  std::unique_ptr<ps_decoder_s, release> decoder_;
  std::deque<std::string> known_; ///< Grammars, the oldest first.
};

} // namespace caly
