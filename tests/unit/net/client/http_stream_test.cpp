#include "net/client/http_stream.hpp"
#include "tests/unit/net/client/scripted_server.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <optional>

namespace caly::test {

namespace {

using namespace std::chrono_literals;
using connection = scripted_server::connection;

const std::string chunked_head =
    http_head(200, "audio/basic", "Transfer-Encoding: chunked");

struct fixture {
  /// Streams `server`'s answer into `body` and `answer`.
  void begin(scripted_server& server,
             std::size_t bytes_max = 1 << 20,
             std::chrono::milliseconds deadline = 10s) {
    http_call call;
    call.method = "POST";
    call.url = server.url();
    call.body = "hello";
    call.deadline = deadline;
    answer.reset();
    stream.emplace(client,
                   io,
                   std::move(call),
                   http_stream::handlers{[this](std::string_view piece) {
                                           body += piece;
                                           if (at_piece)
                                             at_piece();
                                         },
                                         [this](http_answer got) { answer = got; }},
                   bytes_max);
  }

  http_answer finish() {
    run_until(io, [this] { return answer.has_value(); });
    return *answer;
  }

  boost::asio::io_context io;
  std::shared_ptr<http_client> client = std::make_shared<http_client>();
  std::string body;
  std::optional<http_answer> answer;
  std::function<void()> at_piece;
  std::optional<http_stream> stream;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_streams, fixture)

BOOST_AUTO_TEST_CASE(pieces_come_before_the_answer_is_whole) {
  std::promise<void> first_was_heard;
  scripted_server server{[&](connection& line, const std::string&) {
    line.send(chunked_head);
    line.send_chunk("one ");
    first_was_heard.get_future().wait();
    line.send_chunk("two");
    return line.send_chunk("");
  }};
  begin(server);
  run_until(io, [&] { return !body.empty(); });
  BOOST_TEST(body == "one ");
  BOOST_TEST(!answer);
  first_was_heard.set_value();
  const auto last = finish();
  BOOST_TEST(body == "one two");
  BOOST_TEST((last.outcome == http_outcome::answered));
  BOOST_TEST(last.status == 200);
  BOOST_TEST(last.body.empty());
}

BOOST_AUTO_TEST_CASE(one_connection_serves_one_request_after_the_other) {
  scripted_server server{[](connection& line, const std::string&) {
    return line.send(whole_answer(200, "audio/basic", "x"));
  }};
  for (int i = 0; i < 5; ++i) {
    begin(server);
    BOOST_TEST(finish().status == 200);
  }
  BOOST_TEST(body == "xxxxx");
  BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(errors_and_documents_come_whole) {
  int status = 429;
  std::string type = "audio/basic";
  scripted_server server{[&](connection& line, const std::string&) {
    return line.send(whole_answer(status, type, "why"));
  }};
  begin(server);
  BOOST_TEST(finish().status == 429);
  BOOST_TEST(answer->body == "why");
  status = 200;
  for (const auto* document : {"application/json; charset=utf-8", "text/html"}) {
    type = document;
    begin(server);
    BOOST_TEST(finish().status == 200);
    BOOST_TEST(answer->body == "why");
  }
  BOOST_TEST(body.empty());
}

BOOST_AUTO_TEST_CASE(who_cancels_is_told_nothing_and_the_service_hears_of_it) {
  std::promise<void> hung_up;
  scripted_server server{[&](connection& line, const std::string&) {
    line.send(chunked_head);
    line.send_chunk("one");
    line.wait_for_end();
    hung_up.set_value();
    return false;
  }};
  begin(server);
  run_until(io, [&] { return !body.empty(); });
  stream.reset();
  BOOST_TEST((hung_up.get_future().wait_for(10s) == std::future_status::ready));
  io.restart();
  io.poll();
  BOOST_TEST(!answer);
}

BOOST_AUTO_TEST_CASE(a_handler_may_end_the_stream_it_is_told_by) {
  scripted_server server{[](connection& line, const std::string&) {
    line.send(chunked_head);
    line.send_chunk("one");
    line.send_chunk("two");
    return line.send_chunk("");
  }};
  at_piece = [this] { stream.reset(); };
  begin(server);
  run_until(io, [&] { return !stream; });
  const auto heard = body;
  std::this_thread::sleep_for(50ms); // whatever the client's thread still has to say
  io.restart();
  io.poll();
  BOOST_TEST(body == heard);
  BOOST_TEST(!answer);
}

BOOST_AUTO_TEST_CASE(a_stream_that_was_just_asked_for_can_be_cancelled) {
  scripted_server server{[](connection& line, const std::string&) {
    return line.send(whole_answer(200, "audio/basic", "x"));
  }};
  for (int i = 0; i < 50; ++i) {
    begin(server);
    stream.reset();
  }
  begin(server);
  BOOST_TEST(finish().status == 200);
  BOOST_TEST(body == "x");
}

BOOST_AUTO_TEST_CASE(a_flood_that_nobody_takes_waits_at_the_service) {
  std::atomic<std::size_t> sent{0};
  scripted_server server{[&](connection& line, const std::string&) {
    line.send(chunked_head);
    const std::string piece(64 << 10, 'x');
    while (sent < (64U << 20) && line.send_chunk(piece))
      sent += piece.size();
    return line.send_chunk("");
  }};
  begin(server, 128 << 20, 20s);
  // The thread is busy with something else: what is sent stays within the sockets.
  std::size_t before = 1;
  while (sent == 0 || sent != before) {
    before = sent;
    std::this_thread::sleep_for(100ms);
  }
  BOOST_TEST(sent < (32U << 20));
  finish();
  BOOST_TEST(body.size() == sent.load());
  BOOST_TEST(body.size() >= (64U << 20));
}

BOOST_AUTO_TEST_CASE(more_than_was_agreed_ends_the_stream) {
  scripted_server server{[](connection& line, const std::string&) {
    line.send(chunked_head);
    while (line.send_chunk(std::string(32 << 10, 'x'))) {
    }
    return false;
  }};
  begin(server, 100'000);
  const auto last = finish();
  BOOST_TEST((last.outcome == http_outcome::unknown));
  BOOST_TEST(last.problem == "the answer is too large");
  BOOST_TEST(body.size() <= 100'000u);
}

BOOST_AUTO_TEST_CASE(a_document_without_end_is_cut) {
  scripted_server server{[](connection& line, const std::string&) {
    line.send(http_head(200, "application/json", "Content-Length: 1073741824"));
    while (line.send(std::string(64 << 10, '['))) {
    }
    return false;
  }};
  begin(server);
  const auto last = finish();
  BOOST_TEST(last.problem == "the answer is too large");
  BOOST_TEST(last.body.size() <= http_client::body_bytes_max);
}

BOOST_AUTO_TEST_CASE(a_slow_drip_ends_at_the_deadline) {
  scripted_server server{[](connection& line, const std::string&) {
    line.send(chunked_head);
    while (line.send_chunk("x"))
      std::this_thread::sleep_for(10ms);
    return false;
  }};
  begin(server, 1 << 20, 200ms);
  const auto last = finish();
  BOOST_TEST((last.outcome == http_outcome::unknown));
  BOOST_TEST(!body.empty());
}

BOOST_AUTO_TEST_CASE(a_connection_that_breaks_is_told_with_what_came_before) {
  scripted_server server{[](connection& line, const std::string&) {
    line.send(chunked_head);
    line.send_chunk("half");
    return false;
  }};
  begin(server);
  const auto last = finish();
  BOOST_TEST((last.outcome == http_outcome::unknown));
  BOOST_TEST(!last.problem.empty());
  BOOST_TEST(body == "half");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
