// Floor of the media bridge: Boost.Beast streams on one io_context thread, no actors,
// look-ups by search, audio decoded and encoded again.
//   media_beast PORT AI_PORT

#include "tests/bench/peers/common/sockets.hpp"
#include "tests/bench/peers/common/websocket.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace caly::peers {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using socket_type =
    asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

struct side {
  explicit side(socket_type socket) : stream{std::move(socket)} {}

  beast::websocket::stream<socket_type> stream;
  beast::flat_buffer in;
  std::vector<std::string> out;
  std::size_t out_sent = 0;
  bool writing = false;
  bool open = false;

  std::string_view text() const {
    return {static_cast<const char*>(in.data().data()), in.size()};
  }
};

void append_audio(std::string& out, std::string_view audio) {
  std::uint8_t raw[65536];
  char text[90000];
  out.append(text, to_base64(text, raw, from_base64(raw, audio)));
}

struct bridge : std::enable_shared_from_this<bridge> {
  bridge(socket_type socket, asio::io_context& io)
      : phone{std::move(socket)}, ai{socket_type{io}} {}

  void start(int ai_port) {
    phone.stream.async_accept([self = shared_from_this()](error_code ec) {
      if (ec)
        return self->close();
      self->phone.open = true;
      self->read(self->phone, &bridge::on_phone);
    });
    ai.stream.next_layer().async_connect(
        {asio::ip::make_address_v4("127.0.0.1"), static_cast<unsigned short>(ai_port)},
        [self = shared_from_this()](error_code ec) {
          if (ec)
            return self->close();
          self->ai.stream.next_layer().set_option(asio::ip::tcp::no_delay(true));
          self->ai.stream.async_handshake(
              "127.0.0.1", "/v1/realtime?model=sim", [self](error_code failed) {
                if (failed)
                  return self->close();
                self->ai.open = true;
                self->send(self->ai,
                           R"({"type":"session.update","session":{"type":"realtime"}})");
                self->read(self->ai, &bridge::on_ai);
              });
        });
  }

  void close() {
    error_code ignored;
    phone.stream.next_layer().close(ignored);
    ai.stream.next_layer().close(ignored);
  }

  void send(side& to, std::string text) {
    to.out.push_back(std::move(text));
    if (!to.writing)
      write(to);
  }

  void write(side& to) {
    to.writing = true;
    to.stream.async_write(asio::buffer(to.out[to.out_sent]),
                          [self = shared_from_this(), &to](error_code ec, std::size_t) {
                            if (ec)
                              return self->close();
                            if (++to.out_sent < to.out.size())
                              return self->write(to);
                            to.out.clear();
                            to.out_sent = 0;
                            to.writing = false;
                          });
  }

  void read(side& from, void (bridge::*handler)()) {
    from.stream.async_read(
        from.in, [self = shared_from_this(), &from, handler](error_code ec, std::size_t) {
          if (ec)
            return self->close();
          (self.get()->*handler)();
          from.in.clear();
          self->read(from, handler);
        });
  }

  void on_phone() {
    const auto text = phone.text();
    if (text.find(R"("event":"media")") != text.npos) {
      if (!ai.open)
        return;
      std::string out = R"({"type":"input_audio_buffer.append","audio":")";
      append_audio(out, string_member(text, "\"payload\""));
      send(ai, out += "\"}");
    } else if (text.find(R"("event":"start")") != text.npos) {
      stream_id = string_member(text, "\"streamSid\"");
    }
  }

  void on_ai() {
    const auto text = ai.text();
    if (text.find("\"response.output_audio.delta\"") == text.npos)
      return;
    std::string out =
        R"({"event":"media","streamSid":")" + stream_id + R"(","media":{"payload":")";
    append_audio(out, string_member(text, "\"delta\""));
    send(phone, out += "\"}}");
  }

  side phone;
  side ai;
  std::string stream_id;
};

} // namespace

} // namespace caly::peers

int main(int argc, char** argv) {
  using namespace caly::peers;
  if (argc < 3) {
    std::fprintf(stderr, "usage: media_beast PORT AI_PORT\n");
    return 2;
  }
  allow_many_sockets();
  asio::io_context io{1};
  asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type> acceptor{
      io,
      {asio::ip::make_address_v4("127.0.0.1"),
       static_cast<unsigned short>(std::atoi(argv[1]))}};
  acceptor.listen(4096);
  const int ai = std::atoi(argv[2]);
  std::function<void()> accept = [&] {
    acceptor.async_accept(io, [&](error_code ec, socket_type socket) {
      if (!ec) {
        socket.set_option(asio::ip::tcp::no_delay(true));
        std::make_shared<bridge>(std::move(socket), io)->start(ai);
      }
      accept();
    });
  };
  accept();
  io.run();
}
