#pragma once

#include "net/media/media_options.hpp"
#include "net/media/socket_watch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <memory>
#include <thread>
#include <unordered_map>

namespace caly {

class lane_session;

/// One media thread and the calls on it. Only its own thread touches `sessions`.
class media_lane : public std::enable_shared_from_this<media_lane> {
public:
  explicit media_lane(const media_options& options);
  ~media_lane();

  media_lane(const media_lane&) = delete;
  media_lane& operator=(const media_lane&) = delete;

  void start();
  /// Ends all calls with `node_stopping`, then the thread.
  void stop();

  void add(const std::shared_ptr<lane_session>& session);
  void remove(lane_session& session);

  /// Some session has audio to send later.
  void pace_soon();

  /// Calls right now; from any thread.
  std::size_t calls() const noexcept { return calls_.load(std::memory_order_relaxed); }

  boost::asio::io_context io{1};
  const media_options options;

private:
  void run();
  void run_pass();
  void sweep_regularly();
  void pace();

  socket_watch& watch_ = boost::asio::use_service<socket_watch>(io);
  boost::asio::steady_timer timer_{io};
  boost::asio::steady_timer pacer_{io};
  bool pacing_ = false;
  std::unordered_map<lane_session*, std::shared_ptr<lane_session>> sessions_;
  std::atomic<std::size_t> calls_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace caly
