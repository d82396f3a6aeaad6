#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace caly::sim {

/// One side of an open WebSocket. Sends text, hears both kinds of messages.
///
/// Its owner sets the callbacks once and keeps the pointer for as long as it wants to
/// hear. `on_closed` runs exactly once unless the owner calls `close` itself.
class web_socket {
public:
  virtual ~web_socket() = default;

  std::function<void(std::string_view)> on_text;
  std::function<void(std::string_view)> on_binary;
  std::function<void()> on_closed;

  /// Queues one text message. A peer that lets 16 MiB pile up is cut off.
  virtual void send(std::string text) = 0;
  /// Sends what is queued, then closes. No callback runs after this call.
  virtual void close(std::uint16_t code = 1000, std::string_view reason = {}) = 0;
  /// Bytes that are queued and not written yet.
  virtual std::size_t backlog_bytes() const = 0;
};

} // namespace caly::sim
