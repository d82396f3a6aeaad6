#pragma once

#include "net/media/carrier_wire.hpp"

#include <string>
#include <string_view>

namespace caly::twilio {

/// Media Streams: https://www.twilio.com/docs/voice/media-streams/websocket-messages
class media_wire : public carrier_wire {
public:
  bool read(std::string_view text, carrier_message& message) override;
  void play(ws_link& link, std::string_view audio) override;
  void mark(ws_link& link, std::string_view name) override;
  void clear(ws_link& link) override;

private:
  std::string stream_id_;
};

/// Reads a message; media frames take a path that allocates nothing. False: it is not one
/// that Twilio sends; audio that is not base64 too.
bool read_stream_message(std::string_view text, carrier_message& message);

/// `stream_id` and `audio` need no escaping.
std::string media_message(std::string_view stream_id, std::string_view audio);
std::string mark_message(std::string_view stream_id, std::string_view name);
std::string clear_message(std::string_view stream_id);

} // namespace caly::twilio
