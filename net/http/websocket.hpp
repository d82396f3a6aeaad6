#pragma once

#include "net/http/request.hpp"

#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly {

/// A WebSocket handshake on its way to the acceptor of its route. The acceptor is called
/// on the thread of the connection; it builds `websocket::stream<beast::tcp_stream>` from
/// `stream` and accepts `request`, or answers it with plain HTTP and lets go.
///
/// The header passed the gate; nothing that came after it is in a buffer.
struct websocket_upgrade {
  boost::beast::tcp_stream stream;
  boost::beast::http::request<boost::beast::http::string_body> request;
  std::vector<std::pair<std::string, std::string>> params;
  std::string path;
  std::string correlation_id;
  std::string remote_ip;
  principal who;
  /// Counts the connection until the last copy is gone; keep it with the stream.
  std::shared_ptr<void> slot;

  const std::string& param(std::string_view name) const {
    static const std::string none;
    for (const auto& [known, value] : params)
      if (known == name)
        return value;
    return none;
  }
};

/// Answers a handshake with a plain HTTP error and closes the connection.
void refuse_upgrade(websocket_upgrade upgrade, unsigned status, std::string_view message);

} // namespace caly
