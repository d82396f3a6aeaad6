#pragma once

#include "net/media/ws_link.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace caly::bench {

/// Twilio's side of one call: a frame every 20 ms on a clock that does not drift; marks
/// come back when what was before them has been played.
class phone : public std::enable_shared_from_this<phone>, private ws_listener {
public:
  using steady = std::chrono::steady_clock;

  struct handlers {
    /// The next 20 ms of the line as µ-law; empty: the caller hangs up.
    std::function<std::string()> frame;
    /// Audio of the agent's has come, so many bytes of it when decoded.
    std::function<void(std::size_t bytes)> sound;
    /// The socket is gone; the last call.
    std::function<void()> gone;
  };

  /// `io` and `tls` outlive the phone.
  phone(boost::asio::io_context& io,
        boost::asio::ssl::context& tls,
        std::uint16_t port,
        std::string ticket,
        handlers tell);

  void begin();

  /// The socket closes without `stop`.
  void drop() { link_->close(); }

  /// When what has come will have been played.
  steady::time_point played_at() const { return played_at_; }

private:
  void on_open(ws_link& link) override;
  void on_text(ws_link& link, std::string_view text) override;
  void on_end(ws_link& link, const ws_end& end) override;

  void wait_for_frame();
  void send_frame();
  void return_mark(std::string mark);

  boost::asio::io_context& io_;
  boost::asio::ssl::context& tls_;
  const std::uint16_t port_;
  const std::string ticket_;
  handlers tell_;
  std::shared_ptr<ws_link> link_;
  std::shared_ptr<phone> itself_; ///< Until the socket is gone.
  boost::asio::steady_timer timer_;
  steady::time_point due_, played_at_;
  std::uint64_t chunk_ = 0;
};

} // namespace caly::bench
