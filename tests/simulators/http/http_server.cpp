#include "tests/simulators/http/http_server.hpp"

#include "runtime/base/text.hpp"
#include "tests/simulators/http/ws_pipe.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http.hpp>
#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

namespace caly::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace {

constexpr std::uint64_t body_bytes_max = 16 * 1024 * 1024;
constexpr std::chrono::seconds idle_time_max{300};
constexpr std::chrono::seconds hold_time{120};

class session : public http_exchange,
                public body_stream,
                public std::enable_shared_from_this<session> {
public:
  session(tcp::socket socket, const http_handler& handler)
      : stream_{std::move(socket)}, handler_{handler} {}

  void read() {
    parser_.emplace();
    parser_->body_limit(body_bytes_max);
    stream_.expires_after(idle_time_max);
    http::async_read(stream_,
                     buffer_,
                     *parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       self->did_read(error);
                     });
  }

  const http_request& request() const override { return request_; }

  void reply(http_response response) override {
    if (answered_)
      return;
    answered_ = true;
    auto& out = response_.emplace();
    out.version(11);
    out.result(static_cast<unsigned>(response.status));
    out.keep_alive(parser_->get().keep_alive());
    if (!response.body.empty())
      out.set(http::field::content_type, response.content_type);
    for (const auto& [name, value] : response.headers)
      out.set(name, value);
    out.body() = std::move(response.body);
    out.prepare_payload();
    stream_.expires_after(idle_time_max);
    http::async_write(
        stream_, out, [self = shared_from_this()](beast::error_code error, std::size_t) {
          self->did_write(error);
        });
  }

  std::shared_ptr<body_stream> stream(const http_response& head) override {
    answered_ = true;
    ended_ = false;
    out_ = "HTTP/1.1 " + std::to_string(head.status) +
           " OK\r\nContent-Type: " + head.content_type +
           "\r\nTransfer-Encoding: chunked\r\n";
    for (const auto& [name, value] : head.headers)
      out_ += name + ": " + value + "\r\n";
    out_ += "\r\n";
    write_on();
    return shared_from_this();
  }

  void send(std::string_view piece) override {
    if (gone_ || piece.empty())
      return;
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
    out_.append(size.data()).append(piece).append("\r\n");
    write_on();
  }

  void end() override {
    ended_ = true;
    out_ += "0\r\n\r\n";
    write_on();
  }

  bool gone() const override { return gone_; }

  void reset() override {
    answered_ = true;
    gone_ = true;
    beast::error_code ignored;
    stream_.socket().set_option(asio::socket_base::linger{true, 0}, ignored);
    stream_.socket().close(ignored);
  }

  void hold() override {
    answered_ = true;
    auto timer = std::make_shared<asio::steady_timer>(stream_.get_executor(), hold_time);
    timer->async_wait([self = shared_from_this(), timer](beast::error_code) {});
  }

  bool wants_web_socket() const override { return upgrade_wanted_; }

  void upgrade(std::function<void(const std::shared_ptr<web_socket>&)> opened) override {
    answered_ = true;
    stream_.expires_never();
    auto socket = std::make_shared<ws_pipe<beast::tcp_stream>>(std::move(stream_));
    auto request = std::make_shared<http::request<http::string_body>>(parser_->release());
    socket->stream().async_accept(
        *request, [socket, request, opened = std::move(opened)](beast::error_code error) {
          opened(error ? nullptr : socket);
          if (!error)
            socket->start();
        });
  }

private:
  void did_read(beast::error_code error) {
    if (error)
      return close();
    auto& message = parser_->get();
    request_ = {};
    request_.method = std::string{message.method_string()};
    const std::string_view target{message.target().data(), message.target().size()};
    const auto mark = target.find('?');
    request_.path = url_decode(target.substr(0, mark));
    if (mark != std::string_view::npos)
      request_.query = parse_form(target.substr(mark + 1));
    for (const auto& header : message)
      request_.headers.emplace_back(header.name_string(), header.value());
    upgrade_wanted_ = beast::websocket::is_upgrade(message);
    request_.body = std::move(message.body());
    answered_ = false;
    handler_(shared_from_this());
  }

  void write_on() {
    if (writing_ || gone_ || out_.empty())
      return;
    writing_ = true;
    in_flight_ = std::exchange(out_, {});
    stream_.expires_after(idle_time_max);
    asio::async_write(stream_,
                      asio::buffer(in_flight_),
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                        self->writing_ = false;
                        if (error) {
                          self->gone_ = true;
                          return self->close();
                        }
                        if (self->out_.empty() && self->ended_)
                          return self->read();
                        self->write_on();
                      });
  }

  void did_write(beast::error_code error) {
    if (error || !response_->keep_alive())
      return close();
    read();
  }

  void close() {
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.close();
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  http_request request_;
  const http_handler& handler_;
  bool answered_ = false;
  bool upgrade_wanted_ = false;
  std::string out_;       ///< Of a body in pieces, what waits.
  std::string in_flight_; ///< What is being written of it.
  bool writing_ = false;
  bool ended_ = false;
  bool gone_ = false;
};

} // namespace

struct http_server::listener {
  listener(asio::io_context& io, std::uint16_t port, http_handler on_request)
      : acceptor{io, {asio::ip::address_v4::loopback(), port}},
        handler{std::move(on_request)} {}

  void accept() {
    acceptor.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted)
        return;
      if (error) {
        spdlog::warn("http_server: accept failed: {}", error.message());
      } else {
        beast::error_code ignored;
        socket.set_option(tcp::no_delay{true}, ignored);
        std::make_shared<session>(std::move(socket), handler)->read();
      }
      accept();
    });
  }

  tcp::acceptor acceptor;
  http_handler handler;
};

http_server::http_server(asio::io_context& io, std::uint16_t port, http_handler handler)
    : listener_{std::make_shared<listener>(io, port, std::move(handler))} {
  listener_->acceptor.listen(4096);
  listener_->accept();
}

http_server::~http_server() = default;

std::uint16_t http_server::port() const {
  return listener_->acceptor.local_endpoint().port();
}

} // namespace caly::sim
