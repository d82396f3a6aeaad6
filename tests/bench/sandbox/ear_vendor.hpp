#pragma once

#include "tests/bench/sandbox/vendor_watch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace caly::bench {

/// Speech to text over a WebSocket as Deepgram's, on a thread of its own. Understands the
/// words of `line_words` the moment their frame comes, and settles nothing before.
class ear_vendor {
public:
  explicit ear_vendor(vendor_watch& watch);
  ~ear_vendor();

  ear_vendor(const ear_vendor&) = delete;
  ear_vendor& operator=(const ear_vendor&) = delete;

  /// `http://127.0.0.1:port`
  std::string url() const;

  std::uint64_t connections() const { return connections_; }

private:
  class listener;

  void accept();

  vendor_watch& watch_;
  std::atomic<std::uint64_t> connections_{0};
  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

} // namespace caly::bench
