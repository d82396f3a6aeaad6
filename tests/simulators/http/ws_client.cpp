#include "tests/simulators/http/ws_client.hpp"

#include "tests/simulators/http/url.hpp"
#include "tests/simulators/http/ws_pipe.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <chrono>
#include <type_traits>

namespace caly::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace {

using opened_callback =
    std::function<void(std::shared_ptr<web_socket>, const std::string& error)>;

constexpr std::chrono::seconds open_time_max{10};

/// The steps from a URL to an open socket.
template <class Stream>
class opener : public std::enable_shared_from_this<opener<Stream>> {
public:
  static constexpr bool is_tls = !std::is_same_v<Stream, beast::tcp_stream>;

  template <class... Args>
  opener(url_parts url, field_list headers, opened_callback opened, Args&&... args)
      : pipe_{std::make_shared<ws_pipe<Stream>>(std::forward<Args>(args)...)},
        resolver_{pipe_->stream().get_executor()},
        url_{std::move(url)},
        headers_{std::move(headers)},
        opened_{std::move(opened)} {}

  void open() {
    lowest().expires_after(open_time_max);
    resolver_.async_resolve(
        url_.host,
        url_.port,
        [self = this->shared_from_this()](beast::error_code error,
                                          const tcp::resolver::results_type& found) {
          if (error)
            return self->fail(error);
          self->lowest().async_connect(
              found, [self](beast::error_code failed, const tcp::endpoint&) {
                if (failed)
                  return self->fail(failed);
                self->secure();
              });
        });
  }

private:
  beast::tcp_stream& lowest() { return beast::get_lowest_layer(pipe_->stream()); }

  void secure() {
    beast::error_code ignored;
    lowest().socket().set_option(tcp::no_delay{true}, ignored);
    if constexpr (is_tls) {
      auto& tls = pipe_->stream().next_layer();
      SSL_set_tlsext_host_name(tls.native_handle(), url_.host.c_str());
      tls.async_handshake(asio::ssl::stream_base::client,
                          [self = this->shared_from_this()](beast::error_code error) {
                            if (error)
                              return self->fail(error);
                            self->shake_hands();
                          });
    } else {
      shake_hands();
    }
  }

  void shake_hands() {
    pipe_->stream().set_option(beast::websocket::stream_base::decorator(
        [headers = headers_](beast::websocket::request_type& request) {
          for (const auto& [name, value] : headers)
            request.set(name, value);
        }));
    pipe_->stream().async_handshake(
        url_.authority,
        url_.target,
        [self = this->shared_from_this()](beast::error_code error) {
          if (error)
            return self->fail(error);
          self->lowest().expires_never();
          self->opened_(self->pipe_, {});
          self->pipe_->start();
        });
  }

  void fail(beast::error_code error) {
    lowest().close();
    opened_(nullptr, error.message());
  }

  std::shared_ptr<ws_pipe<Stream>> pipe_;
  tcp::resolver resolver_;
  url_parts url_;
  field_list headers_;
  opened_callback opened_;
};

asio::ssl::context& client_tls() {
  static asio::ssl::context context = [] {
    asio::ssl::context made{asio::ssl::context::tls};
    made.set_verify_mode(asio::ssl::verify_none);
    return made;
  }();
  return context;
}

} // namespace

void open_web_socket(asio::io_context& io,
                     const std::string& url,
                     field_list headers,
                     opened_callback opened) {
  const auto parts = parse_url(url);
  if (!parts || (parts->scheme != "ws" && parts->scheme != "wss")) {
    asio::post(io, [opened = std::move(opened)] { opened(nullptr, "not a ws URL"); });
    return;
  }
  if (parts->secure())
    std::make_shared<opener<beast::ssl_stream<beast::tcp_stream>>>(
        *parts, std::move(headers), std::move(opened), io, client_tls())
        ->open();
  else
    std::make_shared<opener<beast::tcp_stream>>(
        *parts, std::move(headers), std::move(opened), io)
        ->open();
}

} // namespace caly::sim
