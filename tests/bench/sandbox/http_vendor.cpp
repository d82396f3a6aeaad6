#include "tests/bench/sandbox/http_vendor.hpp"

#include <boost/asio/write.hpp>

#include <array>
#include <charconv>
#include <memory>
#include <utility>

namespace caly::bench {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// Bytes of the first request in `text`, its body beginning at `body`; 0: it is not
/// whole.
std::size_t request_in(std::string_view text, std::size_t& body) {
  constexpr std::string_view end = "\r\n\r\n";
  constexpr std::string_view length = "Content-Length: ";
  const auto head = text.find(end);
  if (head == std::string_view::npos)
    return 0;
  body = head + end.size();
  std::size_t bytes = 0;
  if (const auto at = text.substr(0, head).find(length); at != std::string_view::npos)
    std::from_chars(text.data() + at + length.size(), text.data() + head, bytes);
  return text.size() < body + bytes ? 0 : body + bytes;
}

} // namespace

void streamed_answer::write(std::string_view content_type, std::string_view piece) {
  std::array<char, 16> size{};
  const auto end =
      std::to_chars(size.data(), size.data() + size.size(), piece.size(), 16).ptr;
  std::string out;
  if (!std::exchange(begun_, true))
    out.append("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: ")
        .append(content_type)
        .append("\r\n\r\n");
  out.append(size.data(), end).append("\r\n").append(piece).append("\r\n");
  error_code ignored;
  asio::write(socket_, asio::buffer(out), ignored);
}

void streamed_answer::finish() {
  error_code ignored;
  asio::write(socket_, asio::buffer(std::string_view{"0\r\n\r\n"}), ignored);
}

struct http_vendor::connection : std::enable_shared_from_this<connection> {
  connection(http_vendor& of, tcp::socket socket) : of_{of}, socket_{std::move(socket)} {
    ++of_.open_;
  }

  ~connection() { --of_.open_; }

  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void read() {
    socket_.async_read_some(
        asio::buffer(block_),
        [self = shared_from_this()](error_code ec, std::size_t bytes) {
          if (ec)
            return;
          self->text_.append(self->block_.data(), bytes);
          self->answer();
          self->read();
        });
  }

private:
  void answer() {
    std::size_t body = 0;
    while (const auto size = request_in(text_, body)) {
      ++of_.requests_;
      streamed_answer answer{socket_};
      of_.answer_(std::string_view{text_}.substr(body, size - body), answer);
      answer.finish();
      text_.erase(0, size);
    }
  }

  http_vendor& of_;
  tcp::socket socket_;
  std::array<char, 16'384> block_{};
  std::string text_;
};

http_vendor::http_vendor(handler answer)
    : answer_{std::move(answer)},
      acceptor_{io_, {asio::ip::make_address("127.0.0.1"), 0}},
      thread_{[this] {
        accept();
        io_.run();
      }} {}

http_vendor::~http_vendor() {
  io_.stop();
  thread_.join();
}

std::string http_vendor::url() const {
  return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
}

void http_vendor::accept() {
  acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
    if (ec)
      return;
    ++connections_;
    error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    std::make_shared<connection>(*this, std::move(socket))->read();
    accept();
  });
}

} // namespace caly::bench
