#pragma once

#include "net/media/socket_watch.hpp"
#include "net/media/ws_frames.hpp"
#include "net/media/ws_link.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <algorithm>
#include <optional>

namespace caly {

inline media_socket& socket_of(media_socket& stream) {
  return stream;
}

inline media_socket& socket_of(boost::beast::ssl_stream<media_socket>& stream) {
  return stream.next_layer();
}

/// A link over `Stream` after its handshake. Reads whatever arrived and handles all
/// frames in it; what is sent meanwhile goes out in one piece.
template <class Stream>
class basic_link : public ws_link,
                   public std::enable_shared_from_this<basic_link<Stream>> {
public:
  using error_code = boost::system::error_code;

  template <class... Ts>
  basic_link(ws_side side, ws_listener& listener, const ws_options& options, Ts&&... xs)
      : side_{side},
        listener_{&listener},
        options_{options},
        stream_{std::forward<Ts>(xs)...},
        timer_{stream_.get_executor()} {}

  Stream& stream() noexcept { return stream_; }

  /// What was read behind the handshake.
  boost::beast::flat_buffer& buffer() noexcept { return buffer_; }

  bool ended() const noexcept { return ended_; }

  /// The handshake is done.
  void opened() {
    if (ended_)
      return;
    open_ = true;
    if constexpr (is_plain)
      if (error_code ec; !watch_socket(ec))
        return failed(ec);
    watch_silence();
    if (listener_ != nullptr)
      listener_->on_open(*this);
    if (closing_)
      queue_close();
    flush_soon();
    if (take_frames())
      read();
  }

  void failed(const ws_end& end) {
    if (std::exchange(ended_, true))
      return;
    const auto keep = this->shared_from_this();
    error_code ignored;
    timer_.cancel(ignored);
    socket_of(stream_).close(ignored);
    watched_.reset();
    if (auto* listener = std::exchange(listener_, nullptr))
      listener->on_end(*this, end);
  }

  void failed(const error_code& ec) { failed(ws_end{0, 0, ec.message()}); }

  // -- ws_link

  void send(std::string_view text) override { queue(ws_opcode::text, text); }

  void send_binary(std::string_view bytes) override { queue(ws_opcode::binary, bytes); }

  void close() override {
    if (ended_ || std::exchange(closing_, true))
      return;
    if (!open_)
      return failed(ws_end{1000, 0, "closed"});
    queue_close();
  }

  void drop() override {
    listener_ = nullptr;
    close();
  }

  std::size_t queued_bytes() const noexcept override {
    return out_.size() + in_flight_.size() - written_;
  }

private:
  static constexpr bool is_plain = std::is_same_v<Stream, media_socket>;
  static constexpr std::size_t read_bytes = 4096;
  /// Buffers that a large message blew up are given back.
  static constexpr std::size_t buffer_kept_max = 16 << 10;

  // -- reading

  /// From here on the thread's watch tells when there is something to read.
  bool watch_socket(error_code& ec) {
    stream_.non_blocking(true, ec);
    const int socket = ec ? -1 : stream_.release(ec);
    if (!ec)
      watched_.emplace(
          stream_.get_executor().context(),
          socket,
          [self = this->shared_from_this()](socket_watch::readiness ready) {
            self->on_ready(ready);
          },
          ec);
    return !ec;
  }

  void on_ready(socket_watch::readiness ready) {
    if (ready.to_write && std::exchange(writing_, false))
      flush();
    if (ready.to_read && !ended_)
      read();
    if (ready.look_over) {
      flush_due_ = false;
      flush();
    }
  }

  void read() {
    if constexpr (is_plain) {
      error_code ec;
      const auto bytes =
          watched_->read(buffer_.prepare(read_bytes).data(), read_bytes, ec);
      if (ec == boost::asio::error::would_block)
        return;
      on_read(ec, bytes);
    } else {
      stream_.async_read_some(
          buffer_.prepare(read_bytes),
          [self = this->shared_from_this()](error_code ec, std::size_t bytes) {
            self->on_read(ec, bytes);
          });
    }
  }

  /// After `bytes` were handled.
  void read_on(std::size_t bytes) {
    if constexpr (is_plain) {
      // Less than there was room for: the watch tells of the rest. Others first.
      if (bytes == read_bytes)
        boost::asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
          if (!self->ended_)
            self->read();
        });
    } else {
      read();
    }
  }

  void on_read(const error_code& ec, std::size_t bytes) {
    if (ended_)
      return;
    if (ec)
      return failed(ec);
    buffer_.commit(bytes);
    heard_ = true;
    if (take_frames())
      read_on(bytes);
  }

  /// Handles every whole frame that is there. False: the link has ended.
  bool take_frames() {
    const auto keep = this->shared_from_this();
    while (!ended_) {
      const auto data = buffer_.data();
      ws_frame frame;
      switch (read_frame(static_cast<char*>(data.data()),
                         data.size(),
                         side_,
                         options_.message_bytes_max,
                         frame)) {
      case ws_read::need_more:
        if (buffer_.size() == 0 && buffer_.capacity() > buffer_kept_max)
          buffer_ = {};
        return true;
      case ws_read::protocol_error:
        refuse(1002, "not a frame");
        return false;
      case ws_read::too_big:
        refuse(1009, "too big");
        return false;
      case ws_read::frame:
        take(frame);
        buffer_.consume(frame.size);
      }
    }
    return false;
  }

  void take(const ws_frame& frame) {
    switch (frame.opcode) {
    case ws_opcode::text:
      if (in_message_)
        return refuse(1002, "a message within a message");
      if (frame.last)
        return deliver(frame.payload);
      in_message_ = true;
      message_ = frame.payload;
      return;
    case ws_opcode::continuation:
      return take_rest(frame);
    case ws_opcode::binary:
      return refuse(1003, "a binary message");
    case ws_opcode::ping:
      if (!close_sent_)
        append_frame(out_, side_, ws_opcode::pong, frame.payload);
      return queued_bytes() > options_.queue_bytes_max
                 ? failed(ws_end{1013, 0, "the other side does not read"})
                 : flush_soon();
    case ws_opcode::pong:
      return;
    case ws_opcode::close:
      return take_close(frame.payload);
    }
  }

  void take_rest(const ws_frame& frame) {
    if (!in_message_)
      return refuse(1002, "the rest of no message");
    if (message_.size() + frame.payload.size() > options_.message_bytes_max)
      return refuse(1009, "too big");
    message_ += frame.payload;
    if (!frame.last)
      return;
    in_message_ = false;
    const auto whole = std::exchange(message_, {});
    deliver(whole);
  }

  void deliver(std::string_view text) {
    if (!is_utf8(text))
      return refuse(1007, "not UTF-8");
    if (listener_ != nullptr)
      listener_->on_text(*this, text);
  }

  // -- the end

  void take_close(std::string_view payload) {
    auto code = close_code_of(payload);
    if (code == 1002)
      return refuse(1002, "not a close frame");
    const auto reason = payload.substr(std::min<std::size_t>(payload.size(), 2));
    ws_end end{code, 0, reason.empty() ? "closed" : std::string{reason}};
    if (!std::exchange(close_sent_, true))
      append_close(out_, side_, code == 1005 ? 1000 : code, "");
    last_words();
    failed(end);
  }

  /// The other side broke the protocol, or a limit.
  void refuse(int code, const char* reason) {
    if (!std::exchange(close_sent_, true))
      append_close(out_, side_, code, reason);
    last_words();
    failed(ws_end{code, 0, reason});
  }

  void queue_close() {
    if (std::exchange(close_sent_, true))
      return;
    append_close(out_, side_, 1000, "");
    flush_soon();
    error_code ignored;
    timer_.cancel(ignored);
    timer_.expires_after(options_.handshake_timeout);
    timer_.async_wait([weak = this->weak_from_this()](error_code ec) {
      if (const auto self = weak.lock(); self && !ec)
        self->failed(ws_end{1000, 0, "closed"});
    });
  }

  /// Writes what a plain socket takes at once; the link ends right after this.
  void last_words() {
    if constexpr (is_plain) {
      error_code ignored;
      if (!watched_)
        return;
      if (!writing_)
        watched_->write(out_, ignored);
      watched_->end_writing();
    }
  }

  /// Twice in each `idle_timeout`: who said nothing since the last time is asked, who did
  /// not answer that either is gone.
  void watch_silence() {
    timer_.expires_after(std::chrono::milliseconds{options_.idle_timeout} / 2);
    timer_.async_wait([weak = this->weak_from_this()](error_code ec) {
      const auto self = weak.lock();
      if (!self || ec || self->ended_ || self->close_sent_)
        return;
      if (!std::exchange(self->heard_, false)) {
        if (self->asked_)
          return self->failed(ws_end{0, 0, "silent for too long"});
        append_frame(self->out_, self->side_, ws_opcode::ping, "");
        self->flush_soon();
        self->asked_ = true;
      } else {
        self->asked_ = false;
      }
      self->watch_silence();
    });
  }

  // -- writing

  void queue(ws_opcode opcode, std::string_view payload) {
    if (ended_ || closing_)
      return;
    if (queued_bytes() + payload.size() > options_.queue_bytes_max) {
      closing_ = true;
      // Not from within the caller's own loop over its state.
      boost::asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
        self->failed(ws_end{1013, 0, "the other side does not read"});
      });
      return;
    }
    append_frame(out_, side_, opcode, payload);
    flush_soon();
  }

  /// After everything that is ready now: what is sent until then goes out together.
  void flush_soon() {
    if (!open_ || ended_ || writing_ || out_.empty() || std::exchange(flush_due_, true))
      return;
    if (watched_ && watched_->tell_after_look())
      return;
    boost::asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      self->flush_due_ = false;
      self->flush();
    });
  }

  void flush() {
    if (ended_ || writing_ || (out_.empty() && in_flight_.empty()))
      return;
    if (in_flight_.empty())
      in_flight_.swap(out_);
    if constexpr (is_plain)
      return write_at_once();
    writing_ = true;
    boost::asio::async_write(stream_,
                             boost::asio::buffer(in_flight_),
                             [self = this->shared_from_this()](
                                 error_code ec, std::size_t) { self->on_written(ec); });
  }

  /// What the system does not take now follows when the watch tells.
  void write_at_once() {
    error_code ec;
    written_ += watched_->write(std::string_view{in_flight_}.substr(written_), ec);
    if (ec && ec != boost::asio::error::would_block)
      return failed(ec);
    writing_ = written_ < in_flight_.size();
    if (writing_)
      return;
    give_back();
    flush();
  }

  void on_written(const error_code& ec) {
    writing_ = false;
    if (ended_)
      return;
    if (ec)
      return failed(ec);
    give_back();
    flush();
  }

  void give_back() {
    written_ = 0;
    if (in_flight_.capacity() > buffer_kept_max)
      in_flight_ = {};
    in_flight_.clear();
  }

  const ws_side side_;
  ws_listener* listener_;
  const ws_options options_;
  Stream stream_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>,
                                    boost::asio::io_context::executor_type>
      timer_;
  std::optional<watched_socket> watched_; ///< Instead of a plain stream, once open.
  boost::beast::flat_buffer buffer_;
  std::string message_;   ///< of several frames, so far
  std::string out_;       ///< whole frames that wait
  std::string in_flight_; ///< being written, up to `written_` gone
  std::size_t written_ = 0;
  bool in_message_ = false;
  bool open_ = false;
  bool flush_due_ = false;
  bool writing_ = false;
  bool closing_ = false;
  bool close_sent_ = false;
  bool heard_ = false;
  bool asked_ = false;
  bool ended_ = false;
};

} // namespace caly
