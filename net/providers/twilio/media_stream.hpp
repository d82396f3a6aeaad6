#pragma once

#include <caf/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace caly::twilio {

/// One message of a Media Streams socket.
struct stream_event {
  enum class kind : std::uint8_t { connected, start, media, dtmf, mark, stop, other };

  kind type = kind::other;

  // media
  std::string_view audio;         ///< Base64, valid; a view of the text or of `kept`.
  std::size_t audio_bytes = 0;    ///< When decoded.
  std::int64_t timestamp_ms = -1; ///< Since the stream began; -1 = not told.
  std::int64_t chunk = -1;        ///< Counts from 1; -1 = not told.
  bool outbound = false;          ///< Our own audio coming back.

  // start
  std::string stream_id;
  std::string provider_call_id;
  std::string ticket;
  bool mulaw_8k = true;

  std::string mark;
  char digit = '\0';

  std::string kept;

  stream_event() = default;
  // `audio` may point into `kept`.
  stream_event(const stream_event&) = delete;
  stream_event& operator=(const stream_event&) = delete;
};

/// Reads a message; media frames take a path that allocates nothing. False: it is not one
/// that Twilio sends; audio that is not base64 too.
bool read_stream_event(std::string_view text, stream_event& event);

/// `stream_id` and `audio` need no escaping.
std::string media_message(std::string_view stream_id, std::string_view audio);
std::string mark_message(std::string_view stream_id, std::string_view name);
std::string clear_message(std::string_view stream_id);

} // namespace caly::twilio
