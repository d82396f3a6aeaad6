#include "net/media/ws_frames.hpp"
#include "net/media/ws_link.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <vector>

namespace caly::test {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

struct listener : ws_listener {
  void on_open(ws_link& link) override {
    ++opened;
    if (at_open)
      at_open(link);
  }

  void on_text(ws_link&, std::string_view text) override { texts.emplace_back(text); }

  void on_end(ws_link&, const ws_end& end) override { gone = end; }

  std::function<void(ws_link&)> at_open;
  std::vector<std::string> texts;
  std::optional<ws_end> gone;
  int opened = 0;
};

/// One end of ours, made by `accept_link`, and a bare socket at the other.
struct bare_client {
  explicit bare_client(const ws_options& options = {},
                       const std::string& version = "13") {
    other.connect(acceptor.local_endpoint());
    auto socket = media_socket{acceptor.accept(io)};
    const auto asked =
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: " +
        version + "\r\n\r\n";
    asio::write(other, asio::buffer(asked));
    beast::flat_buffer buffer;
    beast::http::request<beast::http::string_body> request;
    beast::http::read(socket, buffer, request);
    link = accept_link(std::move(socket), request, heard, options);
    while (heard.opened == 0 && !heard.gone)
      io.run_one();
    std::string head;
    asio::read_until(other, asio::dynamic_buffer(head), "\r\n\r\n");
    status = head.substr(9, 3);
  }

  /// What the client sends, as a client must.
  void send(ws_opcode opcode, std::string_view payload) {
    std::string bytes;
    append_frame(bytes, ws_side::client, opcode, payload);
    send_bytes(bytes);
  }

  void send_bytes(const std::string& bytes) { asio::write(other, asio::buffer(bytes)); }

  template <class Done>
  void run_until(Done done) {
    while (!done())
      io.run_one();
  }

  /// The next frame that the link sent.
  std::pair<ws_opcode, std::string> next() {
    ws_frame frame;
    while (read_frame(bytes.data(), bytes.size(), ws_side::client, 1 << 20, frame) ==
           ws_read::need_more) {
      char piece[4096];
      io.poll();
      bytes.append(piece, other.read_some(asio::buffer(piece)));
    }
    std::pair result{frame.opcode, std::string{frame.payload}};
    bytes.erase(0, frame.size);
    return result;
  }

  asio::io_context io;
  tcp::acceptor acceptor{io, {asio::ip::make_address("127.0.0.1"), 0}};
  tcp::socket other{io};
  listener heard;
  std::shared_ptr<ws_link> link;
  std::string status;
  std::string bytes;
};

} // namespace

BOOST_AUTO_TEST_SUITE(ws_links)

