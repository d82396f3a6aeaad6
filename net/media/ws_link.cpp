#include "net/media/ws_link.hpp"

#include "runtime/base/text.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <spdlog/spdlog.h>

#include <deque>

namespace caly {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;

/// Read buffers that a large message blew up are given back.
constexpr std::size_t buffer_kept_max = 16 << 10;

media_socket& socket_of(media_socket& stream) {
  return stream;
}

media_socket& socket_of(beast::ssl_stream<media_socket>& stream) {
  return stream.next_layer();
}

template <class Stream>
class basic_link : public ws_link,
                   public std::enable_shared_from_this<basic_link<Stream>> {
public:
  using stream_type = websocket::stream<Stream, false>;

  template <class... Ts>
  basic_link(ws_listener& listener, const ws_options& options, Ts&&... xs)
      : listener_{&listener}, options_{options}, stream_{std::forward<Ts>(xs)...} {
    stream_.read_message_max(options.message_bytes_max);
    stream_.auto_fragment(false);
    stream_.text(true);
    websocket::stream_base::timeout limits{};
    limits.handshake_timeout = options.handshake_timeout;
    limits.idle_timeout = options.idle_timeout;
    limits.keep_alive_pings = true;
    stream_.set_option(limits);
  }

  stream_type& stream() noexcept { return stream_; }

  void opened() {
    open_ = true;
    if (listener_ != nullptr)
      listener_->on_open(*this);
    if (closing_ && queue_.empty())
      start_closing();
    pump();
    read();
  }

  void failed(const ws_end& end) {
    if (ended_)
      return;
    ended_ = true;
    error_code ignored;
    socket_of(stream_.next_layer()).close(ignored);
    if (auto* listener = std::exchange(listener_, nullptr))
      listener->on_end(*this, end);
  }

  void failed(const error_code& ec) {
    ws_end end;
    if (ec == websocket::error::closed)
      end.close_code = stream_.reason().code;
    if (ec == websocket::error::upgrade_declined)
      end.http_status = declined_.result_int();
    end.reason = ec == websocket::error::closed && !stream_.reason().reason.empty()
                     ? std::string{stream_.reason().reason.c_str()}
                     : ec.message();
    failed(end);
  }

  void send(std::string text) override {
    if (ended_ || closing_)
      return;
    queued_bytes_ += text.size();
    if (queued_bytes_ > options_.queue_bytes_max) {
      ws_end end;
      end.close_code = websocket::close_code::try_again_later;
      end.reason = "the other side does not read";
      // Not from within the caller's own loop over its state.
      asio::post(stream_.get_executor(),
                 [self = this->shared_from_this(), end] { self->failed(end); });
      return;
    }
    queue_.push_back(std::move(text));
    if (open_ && !writing_)
      pump();
  }

  void close() override {
    if (ended_ || closing_)
      return;
    closing_ = true;
    if (open_ && !writing_)
      start_closing();
    else if (!open_)
      failed(ws_end{1000, 0, "closed"});
  }

  void drop() override {
    listener_ = nullptr;
    close();
  }

  std::size_t queued_bytes() const noexcept override { return queued_bytes_; }

  http::response<http::string_body>& declined() noexcept { return declined_; }

  bool ended() const noexcept { return ended_; }

private:
  void read() {
    stream_.async_read(buffer_,
                       [self = this->shared_from_this()](error_code ec, std::size_t) {
                         self->on_read(ec);
                       });
  }

  void on_read(const error_code& ec) {
    if (ec || ended_)
      return failed(ec);
    if (listener_ != nullptr) {
      const auto data = buffer_.data();
      if (!stream_.got_text())
        return refuse_binary();
      listener_->on_text(*this, {static_cast<const char*>(data.data()), data.size()});
    }
    if (ended_)
      return;
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > buffer_kept_max)
      buffer_ = beast::flat_buffer{};
    read();
  }

  void refuse_binary() {
    ws_end end;
    end.close_code = websocket::close_code::unknown_data;
    end.reason = "a binary message";
    failed(end);
  }

  void pump() {
    if (queue_.empty() || ended_ || writing_)
      return;
    writing_ = true;
    stream_.async_write(asio::buffer(queue_.front()),
                        [self = this->shared_from_this()](error_code ec, std::size_t) {
                          self->on_written(ec);
                        });
  }

  void on_written(const error_code& ec) {
    writing_ = false;
    if (ec)
      return failed(ec);
    queued_bytes_ -= queue_.front().size();
    queue_.pop_front();
    if (!queue_.empty())
      pump();
    else if (closing_)
      start_closing();
  }

  void start_closing() {
    if (close_sent_)
      return;
    close_sent_ = true;
    stream_.async_close(websocket::close_code::normal,
                        [self = this->shared_from_this()](error_code ec) {
                          self->failed(ec ? ec : error_code{websocket::error::closed});
                        });
  }

  ws_listener* listener_;
  const ws_options options_;
  stream_type stream_;
  beast::flat_buffer buffer_;
  http::response<http::string_body> declined_;
  std::deque<std::string> queue_;
  std::size_t queued_bytes_ = 0;
  bool open_ = false;
  bool writing_ = false;
  bool closing_ = false;
  bool close_sent_ = false;
  bool ended_ = false;
};

/// Resolve, connect, TLS, handshake; each step within the deadline of the whole.
template <class Stream>
class connector : public std::enable_shared_from_this<connector<Stream>> {
public:
  using link_type = basic_link<Stream>;

