#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace caly::test {

/// A server on loopback whose every request is answered by a function that may say
/// anything. A thread for each connection, which is kept as long as the function likes.
class scripted_server {
public:
  using tcp = boost::asio::ip::tcp;

  class connection {
  public:
    explicit connection(tcp::socket socket) : socket_{std::move(socket)} {}

    /// False: the client is gone.
    bool send(std::string_view bytes) {
      boost::system::error_code ec;
      boost::asio::write(socket_, boost::asio::buffer(bytes), ec);
      return !ec;
    }

    bool send_chunk(std::string_view bytes) {
      char size[20];
      std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
      return send(size + std::string{bytes} + "\r\n");
    }

    /// The client hangs up, or has.
    void wait_for_end() {
      char byte = 0;
      boost::system::error_code ec;
      while (!ec)
        boost::asio::read(socket_, boost::asio::buffer(&byte, 1), ec);
    }

    void hang_up() {
      boost::system::error_code ignored;
      socket_.shutdown(tcp::socket::shutdown_both, ignored);
    }

    tcp::socket& socket() { return socket_; }

  private:
    tcp::socket socket_;
  };

  /// `request` is head and body. False ends the connection.
  using script = std::function<bool(connection&, const std::string& request)>;

  explicit scripted_server(script answer) : answer_{std::move(answer)} {
    accepting_ = std::thread{[this] { accept(); }};
  }

  ~scripted_server() {
    stopping_ = true;
    boost::asio::io_context io;
    tcp::socket knock{io};
    boost::system::error_code ignored;
    knock.connect(acceptor_.local_endpoint(), ignored);
    accepting_.join();
    // Clients keep their connections for a next request.
    for (const auto& each : lines_)
      each->hang_up();
    for (auto& each : serving_)
      each.join();
  }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }

  std::vector<std::string> requests() {
    const std::lock_guard lock{mutex_};
    return requests_;
  }

  int connections() const { return connections_; }

private:
  void accept() {
    for (;;) {
      auto socket = acceptor_.accept();
      if (stopping_)
        return;
      ++connections_;
      const auto line =
          lines_.emplace_back(std::make_shared<connection>(std::move(socket)));
      serving_.emplace_back([this, line] { serve(*line); });
    }
  }

  void serve(connection& line) {
    std::string pending;
    for (;;) {
      boost::system::error_code ec;
      auto size = boost::asio::read_until(
          line.socket(), boost::asio::dynamic_buffer(pending), "\r\n\r\n", ec);
      if (ec)
        return;
      const auto at = pending.find("Content-Length: ");
      if (at < size)
        size += std::stoul(pending.substr(at + 16));
      if (pending.size() < size)
        boost::asio::read(line.socket(),
                          boost::asio::dynamic_buffer(pending),
                          boost::asio::transfer_exactly(size - pending.size()),
                          ec);
      const auto request = pending.substr(0, size);
      pending.erase(0, size);
      {
        const std::lock_guard lock{mutex_};
        requests_.push_back(request);
      }
      if (ec || !answer_(line, request))
        return line.hang_up();
    }
  }

  boost::asio::io_context io_;
  tcp::acceptor acceptor_{io_, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  script answer_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<std::shared_ptr<connection>> lines_; ///< Of the accepting thread.
  std::vector<std::thread> serving_;
  std::thread accepting_;
};

inline std::string
http_head(int status, const std::string& type, const std::string& more) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: " + type + "\r\n" +
         more + "\r\n\r\n";
}

inline std::string
whole_answer(int status, const std::string& type, std::string_view body) {
  return http_head(status, type, "Content-Length: " + std::to_string(body.size())) +
         std::string{body};
}

/// Runs `io` until `done`; a test that waits in vain fails.
template <class Done>
void run_until(boost::asio::io_context& io, Done done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!done()) {
    BOOST_REQUIRE_MESSAGE(std::chrono::steady_clock::now() < end, "waited in vain");
    if (io.stopped())
      io.restart();
    io.run_one_for(std::chrono::milliseconds{20});
  }
}

} // namespace caly::test
