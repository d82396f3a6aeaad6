#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// Messages that go out to a speech service, in order.
struct ear_messages {
  struct message {
    std::string bytes;
    bool binary = false;
  };

  std::vector<message> all;

  void text(std::string bytes) { all.push_back({std::move(bytes), false}); }

  void binary(std::string bytes) { all.push_back({std::move(bytes), true}); }
};

/// What a message of the service means.
struct ear_event {
  enum class kind : std::uint8_t {
    nothing,
    partial,     ///< `text`: the words of the utterance so far
    words,       ///< `text`: settled words, perhaps none
    stream_over, ///< The service wants the audio from `settled` on as a new stream.
    broken,      ///< Another connection may help; `text`: why.
    refused,     ///< None will; `text`: why.
  };

  kind what = kind::nothing;
  std::string text;
  std::string language;
  /// The stream's audio up to here is settled; it begins anew with each `begin`.
  std::optional<std::chrono::milliseconds> settled;
};

/// One connection's messages at a service that understands streamed speech. Pure: bytes
/// in, bytes out. Audio is µ-law, 8 kHz.
class ear_protocol {
public:
  virtual ~ear_protocol() = default;

  /// A stream of audio begins: the first of a connection, or the one after a
  /// `stream_over`.
  virtual void begin(bool first, ear_messages& out) = 0;
  /// `codes` is never empty.
  virtual void audio(std::string_view codes, ear_messages& out) = 0;
  /// Asks to settle what was heard. False: no more audio until the stream is over.
  virtual bool settle(ear_messages& out) = 0;
  /// No audio flowed for a while.
  virtual void keep_alive(ear_messages& out) = 0;
  /// Nothing more follows.
  virtual void finish(ear_messages& out) = 0;
  virtual ear_event read(std::string_view text) = 0;
  /// Whether another connection may help after a close with this code.
  virtual bool may_reconnect(int close_code) const = 0;
};

} // namespace caly
