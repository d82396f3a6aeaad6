#include "net/http/server.hpp"

#include "net/http/lane.hpp"
#include "net/http/session.hpp"
#include "runtime/base/error.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <future>
#include <vector>

namespace caly {

namespace asio = boost::asio;
using asio::ip::tcp;

struct http_server::impl : std::enable_shared_from_this<impl> {
  impl(const router& all_routes, http_server_options given)
      : routes{all_routes},
        options{std::make_shared<const http_server_options>(std::move(given))},
        book{std::make_shared<connection_book>(
            static_cast<std::size_t>(options->net.connections_max),
            static_cast<std::size_t>(options->net.connections_per_ip_max))} {
    const auto count = std::max(1, options->net.io_threads);
    for (int i = 0; i < count; ++i)
      lanes.push_back(std::make_shared<http_lane>(options, routes, counters));
    acceptor = std::make_unique<tcp::acceptor>(lanes.front()->io);
  }

  caf::error listen() {
    boost::system::error_code ec;
    std::filesystem::create_directories(lanes.front()->spool_dir, ec);
    remove_old_uploads();
    const auto address = asio::ip::make_address(options->net.host, ec);
    if (ec)
      return caf::make_error(errc::invalid, "net.host is not an address");
    const tcp::endpoint end{address, static_cast<std::uint16_t>(options->net.port)};
    acceptor->open(end.protocol(), ec);
    if (!ec)
      acceptor->set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec)
      acceptor->bind(end, ec);
    if (!ec)
      acceptor->listen(asio::socket_base::max_listen_connections, ec);
    if (ec)
      return caf::make_error(errc::unavailable,
                             "cannot listen on " + options->net.host + ":" +
                                 std::to_string(options->net.port) + ": " + ec.message());
    port = acceptor->local_endpoint().port();
    return caf::none;
  }

  /// What a process that was killed left behind.
  void remove_old_uploads() const {
    namespace fs = std::filesystem;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(lanes.front()->spool_dir, ec))
      if (entry.path().extension() == ".upload" &&
          fs::file_time_type::clock::now() - entry.last_write_time(ec) >
              std::chrono::hours{1})
        fs::remove(entry.path(), ec);
  }

  /// Runs on the first lane; each connection goes to the next lane in turn.
  void accept() {
    const auto lane = lanes[next++ % lanes.size()];
    acceptor->async_accept(
        lane->io.get_executor(),
        [this, lane, keep = weak_from_this()](boost::system::error_code ec,
                                              http_session::socket_type socket) {
          const auto self = keep.lock();
          if (!self || ec == asio::error::operation_aborted)
            return;
          if (ec)
            return back_off(ec);
          admit(lane, std::move(socket));
          accept();
        });
  }

  /// No file descriptors left: accepting at once again would only burn the processor.
  void back_off(boost::system::error_code ec) {
    spdlog::warn("http: cannot accept error={}", ec.message());
    retry = std::make_unique<asio::steady_timer>(lanes.front()->io);
    retry->expires_after(std::chrono::milliseconds{100});
    retry->async_wait([this, keep = weak_from_this()](boost::system::error_code stopped) {
      if (keep.lock() && !stopped)
        accept();
    });
  }

  void admit(const std::shared_ptr<http_lane>& lane, http_session::socket_type socket) {
    boost::system::error_code ec;
    const auto end = socket.remote_endpoint(ec);
    if (ec)
      return;
    auto peer = end.address();
    if (peer.is_v6() && peer.to_v6().is_v4_mapped())
      peer = asio::ip::make_address_v4(asio::ip::v4_mapped, peer.to_v6());
    auto text = peer.to_string();
    const auto unlimited = (options->loopback_is_unlimited && peer.is_loopback()) ||
                           lane->trusted.contain(text);
    auto slot = book->take(address_group(text), unlimited);
    if (!slot) {
      counters->refused_connections.fetch_add(1);
      return;
    }
    counters->accepted.fetch_add(1);
    socket.set_option(tcp::no_delay{true}, ec);
    auto session = std::make_shared<http_session>(
        lane, std::move(socket), std::move(text), std::move(slot));
    asio::dispatch(lane->io, [lane, session] { lane->add(session); });
  }

  /// Runs `work` on every lane and waits until all did it.
  template <class Work>
  void on_all_lanes(Work work) {
    std::vector<std::future<void>> done;
    for (const auto& lane : lanes) {
      auto task =
          std::make_shared<std::packaged_task<void()>>([lane, work] { work(*lane); });
      done.push_back(task->get_future());
      asio::post(lane->io, [task] { (*task)(); });
    }
    for (auto& x : done)
      x.wait();
  }

  const router& routes;
  std::shared_ptr<const http_server_options> options;
  std::shared_ptr<http_counters> counters = std::make_shared<http_counters>();
  std::shared_ptr<connection_book> book;
  std::vector<std::shared_ptr<http_lane>> lanes;
  std::unique_ptr<tcp::acceptor> acceptor;
  std::unique_ptr<asio::steady_timer> retry;
  std::size_t next = 0;
  std::uint16_t port = 0;
  bool running = false;
};

http_server::http_server(const router& routes, http_server_options options)
    : impl_{std::make_shared<impl>(routes, std::move(options))} {}

http_server::~http_server() {
  stop(std::chrono::milliseconds{0});
}

caf::error http_server::start() {
  if (auto failure = impl_->listen())
    return failure;
  impl_->running = true;
  impl_->accept();
  for (const auto& lane : impl_->lanes) {
    lane->sweep_regularly();
    lane->thread = std::thread{[io = &lane->io, &prepare = impl_->options->on_thread] {
      const auto guard = asio::make_work_guard(*io);
      const auto held = prepare ? prepare(*io) : nullptr;
      io->run();
    }};
  }
  spdlog::info("http: listening host={} port={}", impl_->options->net.host, impl_->port);
  return caf::none;
}

std::uint16_t http_server::port() const noexcept {
  return impl_->port;
}

void http_server::stop(std::chrono::milliseconds grace) {
  if (!std::exchange(impl_->running, false))
    return;
  impl_->on_all_lanes([this](http_lane& lane) {
    if (&lane == impl_->lanes.front().get()) {
      impl_->acceptor->close();
      impl_->retry.reset();
    }
    lane.drain();
  });
  const auto end = std::chrono::steady_clock::now() + grace;
  while (impl_->counters->open_connections.load() > 0 &&
         std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  impl_->on_all_lanes([](http_lane& lane) { lane.close_all(); });
  for (const auto& lane : impl_->lanes) {
    lane->io.stop();
    lane->thread.join();
    // What was posted meanwhile may hold requests, and those hold the lane.
    lane->io.restart();
    lane->io.poll();
  }
}

void http_server::sweep(std::chrono::steady_clock::time_point now) {
  impl_->on_all_lanes([now](http_lane& lane) { lane.sweep(now); });
}

const http_counters& http_server::counters() const noexcept {
  return *impl_->counters;
}

} // namespace caly
