#pragma once

#include "net/media/cascade/ear_protocol.hpp"
#include "net/media/cascade/streamed_ear.hpp"
#include "net/media/g711.hpp"
#include "net/providers/azure/synthesis.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/json.hpp"

namespace caly::azure {

struct recognition_options {
  speech_account account;
  std::string english = "en-IN"; ///< What the service calls the languages.
  std::string hindi = "hi-IN";
  /// For one language, and for a call in which the service finds out which it is.
  std::string path = "/speech/recognition/conversation/cognitiveservices/v1";
  std::string mixed_path = "/stt/speech/universal/v2";
  /// Silence after which the service settles a phrase by itself.
  std::chrono::milliseconds segmentation{600};
  /// Whether the end of the audio is said to settle what was heard; else `settle` waits
  /// for the service to do so by itself.
  bool settle_by_end = true;
};

/// The languages of a call as the service calls them; at least one.
std::vector<std::string> languages_of(const recognition_options& options,
                                      const ear_plan& plan);

/// Path and query of a connection.
std::string recognition_target(const recognition_options& options, const ear_plan& plan);

/// The header of a stream of 16-bit samples, 8,000 a second, whose length is open.
std::string open_riff_header();

/// A binary message: the length of its header in two bytes, header, payload.
std::string binary_message(std::string_view header, std::string_view payload);

/// The messages of the WebSocket as Microsoft's own SDK sends them.
class recognition : public ear_protocol {
public:
  /// `new_id` makes 32 hex digits.
  recognition(const recognition_options& options,
              const ear_plan& plan,
              wall_clock clock,
              std::function<std::string()> new_id);

  void begin(bool first, ear_messages& out) override;
  void audio(std::string_view codes, ear_messages& out) override;
  bool settle(ear_messages& out) override;

  void keep_alive(ear_messages&) override {}

  void finish(ear_messages& out) override;
  ear_event read(std::string_view text) override;
  bool may_reconnect(int close_code) const override;

private:
  std::string header(std::string_view path, std::string_view content_type) const;
  void send_text(std::string_view path, std::string_view body, ear_messages& out) const;
  void send_audio(std::string_view type, std::string_view bytes, ear_messages& out) const;
  std::string context() const;
  ear_event read_phrase(const json& phrase) const;

  const recognition_options options_;
  const ear_plan plan_;
  const wall_clock clock_;
  const std::function<std::string()> new_id_;
  std::string request_;
  bool ended_ = false; ///< The end of this stream's audio was said.
  pcm_samples samples_;
};

ear_service recognition_service(recognition_options options, wall_clock clock);

} // namespace caly::azure
