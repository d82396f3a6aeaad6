#include "net/client/http_client.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <functional>
#include <future>
#include <thread>

namespace caly::test {

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using tcp = asio::ip::tcp;

/// A server on loopback for a given number of connections, one request each.
class tiny_server {
public:
  using handler = std::function<void(tcp::socket&, const std::string& head)>;

  tiny_server(int connections, handler handle)
      : thread_{[this, connections, handle = std::move(handle)] {
          for (int i = 0; i < connections; ++i) {
            auto socket = acceptor_.accept();
            asio::streambuf buffer;
            boost::system::error_code ec;
            const auto bytes = asio::read_until(socket, buffer, "\r\n\r\n", ec);
            if (ec)
              continue;
            heads.emplace_back(asio::buffers_begin(buffer.data()),
                               asio::buffers_begin(buffer.data()) +
                                   static_cast<std::ptrdiff_t>(bytes));
            handle(socket, heads.back());
          }
        }} {}

  ~tiny_server() { join(); }

  void join() {
    if (thread_.joinable())
      thread_.join();
  }

  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + path;
  }

  std::vector<std::string> heads;

private:
  asio::io_context io_;
  tcp::acceptor acceptor_{io_, {asio::ip::make_address("127.0.0.1"), 0}};
  std::thread thread_;
};

void reply(tcp::socket& socket, const std::string& text) {
  boost::system::error_code ignored;
  asio::write(socket, asio::buffer(text), ignored);
}

