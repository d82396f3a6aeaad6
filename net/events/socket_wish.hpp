#pragma once

#include "actors/model/ids.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace caly {

/// What a browser asks of its event socket, one JSON object a message:
///
///     {"type":"listen","call_id":"call_…"}   to hear a live call; ends listening to
///     another
///     {"type":"stop_listening"}
///     {"type":"speak","audio":"…"}           µ-law, 8 kHz, base64, at most 250 ms
struct socket_wish {
  enum class kind { listen, stop_listening, speak };

  kind type = kind::stop_listening;
  call_id call;
  std::string codes; ///< decoded
};

/// Nothing: it is none of these.
std::optional<socket_wish> read_socket_wish(std::string_view text);

} // namespace caly
