#include "net/events/event_socket.hpp"
#include "runtime/base/json.hpp"
#include "tests/unit/net/http/loopback.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

namespace websocket = boost::beast::websocket;

/// A browser, blocking.
class socket_client {
public:
  explicit socket_client(std::uint16_t port) : socket_{io_} {
    socket_.next_layer().connect({boost::asio::ip::address_v4::loopback(), port});
  }

  /// The status of the handshake's answer; 101 when it is open.
  int open(const std::string& target, const std::string& origin = "") {
    socket_.set_option(websocket::stream_base::decorator([&](auto& request) {
      if (!origin.empty())
        request.set(boost::beast::http::field::origin, origin);
    }));
    websocket::response_type response;
    boost::beast::error_code ec;
    socket_.handshake(response, "caly.test", target, ec);
    return static_cast<int>(response.result_int());
  }

  json next() {
    boost::beast::flat_buffer buffer;
    socket_.read(buffer);
    const std::string_view text{static_cast<const char*>(buffer.data().data()),
                                buffer.size()};
    auto parsed = json::parse(text);
    BOOST_REQUIRE(parsed);
    return std::move(*parsed);
  }

  /// Why the other side closed; waits for it.
  websocket::close_code closed() {
    boost::beast::flat_buffer buffer;
    boost::beast::error_code ec;
    while (!ec)
      socket_.read(buffer, ec);
    return static_cast<websocket::close_code>(socket_.reason().code);
  }

  void send(std::string_view text) { socket_.write(boost::asio::buffer(text)); }

private:
  boost::asio::io_context io_;
  websocket::stream<boost::asio::ip::tcp::socket> socket_;
};

struct fixture : server_fixture {
  fixture() {
    routes.websocket("/ws", route_policy::open, [this](websocket_upgrade upgrade) {
      open_event_socket(std::move(upgrade), hub, tickets, clock, {});
    });
    start();
  }

  ~fixture() { server.reset(); }

  std::string ticket() { return tickets.issue(who, clock()); }

  wall_clock clock = [] { return wall_time{std::chrono::seconds{1'760'000'000}}; };
  token_signer signer{{"caly-jwt-secret-which-is-32-bytes!"}, "caly"};
  ws_tickets tickets{signer};
  event_hub hub{clock};
  principal who{tenant_id::make(), user_id::make(), user_role::viewer};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(event_sockets, fixture)

BOOST_AUTO_TEST_CASE(push_what_was_missed_and_what_happens) {
  hub.publish(who.tenant, "call:start", R"({"call_id":"first"})");
  hub.publish(tenant_id::make(), "call:start", R"({"call_id":"theirs"})");
  socket_client client{server->port()};
  BOOST_REQUIRE(client.open("/ws?after=0&ticket=" + ticket()) == 101);
  BOOST_TEST(client.next()["data"]["call_id"].text_or("") == "first");
  hub.publish(who.tenant, "campaign:progress", R"({"campaign_id":"c"})");
  const auto second = client.next();
  BOOST_TEST(second["type"].text_or("") == "campaign:progress");
  BOOST_TEST(second["seq"].int_or(0) > 0);
}

BOOST_AUTO_TEST_CASE(open_once_per_ticket_and_not_without) {
  const auto once = ticket();
  socket_client first{server->port()};
  BOOST_TEST(first.open("/ws?ticket=" + once) == 101);
  for (const std::string& target :
       {"/ws?ticket=" + once,
        std::string{"/ws"},
        std::string{"/ws?ticket=x"},
        "/ws?ticket=" +
            signer.sign(token_kind::access, who, clock(), std::chrono::minutes{1})}) {
    socket_client other{server->port()};
    BOOST_TEST(other.open(target) == 401, target);
  }
}

BOOST_AUTO_TEST_CASE(refuse_pages_of_other_origins) {
  socket_client evil{server->port()};
  BOOST_TEST(evil.open("/ws?ticket=" + ticket(), "https://evil.test") == 403);
  socket_client own{server->port()};
  BOOST_TEST(own.open("/ws?ticket=" + ticket(), "http://caly.test") == 101);
}

BOOST_AUTO_TEST_CASE(take_no_large_messages) {
  socket_client client{server->port()};
  BOOST_REQUIRE(client.open("/ws?ticket=" + ticket()) == 101);
  client.send(std::string(5'000, 'x'));
  BOOST_TEST((client.closed() == websocket::close_code::too_big));
}

BOOST_AUTO_TEST_CASE(ask_plain_requests_to_upgrade) {
  BOOST_TEST(status_of(exchange("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n")) == 426);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
