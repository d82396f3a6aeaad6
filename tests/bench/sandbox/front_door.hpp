#pragma once

#include "net/http/websocket.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace caly::bench {

/// Takes upgrades as a node's HTTP server does, on a thread of its own.
class front_door {
public:
  /// `ticket` is what stands in the path behind the last slash.
  using taker = std::function<void(websocket_upgrade upgrade, const std::string& ticket)>;

  explicit front_door(taker take);
  ~front_door();

  front_door(const front_door&) = delete;
  front_door& operator=(const front_door&) = delete;

  std::uint16_t port() const { return port_; }

private:
  void take_all(const taker& take);

  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  const std::uint16_t port_;
  std::thread thread_;
};

} // namespace caly::bench
