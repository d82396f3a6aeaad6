#pragma once

#include "net/media/g711.hpp"

#include <caf/expected.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace caly {

struct speech_options {
  std::string program; ///< `caly_speech`
  std::string model;   ///< Folder of pocketsphinx's English model.
  int processes = 1;
  /// For one sentence, from the question on; a process that works longer is replaced.
  std::chrono::milliseconds timeout{5'000};
  std::size_t waiting_max = 256; ///< More are refused.
};

/// What was understood of an utterance.
struct heard_speech {
  std::string words; ///< None: nothing that the grammar knows.
  /// 1 to 1,000: how much of what sounded like speech the words explain; 0: nothing did.
  int confidence = 0;
};

/// Understands and speaks sentences with `caly_speech` processes, which are started when
/// they are needed and again when they end. What a crash takes with it is one sentence.
///
/// May be called from any thread. Each question is answered once, on the desk's own
/// thread, unless the desk ends before. Errors: `overloaded` (too many wait),
/// `timed_out`, `unavailable` (the process ended, or there is none), `invalid` (it
/// refuses the question).
class speech_desk {
public:
  using on_spoken = std::function<void(caf::expected<pcm_samples>)>;
  using on_heard = std::function<void(caf::expected<heard_speech>)>;

  explicit speech_desk(speech_options options);
  /// Ends the processes.
  ~speech_desk();
  speech_desk(const speech_desk&) = delete;
  speech_desk& operator=(const speech_desk&) = delete;

  /// `text` in `language` (en, hi, hinglish) as samples, `rate_hz` (8,000 to 48,000) of
  /// them a second.
  void say(std::string text, std::string language, unsigned rate_hz, on_spoken then);

  /// One whole utterance, 16-bit samples at 16 kHz, by a grammar in JSGF.
  void
  hear(std::shared_ptr<const std::string> grammar, std::string samples, on_heard then);

  struct figures {
    std::uint64_t said_total = 0;
    std::uint64_t heard_total = 0;
    std::uint64_t failed_total = 0;
    std::uint64_t started_total = 0; ///< Processes.
  };

  figures so_far() const;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace caly
