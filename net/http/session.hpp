#pragma once

#include "net/http/body_sink.hpp"
#include "net/http/gate.hpp"
#include "net/http/lane.hpp"
#include "net/http/upload.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace caly {

/// One connection. Everything runs on the thread of its lane; one request at a time.
///
/// header -> gate -> route -> guard -> body -> handler -> response, and again.
class http_session : public std::enable_shared_from_this<http_session> {
public:
  using clock = std::chrono::steady_clock;
  using socket_type =
      boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                       boost::asio::io_context::executor_type>;

  http_session(std::shared_ptr<http_lane> lane,
               socket_type socket,
               std::string peer,
               std::shared_ptr<void> slot);

  void start();

  /// Closes the connection when what it waits for is overdue.
  void check(clock::time_point now);

  /// The server stops: idle connections close now, others after their response.
  void drain();

  void close();

private:
  enum class phase : std::uint8_t { idle, header, body, handling, writing, lingering };

  using parser = boost::beast::http::request_parser<sink_body>;

  /// Handlers have deadlines of their own; this is for those that forgot.
  static constexpr auto handler_slack = std::chrono::seconds{30};
  static constexpr auto linger_time = std::chrono::seconds{2};
  static constexpr std::uint64_t linger_bytes_max = 4 << 20;

  void enter(phase next, clock::duration limit);
  void read();
  void on_read(boost::beast::error_code ec, std::size_t bytes);
  void look_at_header();
  void begin_request();
  std::shared_ptr<http_request> make_request();
  bool prepare_body();
  void send_continue();
  void feed_body();
  void finish_body();
  void upgrade();
  void handle();
  void refuse(unsigned status, std::string_view code, std::string_view message);

  void send(http_response response);
  void write_whole();
  void write_pieces();
  void write_piece(caf::expected<std::string> piece);
  void on_written(boost::beast::error_code ec);
  void linger();

  const net_settings& net() const { return lane_->options->net; }

  std::shared_ptr<http_lane> lane_;
  socket_type socket_;
  const std::string peer_;
  std::shared_ptr<void> slot_;
  boost::beast::flat_buffer buffer_;
  header_scan scan_;
  std::optional<parser> parser_;
  std::unique_ptr<body_sink> sink_;
  upload_sink* upload_ = nullptr; ///< `sink_` when it is one
  request_ptr request_;           ///< until its handler has it
  const route* route_ = nullptr;
  http_response response_;
  std::string head_;
  std::string correlation_id_;
  phase phase_ = phase::idle;
  clock::time_point deadline_;
  clock::time_point began_;
  clock::time_point body_began_;
  std::uint64_t body_bytes_ = 0;
  std::uint64_t lingered_bytes_ = 0;
  int requests_ = 0;
  bool is_head_ = false;
  bool keep_alive_ = false;
  bool http_1_0_ = false;
  bool draining_ = false;
  bool closed_ = false;
};

} // namespace caly
