#pragma once

#include "config/settings.hpp"
#include "net/http/router.hpp"

#include <caf/error.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace boost::asio {
class io_context;
} // namespace boost::asio

namespace caly {

/// Counts of one server; read at any time.
struct http_counters {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused_connections{0};
  std::atomic<std::uint64_t> open_connections{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> refused_headers{0};
  std::atomic<std::uint64_t> timed_out{0};
};

/// Hears of every response: the matched route or null, the status, the time it took.
using response_observer =
    std::function<void(const route*, unsigned, std::chrono::nanoseconds)>;

/// Looks at a request whose route is known, before its body is read. A response ends it.
using request_guard = std::function<std::optional<http_response>(http_request&)>;

struct http_server_options {
  net_settings net;
  /// Uploads go to `<state_dir>/uploads`.
  std::string state_dir = ".";
  /// In development everything comes from one address.
  bool loopback_is_unlimited = true;
  request_guard guard;
  /// Called when no route matches; false: 404.
  std::function<bool(const request_ptr&)> fallback;
  response_observer observe;
  /// Runs on each thread before it serves; the result is let go of on that thread when it
  /// has stopped.
  std::function<std::shared_ptr<void>(boost::asio::io_context&)> on_thread;
};

/// An HTTP/1.1 server: one listener, `io_threads` threads that each own their
/// connections, callbacks only. Every connection has deadlines that a sweep enforces.
class http_server {
public:
  /// `routes` outlives the server.
  http_server(const router& routes, http_server_options options);
  ~http_server();

  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Opens the listener and starts the threads. Errors: `errc::unavailable`.
  caf::error start();

  /// The port that is listened on; after `start`.
  std::uint16_t port() const noexcept;

  /// Stops accepting, lets running requests end for at most `grace`, closes the rest and
  /// joins the threads. Calling it again does nothing.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds{5});

  /// Enforces the deadlines as if it were `now`. Runs by itself four times a second.
  void sweep(std::chrono::steady_clock::time_point now);

  const http_counters& counters() const noexcept;

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace caly
