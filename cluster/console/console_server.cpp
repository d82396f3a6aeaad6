#include "cluster/console/console_server.hpp"

#include "cluster/console/console_peer.hpp"
#include "runtime/base/error.hpp"
#include "runtime/console/protocol.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <spdlog/spdlog.h>

#include <atomic>
#include <set>
#include <thread>

namespace caly {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct console_server::impl : std::enable_shared_from_this<impl> {
  impl(caf::actor_system& sys, console_options all, console_server_options given)
      : system{sys}, console{std::move(all)}, options{std::move(given)} {}

  caf::error listen() {
    if (options.token.empty())
      return caf::make_error(errc::invalid, "console.token is empty");
    error_code ec;
    const auto address = asio::ip::make_address(options.host, ec);
    if (ec)
      return caf::make_error(errc::invalid, "console.host is not an address");
    if (!address.is_loopback())
      spdlog::warn("console: listens beyond this machine host={}", options.host);
    const tcp::endpoint end{address, static_cast<std::uint16_t>(options.port)};
    acceptor.open(end.protocol(), ec);
    if (!ec)
      acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec)
      acceptor.bind(end, ec);
    if (!ec)
      acceptor.listen(16, ec);
    if (ec)
      return caf::make_error(errc::unavailable,
                             "cannot listen on " + options.host + ":" +
                                 std::to_string(options.port) + ": " + ec.message());
    port = acceptor.local_endpoint().port();
    return {};
  }

  void accept() {
    acceptor.async_accept([self = shared_from_this()](error_code ec, tcp::socket socket) {
      if (ec == asio::error::operation_aborted || self->stopping)
        return;
      if (ec)
        self->back_off();
      else {
        self->admit(std::move(socket));
        self->accept();
      }
    });
  }

  /// No file descriptors left: accepting at once again would only burn the processor.
  void back_off() {
    retry.expires_after(std::chrono::milliseconds{100});
    retry.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec && !self->stopping)
        self->accept();
    });
  }

  void admit(tcp::socket socket) {
    if (peers.size() >= options.sessions_max) {
      const auto reason = caf::make_error(errc::overloaded, "too many open consoles");
      const auto line =
          console_failure("null", console_level::observe, reason, "") + '\n';
      error_code ignored;
      // A line this short always fits into the socket's buffer.
      socket.non_blocking(true, ignored);
      socket.write_some(asio::buffer(line), ignored);
      return;
    }
    const auto peer =
        std::make_shared<console_peer>(std::move(socket),
                                       system,
                                       console,
                                       options,
                                       [weak = weak_from_this()](console_peer* gone) {
                                         if (const auto self = weak.lock())
                                           self->forget(gone);
                                       });
    peers.emplace(peer.get(), peer);
    count = peers.size();
    peer->start();
  }

  void forget(console_peer* gone) {
    peers.erase(gone);
    count = peers.size();
  }

  void close_all() {
    stopping = true;
    error_code ignored;
    acceptor.close(ignored);
    retry.cancel(ignored);
    const auto all = peers;
    for (const auto& [key, peer] : all)
      peer->close("the node stops");
    guard.reset();
  }

  caf::actor_system& system;
  const console_options console;
  const console_server_options options;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard{io.get_executor()};
  tcp::acceptor acceptor{io};
  asio::steady_timer retry{io};
  std::map<console_peer*, std::shared_ptr<console_peer>> peers;
  std::atomic<std::size_t> count{0};
  bool stopping = false;
  std::uint16_t port = 0;
  std::thread thread;
};

console_server::console_server(caf::actor_system& sys,
                               console_options console,
                               console_server_options options)
    : impl_{std::make_shared<impl>(sys, std::move(console), std::move(options))} {}

console_server::~console_server() {
  stop();
}

caf::error console_server::start() {
  if (auto failure = impl_->listen())
    return failure;
  impl_->accept();
  impl_->thread = std::thread{[io = &impl_->io] { io->run(); }};
  spdlog::info("console: listening host={} port={}", impl_->options.host, impl_->port);
  return {};
}

void console_server::stop() {
  if (!impl_->thread.joinable())
    return;
  asio::post(impl_->io, [self = impl_] { self->close_all(); });
  impl_->thread.join();
}

std::uint16_t console_server::port() const {
  return impl_->port;
}

std::size_t console_server::sessions() const {
  return impl_->count;
}

} // namespace caly
