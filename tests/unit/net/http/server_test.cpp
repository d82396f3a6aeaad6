#include "tests/unit/net/http/loopback.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <thread>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

const std::string get_root = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string get_root_and_close =
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

std::string
post(const std::string& path, const std::string& body, const char* more = "") {
  return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" +
         more + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct fixture : server_fixture {
  fixture() {
    routes.get("/", route_policy::open, [](const request_ptr& request) {
      request->respond(success(request->correlation_id, "{}"));
    });
    echo_on(http_method::post, "/json", body_kind::json, 1000);
    echo_on(http_method::post, "/raw", body_kind::raw, 100'000);
  }

  /// A moment at which everything that waits is overdue.
  static auto much_later() { return std::chrono::steady_clock::now() + 24h; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_serving, fixture)

BOOST_AUTO_TEST_CASE(answers_in_the_envelope_with_the_callers_correlation_id) {
  start();
  const auto response = exchange(
      "GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: abc-1\r\nConnection: close\r\n\r\n");
  BOOST_TEST(status_of(response) == 200);
  const auto body = json::parse(body_of(response));
  BOOST_REQUIRE(body);
  BOOST_TEST(((*body)["success"].as_bool() == true));
  BOOST_TEST((*body)["error"].is_null());
  BOOST_TEST((*body)["correlation_id"].text_or("") == "abc-1");
  BOOST_TEST(parse_rfc3339((*body)["timestamp"].text_or("")).has_value());
  for (const auto* line : {"X-Request-Id: abc-1\r\n",
                           "X-Content-Type-Options: nosniff\r\n",
                           "Cache-Control: no-store\r\n",
                           "Content-Security-Policy: "})
    BOOST_TEST(response.find(line) != std::string::npos, line);
  BOOST_TEST(response.find("Server:") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(replaces_correlation_ids_that_could_forge_a_log_line) {
  start();
  const auto response = exchange("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\" b\r\n"
                                 "Connection: close\r\n\r\n");
  BOOST_TEST(response.find("a\" b") == std::string::npos);
  BOOST_TEST(response.find("X-Request-Id: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(serves_many_requests_on_one_connection_also_pipelined) {
  start();
  auto client = connect();
  client.send(get_root + get_root + post("/json", "{}") + get_root_and_close);
  BOOST_TEST(status_of(client.read_response()) == 200);
  BOOST_TEST(status_of(client.read_response()) == 200);
  BOOST_TEST(body_of(client.read_response()) == "{}");
  BOOST_TEST(status_of(client.read_response()) == 200);
  BOOST_TEST(client.closed());
}

BOOST_AUTO_TEST_CASE(closes_after_its_limit_of_requests) {
  options.net.requests_per_connection_max = 2;
  start();
  auto client = connect();
  client.send(get_root + get_root + get_root);
  client.read_response();
  BOOST_TEST(client.read_response().find("Connection: close") != std::string::npos);
  BOOST_TEST(client.closed());
}

BOOST_AUTO_TEST_CASE(closes_after_a_header_that_it_refuses) {
  start();
  auto client = connect();
  client.send("POST /json HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n" +
              get_root);
  const auto all = client.read_all();
  BOOST_TEST(status_of(all) == 400);
  // What came behind it was never taken for a request.
  BOOST_TEST(all.find("HTTP/1.1", 9) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(reads_chunked_bodies) {
  start();
  const auto response = exchange("POST /raw HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                 "Transfer-Encoding: chunked\r\n\r\n"
                                 "4\r\nspam\r\n3;x=y\r\nham\r\n0\r\n\r\n");
  BOOST_TEST(body_of(response) == "spamham");
}

BOOST_AUTO_TEST_CASE(refuses_large_bodies_by_their_announced_size) {
  start();
  auto client = connect();
  // No byte of the body is sent: the answer must not wait for it.
  client.send("POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
              "Content-Length: 1001\r\n\r\n");
  BOOST_TEST(status_of(client.read_response()) == 413);
}

BOOST_AUTO_TEST_CASE(refuses_large_bodies_that_announce_no_size) {
  start();
  std::string request =
      "POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 11; ++i)
    request += "64\r\n" + std::string(100, ' ') + "\r\n";
  BOOST_TEST(status_of(exchange(request)) == 413);
}

BOOST_AUTO_TEST_CASE(asks_for_the_body_only_when_it_would_take_it) {
  start();
  auto client = connect();
  client.send("POST /raw HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
              "Content-Length: 2\r\n\r\n");
  BOOST_TEST(status_of(client.read_response()) == 100);
  client.send("ok");
  BOOST_TEST(body_of(client.read_response()) == "ok");
  auto refused = connect();
  refused.send("POST /raw HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
               "Content-Length: 100001\r\n\r\n");
  BOOST_TEST(status_of(refused.read_response()) == 413);
}

BOOST_AUTO_TEST_CASE(takes_json_only_as_json) {
  start();
  BOOST_TEST(status_of(exchange("POST /json HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
                                "Content-Type: text/plain\r\n\r\n{}")) == 415);
}

BOOST_AUTO_TEST_CASE(knows_no_other_paths_and_methods) {
  start();
  BOOST_TEST(status_of(exchange(
                 "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")) ==
             404);
  const auto response =
      exchange("DELETE /json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  BOOST_TEST(status_of(response) == 405);
  BOOST_TEST(response.find("Allow: POST\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(answers_head_without_a_body) {
  start();
  auto client = connect();
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto all = client.read_all();
  BOOST_TEST(status_of(all) == 200);
  BOOST_TEST(all.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(answers_500_when_nobody_answers_or_a_handler_throws) {
  routes.get("/forgotten", route_policy::open, [](const request_ptr&) {});
  routes.get("/broken", route_policy::open, [](const request_ptr&) {
    throw std::runtime_error("secret detail");
  });
  start();
  BOOST_TEST(status_of(exchange("GET /forgotten HTTP/1.0\r\n\r\n")) == 500);
  const auto response = exchange("GET /broken HTTP/1.0\r\n\r\n");
  BOOST_TEST(status_of(response) == 500);
  BOOST_TEST(response.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(takes_answers_from_other_threads) {
  std::promise<request_ptr> came;
  routes.get("/later", route_policy::open, [&](const request_ptr& request) {
    came.set_value(request);
  });
  start();
  auto client = connect();
  client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n" + get_root);
  const auto request = came.get_future().get();
  request->respond({.body = "first"});
  request->respond({.body = "second"});
  BOOST_TEST(body_of(client.read_response()) == "first");
  BOOST_TEST(status_of(client.read_response()) == 200);
}

BOOST_AUTO_TEST_CASE(streams_a_body_in_pieces_and_cuts_it_off_on_failure) {
  for (const std::string path : {"/whole", "/half"})
    routes.get(path, route_policy::open, [path](const request_ptr& request) {
      http_response response;
      auto left = std::make_shared<int>(3);
      response.source = [left, path](auto next) {
        if (--*left > 0)
          next(std::string{"piece "});
        else if (path == "/whole")
          next(std::string{});
        else
          next(caf::make_error(errc::unavailable));
      };
      request->respond(std::move(response));
    });
  start();
  BOOST_TEST(
      body_of(exchange("GET /whole HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")) ==
      "6\r\npiece \r\n6\r\npiece \r\n0\r\n\r\n");
  BOOST_TEST(body_of(exchange("GET /half HTTP/1.1\r\nHost: a\r\n\r\n")) ==
             "6\r\npiece \r\n6\r\npiece \r\n");
  BOOST_TEST(body_of(exchange("GET /whole HTTP/1.0\r\n\r\n")) == "piece piece ");
}

BOOST_AUTO_TEST_CASE(guards_before_it_reads_a_body) {
  options.guard = [](http_request& request) -> std::optional<http_response> {
    if (request.header("Authorization").empty())
      return problem(request.correlation_id, 401, "unauthorized", "no");
    return std::nullopt;
  };
  start();
  auto client = connect();
  client.send("POST /raw HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n");
  const auto response = client.read_response();
  BOOST_TEST(status_of(response) == 401);
  BOOST_TEST(response.find("WWW-Authenticate: Bearer") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(drops_headers_that_come_too_slowly) {
  start();
  auto client = connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX-");
  server->sweep(std::chrono::steady_clock::now() + 9s);
  client.send("A: b\r\n");
  // The time counts for the header as a whole; a byte now and then buys nothing.
  server->sweep(std::chrono::steady_clock::now() + 11s);
  BOOST_TEST(client.closed());
}

BOOST_AUTO_TEST_CASE(drops_bodies_that_trickle) {
  start();
  auto client = connect();
  client.send("POST /raw HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\nslow");
  // Passing through the same thread: the body has begun by then.
  auto other = connect();
  other.send(get_root);
  other.read_response();
  server->sweep(std::chrono::steady_clock::now() + 4s);
  server->sweep(std::chrono::steady_clock::now() + 12s);
  BOOST_TEST(client.closed());
  BOOST_TEST(server->counters().timed_out.load() == 1u);
}

BOOST_AUTO_TEST_CASE(drops_clients_that_do_not_read_their_answer) {
  const auto large = std::make_shared<const std::string>(64 << 20, 'x');
  std::promise<void> answered;
  routes.get("/large", route_policy::open, [&](const request_ptr& request) {
    http_response response;
    response.shared_body = large;
    request->respond(std::move(response));
    answered.set_value();
  });
  start();
  auto client = connect();
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  answered.get_future().wait();
  server->sweep(std::chrono::steady_clock::now() + 29s);
  BOOST_TEST(server->counters().timed_out.load() == 0u);
  server->sweep(std::chrono::steady_clock::now() + 31s);
  BOOST_TEST(server->counters().timed_out.load() == 1u);
  BOOST_TEST(client.read_all().size() < large->size());
}

BOOST_AUTO_TEST_CASE(drops_idle_connections) {
  start();
  auto client = connect();
  client.send(get_root);
  client.read_response();
  server->sweep(much_later());
  BOOST_TEST(client.closed());
}

BOOST_AUTO_TEST_CASE(bounds_connections_from_one_address) {
  options.loopback_is_unlimited = false;
  options.net.connections_per_ip_max = 2;
  start();
  auto first = connect();
  auto second = connect();
  first.send(get_root);
  second.send(get_root);
  first.read_response();
  second.read_response();
  auto third = connect();
  BOOST_TEST(third.closed());
  BOOST_TEST(server->counters().refused_connections.load() == 1u);
  second.send(get_root_and_close);
  second.read_all();
}

BOOST_AUTO_TEST_CASE(believes_forwarded_addresses_only_of_trusted_proxies) {
  routes.get("/who", route_policy::open, [](const request_ptr& request) {
    request->respond({.body = request->remote_ip});
  });
  const auto ask =
      "GET /who HTTP/1.0\r\nX-Forwarded-For: 6.6.6.6, 9.9.9.9, 10.0.0.7\r\n\r\n";
  start();
  BOOST_TEST(body_of(exchange(ask)) == "127.0.0.1");
  server.reset();
  options.net.trusted_proxies = {"127.0.0.0/8", "10.0.0.0/8"};
  start();
  BOOST_TEST(body_of(exchange(ask)) == "9.9.9.9");
}

BOOST_AUTO_TEST_CASE(stops_while_clients_are_connected) {
  start();
  auto idle = connect();
  idle.send(get_root);
  idle.read_response();
  auto half = connect();
  half.send("GET / HT");
  server->stop(0ms);
  BOOST_TEST(idle.closed());
  BOOST_TEST(half.closed());
}

BOOST_AUTO_TEST_CASE(spools_uploads_and_forgets_them_with_the_request) {
  routes.add({.method = http_method::post,
              .pattern = "/upload",
              .policy = route_policy::open,
              .body = body_kind::upload,
              .body_bytes_max = 1 << 20,
              .handler = [this](const request_ptr& request) {
                const auto& form = *request->form;
                request->respond({.body = form.file_name + " " +
                                          std::to_string(form.file_bytes) + " " +
                                          std::to_string(folder.files_below("uploads"))});
              }});
  start();
  const auto send = [&](std::size_t size) {
    const auto body = "--XX\r\nContent-Disposition: form-data; name=\"file\"; "
                      "filename=\"a.csv\"\r\n\r\n" +
                      std::string(size, 'x') + "\r\n--XX--\r\n";
    return exchange("POST /upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    "Content-Type: multipart/form-data; boundary=XX\r\n"
                    "Content-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
  };
  BOOST_TEST(body_of(send(700'000)) == "a.csv 700000 1");
  BOOST_TEST(status_of(send(1'100'000)) == 413);
  BOOST_TEST(status_of(send(3 << 20)) == 413);
  server.reset();
  BOOST_TEST(folder.files_below("uploads") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
