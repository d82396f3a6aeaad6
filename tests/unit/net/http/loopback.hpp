#pragma once

#include "net/http/answers.hpp"
#include "net/http/server.hpp"
#include "runtime/base/error.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <unistd.h>

namespace caly::test {

/// A folder of its own that goes with the test.
class scratch_folder {
public:
  scratch_folder() {
    auto pattern =
        (std::filesystem::temp_directory_path() / "caly-net-test-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }

  ~scratch_folder() { std::filesystem::remove_all(path); }

  std::size_t files_below(const char* folder) const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path / folder))
      count += entry.is_regular_file() ? 1 : 0;
    return count;
  }

  std::filesystem::path path;
};

/// A plain blocking connection that says exactly what it is told to.
class raw_client {
public:
  explicit raw_client(std::uint16_t port) : socket_{io_} {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
  }

  void send(std::string_view bytes) {
    boost::system::error_code ignored; // the server may have closed already
    boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
  }

  /// Everything until the server closes.
  std::string read_all() {
    boost::system::error_code ec;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(pending_), ec);
    return std::exchange(pending_, {});
  }

  /// One response with a Content-Length; what follows stays for the next call.
  std::string read_response(bool is_head = false) {
    const auto end = boost::asio::read_until(
        socket_, boost::asio::dynamic_buffer(pending_), "\r\n\r\n");
    std::size_t size = 0;
    const auto at = pending_.find("Content-Length: ");
    if (!is_head && at < end)
      size = std::stoul(pending_.substr(at + 16));
    if (pending_.size() < end + size)
      boost::asio::read(socket_,
                        boost::asio::dynamic_buffer(pending_),
                        boost::asio::transfer_exactly(end + size - pending_.size()));
    auto text = pending_.substr(0, end + size);
    pending_.erase(0, end + size);
    return text;
  }

  /// True once the server closed the connection; waits for it.
  bool closed() { return read_all().empty(); }

private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_;
  std::string pending_;
};

inline int status_of(const std::string& response) {
  return response.size() > 12 ? std::atoi(response.c_str() + 9) : 0;
}

inline std::string body_of(const std::string& response) {
  const auto at = response.find("\r\n\r\n");
  return at == std::string::npos ? "" : response.substr(at + 4);
}

/// A server on any free port with the routes that the test adds before `start`.
struct server_fixture {
  server_fixture() {
    options.net.host = "127.0.0.1";
    options.net.port = 0;
    options.state_dir = folder.path.string();
  }

  void start() {
    server.emplace(routes, options);
    BOOST_REQUIRE(!server->start());
  }

  raw_client connect() { return raw_client{server->port()}; }

  /// Sends one request on a connection of its own and returns everything that comes back.
  std::string exchange(std::string_view request) {
    auto client = connect();
    client.send(request);
    return client.read_all();
  }

  void echo_on(http_method method, std::string pattern, body_kind body, std::size_t max) {
    routes.add({.method = method,
                .pattern = std::move(pattern),
                .policy = route_policy::open,
                .body = body,
                .body_bytes_max = max,
                .handler = [](const request_ptr& request) {
                  http_response response;
                  response.body = request->body;
                  request->respond(std::move(response));
                }});
  }

  scratch_folder folder;
  http_server_options options;
  router routes;
  std::optional<http_server> server;
};

} // namespace caly::test
