#pragma once

#include "tests/simulators/http/web_socket.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <utility>

namespace caly::sim {

/// A `web_socket` over a Beast stream, plain or TLS, whichever side opened it.
template <class Next>
class ws_pipe : public web_socket, public std::enable_shared_from_this<ws_pipe<Next>> {
public:
  static constexpr std::size_t backlog_bytes_max = 16 * 1024 * 1024;
  static constexpr std::size_t message_bytes_max = 16 * 1024 * 1024;

  template <class... Args>
  explicit ws_pipe(Args&&... args) : stream_{std::forward<Args>(args)...} {
    stream_.read_message_max(message_bytes_max);
    stream_.text(true);
    stream_.auto_fragment(false);
    // Also bounds how long a closing handshake may take.
    using boost::beast::websocket::stream_base;
    stream_.set_option(
        stream_base::timeout{std::chrono::seconds{10}, stream_base::none(), false});
  }

  boost::beast::websocket::stream<Next>& stream() noexcept { return stream_; }

  /// Starts reading; the handshake is done.
  void start() { read(); }

  void send(std::string text) override {
    if (closing_)
      return;
    if (backlog_bytes_ + text.size() > backlog_bytes_max)
      return fail();
    backlog_bytes_ += text.size();
    out_.push_back(std::move(text));
    if (out_.size() == 1)
      write();
  }

  void close(std::uint16_t code, std::string_view reason) override {
    if (closing_)
      return;
    closing_ = true;
    reason_.code = code;
    reason_.reason.assign(reason.data(), std::min<std::size_t>(reason.size(), 120));
    forget_callbacks();
    if (out_.empty())
      send_close();
  }

  std::size_t backlog_bytes() const override { return backlog_bytes_; }

private:
  void read() {
    stream_.async_read(
        buffer_,
        [self = this->shared_from_this()](boost::beast::error_code error, std::size_t) {
          self->did_read(error);
        });
  }

  void did_read(boost::beast::error_code error) {
    if (error)
      return fail();
    const auto bytes = buffer_.cdata();
    const std::string_view text{static_cast<const char*>(bytes.data()), bytes.size()};
    if (stream_.got_text()) {
      if (on_text)
        on_text(text);
    } else if (on_binary) {
      on_binary(text);
    }
    buffer_.consume(buffer_.size());
    read();
  }

  void write() {
    stream_.async_write(
        boost::asio::buffer(out_.front()),
        [self = this->shared_from_this()](boost::beast::error_code error, std::size_t) {
          self->did_write(error);
        });
  }

  void did_write(boost::beast::error_code error) {
    if (error) {
      out_.clear();
      return fail();
    }
    backlog_bytes_ -= out_.front().size();
    out_.pop_front();
    if (!out_.empty())
      write();
    else if (closing_)
      send_close();
  }

  void send_close() {
    stream_.async_close(reason_,
                        [self = this->shared_from_this()](boost::beast::error_code) {});
  }

  void fail() {
    boost::beast::get_lowest_layer(stream_).close();
    closing_ = true;
    const auto tell = std::exchange(on_closed, nullptr);
    forget_callbacks();
    if (tell)
      tell();
  }

  // A callback may be running right now; it must not be destroyed beneath itself.
  void forget_callbacks() {
    boost::asio::post(stream_.get_executor(),
                      [self = this->shared_from_this(),
                       text = std::exchange(on_text, {}),
                       binary = std::exchange(on_binary, {}),
                       closed = std::exchange(on_closed, {})] {});
  }

  boost::beast::websocket::stream<Next> stream_;
  boost::beast::flat_buffer buffer_;
  std::deque<std::string> out_;
  std::size_t backlog_bytes_ = 0;
  bool closing_ = false;
  boost::beast::websocket::close_reason reason_;
};

} // namespace caly::sim
