#include "tests/bench/sandbox/front_door.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>

#include <sys/socket.h>

namespace caly::bench {

namespace asio = boost::asio;
using asio::ip::tcp;

front_door::front_door(taker take)
    : acceptor_{io_, {asio::ip::make_address("127.0.0.1"), 0}},
      port_{acceptor_.local_endpoint().port()},
      thread_{[this, take = std::move(take)] { take_all(take); }} {}

front_door::~front_door() {
  // Wakes the thread that waits for the next one.
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
  thread_.join();
}

void front_door::take_all(const taker& take) {
  for (;;) {
    boost::system::error_code ec;
    auto socket = acceptor_.accept(ec);
    if (ec)
      return;
    websocket_upgrade upgrade{
        boost::beast::tcp_stream{std::move(socket)}, {}, {}, {}, {}, {}, {}, {}};
    boost::beast::flat_buffer buffer;
    boost::beast::http::read(upgrade.stream.socket(), buffer, upgrade.request, ec);
    if (ec)
      continue;
    const std::string target{upgrade.request.target()};
    take(std::move(upgrade), target.substr(target.rfind('/') + 1));
  }
}

} // namespace caly::bench
