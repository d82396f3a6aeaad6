#include "net/http/gate.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace caly::test {

namespace {

namespace http = boost::beast::http;

/// What the server does with a header: the status of its refusal, 0 when it passes, -1
/// when it waits for more.
int verdict(const std::string& bytes, gate_limits limits = {}) {
  header_scan scan;
  switch (scan.look(bytes, limits)) {
  case header_scan::state::need_more:
    return -1;
  case header_scan::state::refused:
    return static_cast<int>(scan.refusal().status);
  case header_scan::state::ready:
    break;
  }
  http::request_parser<http::string_body> parser;
  parser.eager(false);
  boost::beast::error_code ec;
  const auto taken = parser.put(boost::asio::buffer(bytes.data(), scan.size()), ec);
  if (ec || taken != scan.size() || !parser.is_header_done())
    return 400;
  const auto refusal = check_header(parser.get().base(), limits);
  return refusal ? static_cast<int>(refusal->status) : 0;
}

std::string request(const std::string& lines,
                    const std::string& line = "GET / HTTP/1.1") {
  return line + "\r\n" + lines + "\r\n";
}

const std::string host = "Host: caly.test\r\n";

} // namespace

BOOST_AUTO_TEST_SUITE(gate)

BOOST_AUTO_TEST_CASE(lets_ordinary_requests_pass) {
  BOOST_TEST(verdict(request(host)) == 0);
  BOOST_TEST(
      verdict(request(host + "Content-Length: 3\r\n", "POST /a?b=c%20d HTTP/1.1")) == 0);
  BOOST_TEST(
      verdict(request(host + "Transfer-Encoding: Chunked\r\n", "POST / HTTP/1.1")) == 0);
  BOOST_TEST(verdict(request("", "GET / HTTP/1.0")) == 0);
  BOOST_TEST(verdict(request(host, "GET http://caly.test/x HTTP/1.1")) == 0);
  BOOST_TEST(verdict(request(host + "Expect: 100-continue\r\n", "POST / HTTP/1.1")) == 0);
}

BOOST_AUTO_TEST_CASE(refuses_every_doubt_about_where_a_body_ends) {
  const std::string post = "POST / HTTP/1.1";
  for (const auto* lines :
       {"Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: identity, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding:\r\n",
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Content-Length: 3, 3\r\n",
        "Content-Length: 3\r\nContent-Length: 3\r\n",
        "Content-Length: 3\r\nContent-Length: 4\r\n",
        "Content-Length: +3\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x3\r\n",
        "Content-Length: 3 \r\nContent-Length: 3\r\n",
        "Content-Length:\r\n",
        "Content-Length: 99999999999999999999\r\n"})
    BOOST_TEST(verdict(request(host + lines, post)) == 400, lines);
  BOOST_TEST(verdict(request(host + "Transfer-Encoding: chunked\r\n",
                             "POST / HTTP/1.0")) == 400);
}

BOOST_AUTO_TEST_CASE(refuses_lines_that_two_readers_would_split_differently) {
  BOOST_TEST(verdict("GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n folded: c\r\n\r\n") == 400);
  BOOST_TEST(verdict("GET / HTTP/1.1\r\nHost: a\r\n\tfolded\r\n\r\n") == 400);
  BOOST_TEST(verdict("GET / HTTP/1.1\nHost: a\n\n") == 400);
  BOOST_TEST(verdict("GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n") == 400);
  BOOST_TEST(verdict("GET / HTTP/1.1\r\nHost : a\r\n\r\n") == 400);
  using std::string_literals::operator""s;
  BOOST_TEST(verdict("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"s) == 400);
  BOOST_TEST(verdict("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n") == 400);
  BOOST_TEST(verdict("GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n") == 400);
  BOOST_TEST(verdict("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
}

BOOST_AUTO_TEST_CASE(wants_exactly_one_host_that_agrees_with_the_target) {
  BOOST_TEST(verdict(request("")) == 400);
  BOOST_TEST(verdict(request("Host: a\r\nHost: a\r\n")) == 400);
  BOOST_TEST(verdict(request("Host: a\r\nHost: b\r\n", "GET / HTTP/1.0")) == 400);
  BOOST_TEST(verdict(request("Host: a b\r\n")) == 400);
  BOOST_TEST(verdict(request("Host: a,b\r\n")) == 400);
  BOOST_TEST(verdict(request("Host: user@a\r\n")) == 400);
  BOOST_TEST(verdict(request("Host:\r\n")) == 400);
  BOOST_TEST(verdict(request("Host: a\r\n", "GET http://b/ HTTP/1.1")) == 400);
}

BOOST_AUTO_TEST_CASE(knows_its_methods_versions_and_targets) {
  for (const auto* line : {"TRACE / HTTP/1.1",
                           "CONNECT / HTTP/1.1",
                           "OPTIONS / HTTP/1.1",
                           "BREW / HTTP/1.1",
                           "get / HTTP/1.1"})
    BOOST_TEST(verdict(request(host, line)) == 405, line);
  for (const auto* line : {"GET * HTTP/1.1",
                           "GET x HTTP/1.1",
                           "GET ftp://caly.test/ HTTP/1.1",
                           "GET / HTTP/2.0",
                           "GET / HTTP/1.2",
                           "GET  / HTTP/1.1",
                           "GET /a#b HTTP/1.1",
                           "GET /a\"b HTTP/1.1",
                           "GET /\\x HTTP/1.1",
                           "GET /\xc3\xa4 HTTP/1.1",
                           "GET / http/1.1",
                           "GET /"})
    BOOST_TEST(verdict(request(host, line)) == 400, line);
  BOOST_TEST(verdict(request(host + "Expect: 200-ok\r\n")) == 417);
  BOOST_TEST(verdict(request(host + "Content-Encoding: gzip\r\n")) == 415);
}

BOOST_AUTO_TEST_CASE(bounds_lines_bytes_and_url) {
  std::string many;
  for (int i = 0; i < 99; ++i)
    many += "a:\r\n";
  BOOST_TEST(verdict(request(host + many)) == 0);
  BOOST_TEST(verdict(request(host + many + "a:\r\n")) == 431);
  BOOST_TEST(verdict(request(host + "X: " + std::string(17'000, 'a') + "\r\n")) == 431);
  BOOST_TEST(verdict(request(host, "GET /" + std::string(4096, 'a') + " HTTP/1.1")) ==
             414);
  // The size is known before the end of the header is.
  BOOST_TEST(verdict("GET / HTTP/1.1\r\nX: " + std::string(17'000, 'a')) == 431);
}

BOOST_AUTO_TEST_CASE(finds_the_end_wherever_the_bytes_are_cut) {
  const auto whole = request(host + "X-A: b\r\n");
  header_scan scan;
  for (std::size_t size = 1; size < whole.size(); ++size)
    BOOST_REQUIRE(scan.look(std::string_view{whole}.substr(0, size), {}) ==
                  header_scan::state::need_more);
  BOOST_TEST((scan.look(whole + "body", {}) == header_scan::state::ready));
  BOOST_TEST(scan.size() == whole.size());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
