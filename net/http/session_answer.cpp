#include "net/http/answers.hpp"
#include "net/http/session.hpp"
#include "net/http/websocket.hpp"
#include "runtime/base/text.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/write.hpp>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdio>

namespace caly {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace std::chrono_literals;

void http_session::send(http_response response) {
  if (closed_)
    return;
  request_.reset();
  response_ = std::move(response);
  keep_alive_ = parser_ && parser_->is_done() && parser_->keep_alive() &&
                !response_.close && !draining_ &&
                ++requests_ < net().requests_per_connection_max;
  if (response_.source && http_1_0_)
    keep_alive_ = false;
  if (const auto& observe = lane_->options->observe)
    observe(route_, response_.status, clock::now() - began_);
  head_ = make_head(response_,
                    {.correlation_id = correlation_id_,
                     .now = std::chrono::system_clock::now(),
                     .keep_alive = keep_alive_,
                     .chunked = response_.source && !http_1_0_});
  if (response_.source && !is_head_)
    write_pieces();
  else
    write_whole();
}

void http_session::write_whole() {
  enter(phase::writing, net().write_timeout);
  std::string_view body = response_.body;
  if (body.empty() && response_.shared_body)
    body = *response_.shared_body;
  if (is_head_ || response_.status == 204 || response_.status == 304)
    body = {};
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(head_),
                                                  asio::buffer(body)};
  asio::async_write(
      socket_, buffers, [self = shared_from_this()](beast::error_code ec, std::size_t) {
        self->on_written(ec);
      });
}

void http_session::write_pieces() {
  enter(phase::handling, net().request_timeout + handler_slack);
  response_.source(
      [weak = weak_from_this(), lane = lane_](caf::expected<std::string> piece) {
        auto box = std::make_shared<caf::expected<std::string>>(std::move(piece));
        asio::dispatch(lane->io, [weak, box] {
          if (const auto self = weak.lock())
            self->write_piece(std::move(*box));
        });
      });
}

void http_session::write_piece(caf::expected<std::string> piece) {
  if (closed_)
    return;
  if (!piece) {
    spdlog::warn("http: response cut off correlation_id={}", correlation_id_);
    return close();
  }
  const auto last = piece->empty();
  auto& out = response_.body;
  out = std::exchange(head_, {});
  if (http_1_0_) {
    out += *piece;
  } else {
    char size[24];
    std::snprintf(size, sizeof(size), "%zx\r\n", piece->size());
    out += size;
    out += *piece;
    out += "\r\n";
  }
  enter(phase::writing, net().write_timeout);
  asio::async_write(socket_,
                    asio::buffer(out),
                    [self = shared_from_this(), last](beast::error_code ec, std::size_t) {
                      if (ec || last)
                        return self->on_written(ec);
                      if (!self->closed_)
                        self->write_pieces();
                    });
}

void http_session::on_written(beast::error_code ec) {
  if (closed_)
    return;
  if (ec)
    return close();
  if (!keep_alive_ || draining_)
    return linger();
  response_ = {};
  parser_.reset();
  sink_.reset();
  upload_ = nullptr;
  route_ = nullptr;
  correlation_id_.clear();
  scan_.reset();
  enter(phase::idle, net().idle_timeout);
  if (buffer_.size() > 0)
    look_at_header();
  else
    read();
}

// Closing with unread bytes would reset the connection, and the client might lose the
// answer that tells it why.
void http_session::linger() {
  beast::error_code ec;
  socket_.shutdown(asio::socket_base::shutdown_send, ec);
  if (ec)
    return close();
  response_ = {};
  sink_.reset();
  upload_ = nullptr;
  buffer_.clear();
  enter(phase::lingering, linger_time);
  read();
}

// -- WebSocket

void http_session::upgrade() {
  if (!iequals(request_->header("Upgrade"), "websocket"))
    return refuse(426, "upgrade_required", "This path speaks WebSocket.");
  if (buffer_.size() > 0 || !parser_->is_done())
    return refuse(400, "bad_request", "Bytes after a handshake.");
  auto params = std::vector<std::pair<std::string, std::string>>{};
  for (auto& [name, value] : request_->params)
    params.emplace_back(name, std::move(value));
  websocket_upgrade made{
      .stream = beast::tcp_stream{asio::ip::tcp::socket{std::move(socket_)}},
      .request = http::request<http::string_body>{std::move(parser_->get().base())},
      .params = std::move(params),
      .path = request_->path,
      .correlation_id = correlation_id_,
      .remote_ip = request_->remote_ip,
      .who = request_->who,
      .slot = std::move(slot_),
  };
  const auto self = shared_from_this();
  closed_ = true;
  lane_->remove(this);
  if (const auto& observe = lane_->options->observe)
    observe(route_, 101, clock::now() - began_);
  route_->acceptor(std::move(made));
}

void refuse_upgrade(websocket_upgrade upgrade,
                    unsigned status,
                    std::string_view message) {
  struct state {
    beast::tcp_stream stream;
    std::string text;
    std::shared_ptr<void> slot;
  };

  auto response = problem(upgrade.correlation_id,
                          status,
                          status == 401 ? "unauthorized" : "refused",
                          message);
  auto text = make_head(response,
                        {.correlation_id = upgrade.correlation_id,
                         .now = std::chrono::system_clock::now(),
                         .keep_alive = false});
  text += response.body;
  const auto held = std::make_shared<state>(
      state{std::move(upgrade.stream), std::move(text), std::move(upgrade.slot)});
  held->stream.expires_after(10s);
  asio::async_write(held->stream, asio::buffer(held->text), [held](auto ec, auto) {
    if (!ec)
      held->stream.socket().shutdown(asio::socket_base::shutdown_both, ec);
  });
}

} // namespace caly