  connector(asio::io_context& io,
            std::shared_ptr<link_type> link,
            ws_address address,
            std::vector<std::pair<std::string, std::string>> headers,
            std::chrono::seconds limit)
      : link_{std::move(link)},
        address_{std::move(address)},
        headers_{std::move(headers)},
        resolver_{io},
        timer_{io},
        limit_{limit} {}

  void start() {
    const auto self = this->shared_from_this();
    timer_.expires_after(limit_);
    timer_.async_wait([self](error_code ec) {
      if (!ec)
        self->fail("no connection in time");
    });
    resolver_.async_resolve(
        address_.host, address_.port, [self](error_code ec, const auto& found) {
          if (ec)
            return self->fail(ec.message());
          asio::async_connect(
              socket_of(self->link_->stream().next_layer()),
              found,
              [self](error_code failure, const auto&) { self->connected(failure); });
        });
  }

private:
  void connected(const error_code& ec) {
    if (ec || link_->ended())
      return fail(ec ? ec.message() : "given up");
    error_code ignored;
    socket_of(link_->stream().next_layer())
        .set_option(asio::ip::tcp::no_delay(true), ignored);
    if constexpr (std::is_same_v<Stream, media_socket>) {
      shake_hands();
    } else {
      auto& tls = link_->stream().next_layer();
      tls.set_verify_callback(asio::ssl::host_name_verification{address_.host});
      if (SSL_set_tlsext_host_name(tls.native_handle(), address_.host.c_str()) != 1)
        return fail("no server name");
      tls.async_handshake(asio::ssl::stream_base::client,
                          [self = this->shared_from_this()](error_code failure) {
                            if (failure)
                              return self->fail(failure.message());
                            self->shake_hands();
                          });
    }
  }

  void shake_hands() {
    auto& stream = link_->stream();
    stream.set_option(websocket::stream_base::decorator(
        [headers = std::move(headers_)](websocket::request_type& request) {
          for (const auto& [name, value] : headers)
            request.set(name, value);
        }));
    const auto usual = address_.port == (address_.secure ? "443" : "80");
    const auto host = usual ? address_.host : address_.host + ':' + address_.port;
    stream.async_handshake(link_->declined(),
                           host,
                           address_.target,
                           [self = this->shared_from_this()](error_code ec) {
                             self->timer_.cancel();
                             if (ec)
                               self->link_->failed(ec);
                             else if (!std::exchange(self->done_, true))
                               self->link_->opened();
                           });
  }

  void fail(const std::string& why) {
    if (std::exchange(done_, true))
      return;
    timer_.cancel();
    link_->failed(ws_end{0, 0, why});
  }

  std::shared_ptr<link_type> link_;
  ws_address address_;
  std::vector<std::pair<std::string, std::string>> headers_;
  asio::ip::basic_resolver<asio::ip::tcp, asio::io_context::executor_type> resolver_;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>,
                             asio::io_context::executor_type>
      timer_;
  std::chrono::seconds limit_;
  bool done_ = false;
};

template <class Stream>
void begin_connecting(asio::io_context& io,
                      const std::shared_ptr<basic_link<Stream>>& link,
                      ws_address address,
                      std::vector<std::pair<std::string, std::string>> headers,
                      const ws_options& options) {
  const auto made = std::make_shared<connector<Stream>>(
      io, link, std::move(address), std::move(headers), options.handshake_timeout);
  asio::post(io, [made] { made->start(); });
}

} // namespace

std::shared_ptr<ws_link> accept_link(media_socket socket,
                                     const http::request<http::string_body>& request,
                                     ws_listener& listener,
                                     const ws_options& options) {
  auto link =
      std::make_shared<basic_link<media_socket>>(listener, options, std::move(socket));
  // The handshake's request must stay until it is answered.
  auto kept = std::make_shared<http::request<http::string_body>>(request);
  link->stream().async_accept(*kept, [link, kept](error_code ec) {
    if (ec)
      link->failed(ec);
    else
      link->opened();
  });
  return link;
}

bool ws_address::parse(std::string_view url, ws_address& out) {
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos)
    return false;
  const auto scheme = url.substr(0, scheme_end);
  if (scheme != "ws" && scheme != "wss" && scheme != "http" && scheme != "https")
    return false;
  out.secure = scheme == "wss" || scheme == "https";
  const auto rest = url.substr(scheme_end + 3);
  const auto path = rest.find_first_of("/?");
  auto host = rest.substr(0, path);
  out.target = path == std::string_view::npos ? "/" : std::string{rest.substr(path)};
  if (out.target.front() == '?')
    out.target.insert(0, "/");
  out.port = out.secure ? "443" : "80";
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos &&
      host.find(']', colon) == std::string_view::npos) {
    out.port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  out.host = host;
  return !out.host.empty() && !out.port.empty();
}

std::shared_ptr<ws_link>
connect_link(asio::io_context& io,
             asio::ssl::context& tls,
             ws_address address,
             std::vector<std::pair<std::string, std::string>> headers,
             ws_listener& listener,
             const ws_options& options) {
  if (address.secure) {
    auto link = std::make_shared<basic_link<beast::ssl_stream<media_socket>>>(
        listener, options, media_socket{io}, tls);
    begin_connecting(io, link, std::move(address), std::move(headers), options);
    return link;
  }
  auto link =
      std::make_shared<basic_link<media_socket>>(listener, options, media_socket{io});
  begin_connecting(io, link, std::move(address), std::move(headers), options);
  return link;
}

} // namespace caly
