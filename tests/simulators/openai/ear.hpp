#pragma once

#include "tests/simulators/openai/realtime_config.hpp"
#include "tests/simulators/speech/utterance_index.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace caly::sim {

/// Listens to a session's input audio: finds where speech starts and stops, and which of
/// the sandbox's utterances it is. Counts time in audio, never by a clock.
class ear {
public:
  struct listener {
    std::function<void(int start_ms)> started;
    std::function<void(int end_ms, std::string words)> stopped;
  };

  ear(const utterance_index& known, listener on_speech);

  /// Decodes with `config.input` and detects turns when the session wants that.
  void hear(std::string_view audio, const realtime_config& config);

  /// The words of the present speech, as far as they were heard.
  std::string so_far() const;

  /// Ends the turn by hand and answers its words.
  std::string commit();
  void clear();

  /// Audio heard since the last turn ended.
  int buffered_ms() const { return buffered_ms_; }

private:
  struct votes {
    int unique = 0; ///< Frames that only this utterance has.
    int shared = 0;
    std::size_t first = 0;
  };

  std::string to_mulaw_bytes(std::string_view audio, audio_codec codec);
  void hear_frame(std::string_view frame, const realtime_config& config);
  void recognise(std::string_view frame);
  void realign(std::string_view frame);
  /// Which utterances are in the present speech, and the frames in which they begin.
  std::vector<std::pair<std::size_t, std::uint32_t>> said() const;
  std::string words();
  void forget();

  const utterance_index& known_;
  listener on_speech_;
  std::string waiting_; ///< µ-law that is no whole frame yet.
  std::string odd_;     ///< PCM bytes that are no whole sample group yet.
  std::size_t frames_ = 0;
  int buffered_ms_ = 0;
  bool in_speech_ = false;
  int voiced_run_ = 0;
  int quiet_run_ = 0;
  std::map<std::uint32_t, votes> votes_;
  std::vector<int> levels_; ///< Loudness of each frame of the present speech.
  std::string stranger_;    ///< The last voiced frame that nobody knows.
  int realigned_ = 0;
};

} // namespace caly::sim
