#pragma once

#include "tests/simulators/http/http_message.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>

namespace caly::sim {

/// Listens on 127.0.0.1 and hands every request to one handler. Keep-alive, bodies up to
/// 16 MiB, WebSocket upgrades on request.
class http_server {
public:
  /// Port 0 takes any free one. Throws `boost::system::system_error` when the port is
  /// taken.
  http_server(boost::asio::io_context& io, std::uint16_t port, http_handler handler);
  ~http_server();

  std::uint16_t port() const;

private:
  struct listener;

  std::shared_ptr<listener> listener_;
};

} // namespace caly::sim
