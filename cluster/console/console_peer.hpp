#pragma once

#include "cluster/console/console_server.hpp"
#include "runtime/resilience/rate_limiter.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/actor.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace caly {

/// One client of the console's socket. Everything runs on the server's thread; `write`
/// may be called from any.
class console_peer : public std::enable_shared_from_this<console_peer> {
public:
  console_peer(boost::asio::ip::tcp::socket socket,
               caf::actor_system& sys,
               const console_options& console,
               const console_server_options& options,
               std::function<void(console_peer*)> on_closed);

  void start();

  void close(const char* why);

private:
  void read();
  void take(std::string line);
  void sign_in(const std::string& line);
  void open_session(std::string user);
  void write(std::string line);
  void queue(std::string line);
  void flush();
  void refuse(const caf::error& reason, const char* hint);

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  caf::actor_system& system_;
  const console_options& console_;
  const console_server_options& options_;
  std::function<void(console_peer*)> on_closed_;
  caf::actor session_;
  std::string user_;
  rate_limiter lines_;
  std::string in_;
  std::deque<std::string> out_;
  std::size_t out_bytes_ = 0;
  bool writing_ = false;
  bool ending_ = false; ///< closes after what is queued
  bool closed_ = false;
};

} // namespace caly