std::string ok(const std::string& body, const std::string& more = "") {
  return "HTTP/1.1 200 OK\r\n" + more + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

http_answer ask(http_client& client, http_call call) {
  std::promise<http_answer> promise;
  client.submit(std::move(call),
                [&](http_answer answer) { promise.set_value(std::move(answer)); });
  return promise.get_future().get();
}

http_call get(const std::string& url) {
  http_call call;
  call.url = url;
  return call;
}

/// A port on which nobody listens.
std::string closed_url() {
  asio::io_context io;
  const tcp::acceptor acceptor{io, {asio::ip::make_address("127.0.0.1"), 0}};
  return "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_client_calls)

BOOST_AUTO_TEST_CASE(an_answer_comes_whole) {
  tiny_server server{1, [](auto& socket, const auto&) {
                       reply(socket, ok("hello", "Retry-After: 7\r\n"));
                     }};
  http_client client;
  auto call = get(server.url("/a?b=c"));
  call.headers = {"X-Test: yes"};
  const auto answer = ask(client, call);
  server.join();
  BOOST_TEST((answer.outcome == http_outcome::answered));
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.body == "hello");
  BOOST_TEST(answer.retry_after_s == 7);
  BOOST_TEST(server.heads.at(0).starts_with("GET /a?b=c HTTP/1.1\r\n"));
  BOOST_TEST(server.heads.at(0).find("X-Test: yes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refused_connection_is_never_sent) {
  http_client client;
  const auto answer = ask(client, get(closed_url()));
  BOOST_TEST((answer.outcome == http_outcome::never_sent));
  BOOST_TEST(!answer.problem.empty());
}

BOOST_AUTO_TEST_CASE(a_body_leaves_only_after_it_was_asked_for_and_still_wanted) {
  std::atomic<bool> asked{false};
  std::atomic<bool> body_came_early{false};
  std::string body(5, ' ');
  tiny_server server{1, [&](auto& socket, const auto&) {
                       // The head is here, the answer to the check is not.
                       body_came_early = socket.available() > 0;
                       asked.wait(false);
                       boost::system::error_code ec;
                       asio::read(socket, asio::buffer(body), ec);
                       reply(socket, ok("placed"));
                     }};
  http_client client;
  auto call = get(server.url());
  call.method = "POST";
  call.body = "To=me";
  call.fresh_connection = true;
  std::thread later;
  call.still_wanted = [&](std::function<void(bool)> answer) {
    later = std::thread{[&, answer] {
      std::this_thread::sleep_for(50ms);
      asked = true;
      asked.notify_all();
      answer(true);
    }};
  };
  const auto answer = ask(client, call);
  later.join();
  server.join();
  BOOST_TEST((answer.outcome == http_outcome::answered));
  BOOST_TEST(!body_came_early.load());
  BOOST_TEST(body == "To=me");
}

BOOST_AUTO_TEST_CASE(what_is_not_wanted_any_more_never_leaves_whole) {
  std::size_t body_bytes = 99;
  tiny_server server{1, [&](auto& socket, const auto&) {
                       std::string body(5, ' ');
                       boost::system::error_code ec;
                       body_bytes = asio::read(socket, asio::buffer(body), ec);
                     }};
  http_client client;
  auto call = get(server.url());
  call.method = "POST";
  call.body = "To=me";
  call.still_wanted = [](const auto& answer) { answer(false); };
  const auto answer = ask(client, call);
  server.join();
  BOOST_TEST((answer.outcome == http_outcome::too_late));
  BOOST_TEST(body_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(a_check_that_never_answers_lets_nothing_out) {
  std::size_t body_bytes = 99;
  tiny_server server{1, [&](auto& socket, const auto&) {
                       std::string body(5, ' ');
                       boost::system::error_code ec;
                       body_bytes = asio::read(socket, asio::buffer(body), ec);
                     }};
  std::function<void(bool)> kept;
  {
    http_client client;
    auto call = get(server.url());
    call.method = "POST";
    call.body = "To=me";
    call.deadline = 100ms;
    call.still_wanted = [&](std::function<void(bool)> answer) {
      kept = std::move(answer);
    };
    const auto answer = ask(client, call);
    BOOST_TEST((answer.outcome == http_outcome::too_late));
  }
  server.join();
  BOOST_TEST(body_bytes == 0u);
  kept(true); // after the client is gone
}

BOOST_AUTO_TEST_CASE(a_yes_that_comes_after_the_fuse_is_a_no) {
  std::size_t body_bytes = 99;
  tiny_server server{1, [&](auto& socket, const auto&) {
                       std::string body(5, ' ');
                       boost::system::error_code ec;
                       body_bytes = asio::read(socket, asio::buffer(body), ec);
                     }};
  http_client client;
  auto call = get(server.url());
  call.method = "POST";
  call.body = "To=me";
  call.not_after = boot_clock::now() + 40ms;
  std::thread later;
  call.still_wanted = [&](std::function<void(bool)> answer) {
    later = std::thread{[answer] {
      std::this_thread::sleep_for(60ms);
      answer(true);
    }};
  };
  const auto answer = ask(client, call);
  later.join();
  server.join();
  BOOST_TEST((answer.outcome == http_outcome::too_late));
  BOOST_TEST(body_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(a_connection_cut_after_the_request_is_unknown_and_not_repeated) {
  tiny_server server{1, [](auto& socket, const auto&) { socket.close(); }};
  http_client client;
  auto call = get(server.url());
  call.method = "POST";
  call.body = "To=1";
  call.fresh_connection = true;
  const auto answer = ask(client, call);
  BOOST_TEST((answer.outcome == http_outcome::unknown));
  server.join();
  BOOST_TEST(server.heads.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_does_not_come_in_time_is_unknown) {
  std::promise<void> over;
  tiny_server server{1, [&](auto&, const auto&) { over.get_future().wait(); }};
  http_client client;
  auto call = get(server.url());
  call.deadline = 50ms;
  const auto answer = ask(client, call);
  BOOST_TEST((answer.outcome == http_outcome::unknown));
  over.set_value();
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_after_the_fuse) {
  http_client client;
  auto call = get(closed_url());
  call.not_after = boot_clock::now() - 1ms;
  BOOST_TEST((ask(client, call).outcome == http_outcome::too_late));
}

BOOST_AUTO_TEST_CASE(redirects_are_not_followed) {
  tiny_server server{1, [](auto& socket, const auto&) {
                       reply(socket,
                             "HTTP/1.1 302 Found\r\nLocation: /other\r\n"
                             "Content-Length: 0\r\n\r\n");
                     }};
  http_client client;
  BOOST_TEST(ask(client, get(server.url())).status == 302);
}

BOOST_AUTO_TEST_CASE(an_endless_answer_is_cut) {
  tiny_server server{
      1, [](auto& socket, const auto&) { reply(socket, ok(std::string(2 << 20, 'x'))); }};
  http_client client;
  const auto answer = ask(client, get(server.url()));
  BOOST_TEST((answer.outcome == http_outcome::unknown));
  BOOST_TEST(answer.body.size() <= http_client::body_bytes_max);
}

BOOST_AUTO_TEST_CASE(only_http_is_spoken) {
  http_client client;
  BOOST_TEST(
      (ask(client, get("file:///etc/passwd")).outcome == http_outcome::never_sent));
}

BOOST_AUTO_TEST_CASE(a_fresh_connection_is_not_used_twice) {
  tiny_server server{2, [](auto& socket, const auto&) { reply(socket, ok("x")); }};
  http_client client;
  for (int i = 0; i < 2; ++i) {
    auto call = get(server.url());
    call.fresh_connection = true;
    BOOST_TEST(ask(client, call).status == 200);
  }
  server.join();
  BOOST_TEST(server.heads.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_still_runs_is_answered_when_the_client_goes) {
  std::promise<void> over;
  std::promise<void> asked;
  tiny_server server{1, [&](auto&, const auto&) {
                       asked.set_value();
                       over.get_future().wait();
                     }};
  std::promise<http_answer> promise;
  {
    http_client client;
    client.submit(get(server.url()),
                  [&](http_answer answer) { promise.set_value(std::move(answer)); });
    asked.get_future().wait();
  }
  BOOST_TEST((promise.get_future().get().outcome == http_outcome::unknown));
  over.set_value();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
