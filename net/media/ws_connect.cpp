#include "net/media/basic_link.hpp"
#include "net/media/ws_link.hpp"
#include "runtime/base/text.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <optional>

namespace caly {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

/// Of an answer to the handshake.
constexpr std::uint32_t header_bytes_max = 8 << 10;

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
              socket_of(self->link_->stream()),
              found,
              [self](error_code failure, const auto&) { self->connected(failure); });
        });
  }

private:
  void connected(const error_code& ec) {
    if (ec || link_->ended())
      return fail(ec ? ec.message() : "given up");
    error_code ignored;
    socket_of(link_->stream()).set_option(asio::ip::tcp::no_delay(true), ignored);
    if constexpr (std::is_same_v<Stream, media_socket>) {
      shake_hands();
    } else {
      auto& tls = link_->stream();
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
    key_ = make_ws_key();
    const auto usual = address_.port == (address_.secure ? "443" : "80");
    text_ =
        "GET " + address_.target + " HTTP/1.1\r\nHost: " + address_.host +
        (usual ? std::string{} : ':' + address_.port) +
        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + key_ +
        "\r\nSec-WebSocket-Version: 13\r\n";
    for (const auto& [name, value] : headers_)
      text_ += name + ": " + one_line(value, header_bytes_max) + "\r\n";
    text_ += "\r\n";
    asio::async_write(link_->stream(),
                      asio::buffer(text_),
                      [self = this->shared_from_this()](error_code ec, std::size_t) {
                        if (ec)
                          return self->fail(ec.message());
                        self->read_answer();
                      });
  }

  void read_answer() {
    answer_.emplace();
    answer_->header_limit(header_bytes_max);
    http::async_read_header(
        link_->stream(),
        link_->buffer(),
        *answer_,
        [self = this->shared_from_this()](error_code ec, std::size_t) {
          if (ec)
            return self->fail(ec.message());
          self->answered();
        });
  }

  void answered() {
    if (std::exchange(done_, true))
      return;
    timer_.cancel();
    const auto& answer = answer_->get();
    const auto proof = answer[http::field::sec_websocket_accept];
    if (answer.result() != http::status::switching_protocols)
      link_->failed(ws_end{0, answer.result_int(), "the handshake was declined"});
    else if (std::string_view{proof.data(), proof.size()} != accept_of(key_))
      link_->failed(ws_end{0, 0, "the answer to the handshake is not one"});
    else
      link_->opened();
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
  std::string key_;
  std::string text_;
  std::optional<http::response_parser<http::empty_body>> answer_;
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

std::shared_ptr<ws_link>
connect_link(asio::io_context& io,
             asio::ssl::context& tls,
             ws_address address,
             std::vector<std::pair<std::string, std::string>> headers,
             ws_listener& listener,
             const ws_options& options) {
  if (address.secure) {
    auto link = std::make_shared<basic_link<beast::ssl_stream<media_socket>>>(
        ws_side::client, listener, options, media_socket{io}, tls);
    begin_connecting(io, link, std::move(address), std::move(headers), options);
    return link;
  }
  auto link = std::make_shared<basic_link<media_socket>>(
      ws_side::client, listener, options, media_socket{io});
  begin_connecting(io, link, std::move(address), std::move(headers), options);
  return link;
}

} // namespace caly
