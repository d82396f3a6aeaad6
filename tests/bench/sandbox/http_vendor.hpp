#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace caly::bench {

/// The answer to one request, in pieces that leave at once.
class streamed_answer {
public:
  explicit streamed_answer(boost::asio::ip::tcp::socket& socket) : socket_{socket} {}

  /// The head goes with the first piece.
  void write(std::string_view content_type, std::string_view piece);
  void finish();

private:
  boost::asio::ip::tcp::socket& socket_;
  bool begun_ = false;
};

/// A vendor whom requests reach over HTTP/1.1, on a thread of its own; connections are
/// kept. Takes no time beyond that of its handler.
class http_vendor {
public:
  /// Given the body of a request that has come whole.
  using handler = std::function<void(std::string_view body, streamed_answer& answer)>;

  explicit http_vendor(handler answer);
  ~http_vendor();

  http_vendor(const http_vendor&) = delete;
  http_vendor& operator=(const http_vendor&) = delete;

  /// `http://127.0.0.1:port`
  std::string url() const;

  /// That were ever made, and those of them that stand.
  std::uint64_t connections() const { return connections_; }

  std::uint64_t open_connections() const { return open_; }

  std::uint64_t requests() const { return requests_; }

private:
  struct connection;

  void accept();

  handler answer_;
  std::atomic<std::uint64_t> connections_{0}, open_{0}, requests_{0};
  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

} // namespace caly::bench