BOOST_AUTO_TEST_CASE(both_of_our_ends_understand_each_other) {
  asio::io_context io;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  tcp::acceptor acceptor{io, {asio::ip::make_address("127.0.0.1"), 0}};
  listener here, there;
  there.at_open = [](ws_link& link) {
    link.send("first");
    link.send("second");
  };
  ws_address address;
  BOOST_REQUIRE(ws_address::parse(
      "ws://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/x",
      address));
  const auto client = connect_link(io, tls, address, {{"X-Key", "1"}}, here, {});
  std::shared_ptr<ws_link> server;
  beast::flat_buffer buffer;
  beast::http::request<beast::http::string_body> request;
  acceptor.async_accept(io.get_executor(), [&](auto, media_socket socket) {
    auto held = std::make_shared<media_socket>(std::move(socket));
    beast::http::async_read(*held, buffer, request, [&, held](auto, auto) {
      server = accept_link(std::move(*held), request, there, {});
    });
  });
  while (here.texts.size() < 2)
    io.run_one();
  BOOST_TEST(here.texts[0] == "first");
  BOOST_TEST(here.texts[1] == "second");
  BOOST_TEST((request["X-Key"] == "1"));
  client->send(std::string(20'000, 'y'));
  client->close();
  while (!here.gone || !there.gone)
    io.run_one();
  BOOST_REQUIRE(there.texts.size() == 1u);
  BOOST_TEST(there.texts[0].size() == 20'000u);
  BOOST_TEST(there.gone->close_code == 1000);
  BOOST_TEST(here.gone->close_code == 1000);
}

BOOST_AUTO_TEST_CASE(what_is_sent_in_one_turn_goes_out_in_one_piece) {
  bare_client at;
  for (int i = 0; i < 10; ++i)
    at.link->send("message " + std::to_string(i));
  at.io.poll();
  char piece[4096];
  const auto size = at.other.read_some(asio::buffer(piece));
  BOOST_TEST(size == 10u * (2 + 9));
  BOOST_TEST(at.link->queued_bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_no_text_goes_out_as_binary_in_its_place) {
  bare_client at;
  at.link->send("before");
  at.link->send_binary(std::string_view{"\xff\0\x7f", 3});
  at.link->send("after");
  at.io.poll();
  BOOST_CHECK((at.next() == std::pair{ws_opcode::text, std::string{"before"}}));
  BOOST_CHECK((at.next() == std::pair{ws_opcode::binary, std::string{"\xff\0\x7f", 3}}));
  BOOST_CHECK((at.next() == std::pair{ws_opcode::text, std::string{"after"}}));
}

BOOST_AUTO_TEST_CASE(frames_that_come_together_are_all_heard) {
  bare_client at;
  std::string bytes;
  for (const auto* text : {"a", "b", "c"})
    append_frame(bytes, ws_side::client, ws_opcode::text, text);
  const auto last = bytes.substr(bytes.size() - 3);
  at.send_bytes(bytes.substr(0, bytes.size() - 3));
  at.run_until([&] { return at.heard.texts.size() == 2; });
  at.send_bytes(last);
  at.run_until([&] { return at.heard.texts.size() == 3; });
  BOOST_TEST(at.heard.texts[2] == "c");
}

BOOST_AUTO_TEST_CASE(a_message_may_come_in_frames_with_a_ping_between) {
  bare_client at;
  std::string bytes;
  append_frame(bytes, ws_side::client, ws_opcode::text, "one ");
  bytes[0] = '\x01';
  append_frame(bytes, ws_side::client, ws_opcode::ping, "?");
  append_frame(bytes, ws_side::client, ws_opcode::continuation, "two");
  at.send_bytes(bytes);
  at.run_until([&] { return !at.heard.texts.empty(); });
  BOOST_TEST(at.heard.texts[0] == "one two");
  const auto [opcode, payload] = at.next();
  BOOST_TEST((opcode == ws_opcode::pong));
  BOOST_TEST(payload == "?");
}

BOOST_AUTO_TEST_CASE(who_breaks_the_protocol_is_told_the_code) {
  const auto told = [](auto break_it) {
    ws_options options;
    options.message_bytes_max = 100;
    bare_client at{options};
    break_it(at);
    at.run_until([&] { return at.heard.gone.has_value(); });
    const auto [opcode, payload] = at.next();
    BOOST_TEST((opcode == ws_opcode::close));
    BOOST_TEST(close_code_of(payload) == at.heard.gone->close_code);
    BOOST_TEST(at.heard.texts.empty());
    return at.heard.gone->close_code;
  };
  BOOST_TEST(told([](auto& at) { at.send(ws_opcode::binary, "x"); }) == 1003);
  BOOST_TEST(told([](auto& at) { at.send(ws_opcode::text, "\xff"); }) == 1007);
  BOOST_TEST(told([](auto& at) { at.send(ws_opcode::text, std::string(101, 'x')); }) ==
             1009);
  BOOST_TEST(told([](auto& at) { at.send(ws_opcode::continuation, "x"); }) == 1002);
  BOOST_TEST(told([](auto& at) { at.send_bytes("\x81\x01x"); }) == 1002);
  BOOST_TEST(told([](auto& at) {
               std::string bytes;
               append_frame(
                   bytes, ws_side::client, ws_opcode::text, std::string(60, 'x'));
               bytes[0] = '\x01';
               append_frame(
                   bytes, ws_side::client, ws_opcode::continuation, std::string(60, 'x'));
               at.send_bytes(bytes);
             }) == 1009);
}

BOOST_AUTO_TEST_CASE(a_close_is_answered_with_its_code) {
  bare_client at;
  std::string bytes;
  append_close(bytes, ws_side::client, 3001, "enough");
  at.send_bytes(bytes);
  at.run_until([&] { return at.heard.gone.has_value(); });
  BOOST_TEST(at.heard.gone->close_code == 3001);
  BOOST_TEST(at.heard.gone->reason == "enough");
  const auto [opcode, payload] = at.next();
  BOOST_TEST((opcode == ws_opcode::close));
  BOOST_TEST(close_code_of(payload) == 3001);
}

BOOST_AUTO_TEST_CASE(who_does_not_read_loses_the_link) {
  ws_options options;
  options.queue_bytes_max = 64 << 10;
  bare_client at{options};
  const std::string text(8 << 10, 'x');
  while (!at.heard.gone) {
    at.link->send(text);
    at.io.poll();
    BOOST_REQUIRE(at.link->queued_bytes() <= options.queue_bytes_max);
  }
  BOOST_TEST(at.heard.gone->close_code == 1013);
}

BOOST_AUTO_TEST_CASE(who_stays_silent_is_asked_and_then_gone) {
  ws_options options;
  options.idle_timeout = std::chrono::seconds{1};
  bare_client at{options};
  at.run_until([&] { return at.heard.gone.has_value(); });
  BOOST_TEST(at.heard.gone->close_code == 0);
  BOOST_TEST((at.next().first == ws_opcode::ping));
}

BOOST_AUTO_TEST_CASE(another_version_is_no_handshake) {
  bare_client at{{}, "8"};
  BOOST_TEST(at.status == "400");
  BOOST_TEST(at.heard.opened == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
