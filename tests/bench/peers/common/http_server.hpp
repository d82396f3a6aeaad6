#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

/// The least HTTP/1.1 server on Boost.Beast: keep-alive, one thread, no limits.
namespace caly::peers {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using socket_type =
    asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

class http_session;
using session_ptr = std::shared_ptr<http_session>;
using http_handler = std::function<void(session_ptr)>;

class http_session : public std::enable_shared_from_this<http_session> {
public:
  http_session(socket_type socket, http_handler& handler)
      : socket_{std::move(socket)}, handler_{handler} {}

  http::request<http::string_body> request;

  void read() {
    request = {};
    http::async_read(socket_,
                     buffer_,
                     request,
                     [self = shared_from_this()](error_code ec, std::size_t) {
                       if (!ec)
                         self->handler_(self);
                     });
  }

  void reply(int status, std::string_view body) {
    out_ = "HTTP/1.1 " + std::to_string(status) + (status < 300 ? " OK" : " Error") +
           "\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n";
    out_ += body;
    asio::async_write(socket_,
                      asio::buffer(out_),
                      [self = shared_from_this()](error_code ec, std::size_t) {
                        if (!ec)
                          self->read();
                      });
  }

private:
  socket_type socket_;
  boost::beast::flat_buffer buffer_;
  std::string out_;
  http_handler& handler_;
};

class http_server {
public:
  http_server(asio::io_context& io, int port, http_handler handler)
      : io_{io},
        handler_{std::move(handler)},
        acceptor_{
            io,
            {asio::ip::make_address_v4("127.0.0.1"), static_cast<unsigned short>(port)}} {
    acceptor_.listen(4096);
    accept();
  }

private:
  void accept() {
    acceptor_.async_accept(io_, [this](error_code ec, socket_type socket) {
      if (!ec) {
        socket.set_option(asio::ip::tcp::no_delay(true));
        std::make_shared<http_session>(std::move(socket), handler_)->read();
      }
      accept();
    });
  }

  asio::io_context& io_;
  http_handler handler_;
  asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type> acceptor_;
};

} // namespace caly::peers
