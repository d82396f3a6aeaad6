#pragma once

#include "net/http/client_address.hpp"
#include "net/http/gate.hpp"
#include "net/http/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

namespace caly {

class http_session;

/// How many connections there are, in all and from each address.
class connection_book : public std::enable_shared_from_this<connection_book> {
public:
  connection_book(std::size_t total_max, std::size_t address_max)
      : total_max_{total_max}, address_max_{address_max} {}

  /// A slot that counts until its last copy is gone; null when a limit is reached.
  std::shared_ptr<void> take(const std::string& address, bool unlimited);

private:
  void give_back(const std::string& address);

  const std::size_t total_max_;
  const std::size_t address_max_;
  std::mutex mutex_;
  std::size_t total_ = 0;
  std::map<std::string, std::size_t> addresses_;
};

/// One io thread with its connections. Only its own thread touches `sessions`.
struct http_lane : std::enable_shared_from_this<http_lane> {
  http_lane(std::shared_ptr<const http_server_options> options,
            const router& routes,
            std::shared_ptr<http_counters> counters);

  void add(std::shared_ptr<http_session> session);
  void remove(http_session* session);
  void sweep(std::chrono::steady_clock::time_point now);
  void drain();
  void close_all();
  void sweep_regularly();

  const std::shared_ptr<const http_server_options> options;
  const router& routes;
  const std::shared_ptr<http_counters> counters;
  const gate_limits limits;
  const address_ranges trusted;
  const std::string spool_dir;
  bool draining = false;
  boost::asio::io_context io{1};
  boost::asio::steady_timer timer{io};
  // After `io`: sockets go before their context.
  std::unordered_map<http_session*, std::shared_ptr<http_session>> sessions;
  std::thread thread;
};

} // namespace caly
