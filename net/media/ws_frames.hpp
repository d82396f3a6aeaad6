#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace caly {

/// Kinds of WebSocket frames (RFC 6455 §5.2).
enum class ws_opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

/// Which side of the connection this process is: clients mask what they send.
enum class ws_side : std::uint8_t { server, client };

struct ws_frame {
  ws_opcode opcode = ws_opcode::text;
  bool last = true;         ///< Of its message.
  std::string_view payload; ///< Unmasked, within the bytes that were read.
  std::size_t size = 0;     ///< Of the whole frame on the wire.
};

enum class ws_read : std::uint8_t {
  frame,
  need_more,
  protocol_error, ///< Close with 1002.
  too_big,        ///< Close with 1009.
};

/// Reads the frame at the beginning of `data[0, size)` that the other side sent to
/// `side`, and unmasks it in place. Only a whole frame is touched.
ws_read read_frame(
    char* data, std::size_t size, ws_side side, std::size_t payload_max, ws_frame& out);

/// Adds a whole frame to `out`, masked when `side` is the client.
void append_frame(std::string& out,
                  ws_side side,
                  ws_opcode opcode,
                  std::string_view payload);

/// Adds a close frame; `reason` is cut to what fits.
void append_close(std::string& out, ws_side side, int code, std::string_view reason);

/// The code of a close frame's payload: 1005 when there is none, 1002 when it is not one
/// that may be sent.
int close_code_of(std::string_view payload);

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// The value of Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string accept_of(std::string_view key);

/// A fresh Sec-WebSocket-Key.
std::string make_ws_key();

} // namespace caly
