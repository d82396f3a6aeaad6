#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly {

/// Sockets of the media threads: bound to their thread's context without type erasure.
using media_socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                     boost::asio::io_context::executor_type>;

/// Why a WebSocket is gone.
struct ws_end {
  int close_code = 0;       ///< 0: the connection broke without a close frame.
  unsigned http_status = 0; ///< The handshake was answered with this, not with 101.
  std::string reason;
};

class ws_link;

/// Who listens to a link. Calls come on the link's thread.
class ws_listener {
public:
  virtual ~ws_listener() = default;

  virtual void on_open(ws_link& link) = 0;
  /// `text` is valid during the call only.
  virtual void on_text(ws_link& link, std::string_view text) = 0;
  /// The last call.
  virtual void on_end(ws_link& link, const ws_end& end) = 0;
};

struct ws_options {
  std::size_t message_bytes_max = 32 << 10;
  /// Waiting to be written; more ends the link, for the other side does not read.
  std::size_t queue_bytes_max = 1 << 20;
  std::chrono::seconds handshake_timeout{5};
  std::chrono::seconds idle_timeout{30};
};

/// One end of a WebSocket. Takes text messages only: a binary one ends it with 1003. One
/// thread; keeps itself alive while it runs. Compression is off.
class ws_link {
public:
  virtual ~ws_link() = default;

  /// Queues a message; messages go out in order. Those of one turn of the thread go out
  /// together.
  virtual void send(std::string_view text) = 0;
  /// As `send`, for a message that is no text.
  virtual void send_binary(std::string_view bytes) = 0;
  /// Sends what is queued, then a close frame.
  virtual void close() = 0;
  /// The listener is told nothing more, and the link closes.
  virtual void drop() = 0;
  virtual std::size_t queued_bytes() const noexcept = 0;
};

/// Takes an upgrade that a carrier asked for.
std::shared_ptr<ws_link>
accept_link(media_socket socket,
            const boost::beast::http::request<boost::beast::http::string_body>& request,
            ws_listener& listener,
            const ws_options& options);

/// `wss://host:port/path?query`
struct ws_address {
  bool secure = false;
  std::string host;
  std::string port;
  std::string target;

  /// Takes http(s) for ws(s). False: no such URL.
  static bool parse(std::string_view url, ws_address& out);
};

/// Connects; `headers` are sent with the handshake. Every failure comes as `on_end`,
/// never within this call.
std::shared_ptr<ws_link>
connect_link(boost::asio::io_context& io,
             boost::asio::ssl::context& tls,
             ws_address address,
             std::vector<std::pair<std::string, std::string>> headers,
             ws_listener& listener,
             const ws_options& options);

} // namespace caly
