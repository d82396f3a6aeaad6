#include "tests/bench/sandbox/ear_vendor.hpp"

#include "tests/bench/sandbox/line_words.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <memory>

namespace caly::bench {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

/// One caller's connection.
class ear_vendor::listener : public std::enable_shared_from_this<listener> {
public:
  listener(vendor_watch& watch, tcp::socket socket)
      : watch_{watch}, socket_{std::move(socket)} {}

  void begin() {
    socket_.async_accept([self = shared_from_this()](error_code ec) {
      if (!ec)
        self->read();
    });
  }

private:
  void read() {
    socket_.async_read(buffer_, [self = shared_from_this()](error_code ec, std::size_t) {
      if (ec)
        return;
      if (self->socket_.got_binary())
        self->hear();
      self->buffer_.clear();
      self->read();
    });
  }

  void hear() {
    const auto data = buffer_.data();
    audio_.append(static_cast<const char*>(data.data()), data.size());
    std::size_t at = 0;
    for (; at + frame_bytes <= audio_.size(); at += frame_bytes) {
      heard_bytes_ += frame_bytes;
      const auto words = words_in(std::string_view{audio_}.substr(at, frame_bytes));
      if (words && *words != said_)
        say(said_ = *words);
    }
    audio_.erase(0, at);
  }

  void say(const line_words& words) {
    if (words.what == saying::nothing)
      return;
    const bool settled = words.what == saying::settled;
    const auto message = R"({"type":"Results","start":0,"duration":)" +
                         std::to_string(static_cast<double>(heard_bytes_) / 8'000) +
                         R"(,"is_final":)" + (settled ? "true" : "false") +
                         R"(,"channel":{"alternatives":[{"transcript":"Tell me about )" +
                         name_of(words.call, words.turn) +
                         (settled ? ".\"}]}}" : "\"}]}}");
    socket_.text(true);
    if (settled)
      watch_.did(vendor_step::words_settled, words.call, words.turn);
    error_code ignored;
    socket_.write(asio::buffer(message), ignored);
  }

  vendor_watch& watch_;
  beast::websocket::stream<tcp::socket> socket_;
  beast::flat_buffer buffer_;
  std::string audio_;
  std::uint64_t heard_bytes_ = 0;
  line_words said_;
};

ear_vendor::ear_vendor(vendor_watch& watch)
    : watch_{watch},
      acceptor_{io_, {asio::ip::make_address("127.0.0.1"), 0}},
      thread_{[this] {
        accept();
        io_.run();
      }} {}

ear_vendor::~ear_vendor() {
  io_.stop();
  thread_.join();
}

std::string ear_vendor::url() const {
  return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
}

void ear_vendor::accept() {
  acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
    if (ec)
      return;
    ++connections_;
    error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    std::make_shared<listener>(watch_, std::move(socket))->begin();
    accept();
  });
}

} // namespace caly::bench
