#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace caly {

class ws_link;

/// One message of a carrier's media socket.
struct carrier_message {
  enum class kind : std::uint8_t {
    connected,
    start,
    media,
    words, ///< the carrier understood the caller itself
    dtmf,
    mark,
    stop,
    other,
  };

  kind type = kind::other;

  // media
  /// µ-law, 8 kHz, as base64 that was checked; a view of the text or of `kept`.
  std::string_view audio;
  std::size_t audio_bytes = 0; ///< When decoded.
  /// The same audio as 16-bit samples at 16 kHz, low byte first; empty where the carrier
  /// has nothing better than a telephone. Good until the wire reads its next message.
  std::string_view wide;
  std::int64_t timestamp_ms = -1; ///< Since the stream began; -1 = not told.
  std::int64_t chunk = -1;        ///< Counts up; -1 = not told.
  bool outbound = false;          ///< Our own audio coming back.

  // start
  std::string stream_id; ///< Needs no escaping in JSON.
  std::string provider_call_id;
  std::string ticket;
  bool known_format = true; ///< The audio is coded in a way that can be read.

  std::string words; ///< One utterance of the caller.
  std::string mark;
  char digit = '\0'; ///< 0 to 9, *, # or A to D.

  std::string kept;

  carrier_message() = default;
  // `audio` may point into `kept`.
  carrier_message(const carrier_message&) = delete;
  carrier_message& operator=(const carrier_message&) = delete;
};

/// How a carrier speaks over its media socket. One object a call, on the call's thread;
/// it knows the stream from the `start` that it read.
class carrier_wire {
public:
  virtual ~carrier_wire() = default;

  /// Reads a message. False: it is not one that this carrier sends.
  virtual bool read(std::string_view text, carrier_message& message) = 0;

  /// Plays audio after what was sent before: µ-law, 8 kHz, as base64. May keep a part
  /// back until more comes, the next mark at the latest.
  virtual void play(ws_link& link, std::string_view audio) = 0;

  /// The carrier sends the mark back once everything before it was heard.
  virtual void mark(ws_link& link, std::string_view name) = 0;

  /// Drops what was not heard yet.
  virtual void clear(ws_link& link) = 0;
};

using carrier_wire_maker = std::function<std::unique_ptr<carrier_wire>()>;

} // namespace caly
