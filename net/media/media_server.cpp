#include "net/media/media_server.hpp"

#include "net/http/router.hpp"
#include "net/media/media_lane.hpp"
#include "net/media/media_session.hpp"
#include "net/media/relay_session.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace caly {

media_server::media_server(caf::actor_system& sys,
                           media_options options,
                           media_ports ports,
                           media_tickets& tickets,
                           wall_clock clock)
    : sys_{sys},
      options_{options},
      ports_{std::move(ports)},
      tickets_{tickets},
      clock_{std::move(clock)} {
  for (int i = 0; i < std::max(1, options_.threads); ++i) {
    lanes_.push_back(std::make_shared<media_lane>(options_));
    lanes_.back()->start();
  }
}

media_server::~media_server() {
  stop();
}

void media_server::add_to(router& routes) {
  for (const auto& each : ports_.entrances)
    routes.websocket(
        each.path, route_policy::webhook, [this, &each](websocket_upgrade upgrade) {
          accept(std::move(upgrade), each.make_wire);
        });
  for (const auto& each : ports_.relays)
    routes.websocket(
        each.path, route_policy::webhook, [this, &each](websocket_upgrade upgrade) {
          accept_relay(std::move(upgrade), each);
        });
}

std::optional<media_pass> media_server::redeem(const websocket_upgrade& upgrade) {
  const auto pass =
      tickets_.redeem(upgrade.param("session"), to_unix_ms(clock_()) / 1000);
  if (!pass)
    spdlog::warn("media: refused a socket without a valid ticket remote={}",
                 upgrade.remote_ip);
  return pass;
}

void media_server::accept(websocket_upgrade upgrade,
                          const carrier_wire_maker& make_wire) {
  const auto pass = redeem(upgrade);
  if (!pass)
    return refuse_upgrade(std::move(upgrade), 403, "The ticket is not valid.");
  auto ticket = upgrade.param("session");
  adopt(std::move(upgrade), make_wire, *pass, std::move(ticket));
}

void media_server::accept_relay(websocket_upgrade upgrade,
                                const relay_entrance& entrance) {
  if (!entrance.is_genuine(upgrade)) {
    spdlog::warn("relay: refused a socket that its carrier did not sign remote={}",
                 upgrade.remote_ip);
    return refuse_upgrade(std::move(upgrade), 403, "The signature is not valid.");
  }
  const auto pass = redeem(upgrade);
  if (!pass || pass->brain != brain_kind::relay)
    return refuse_upgrade(std::move(upgrade), 403, "The ticket is not valid.");
  move(std::move(upgrade),
       [this, pass](const std::shared_ptr<media_lane>& lane, std::shared_ptr<void> slot) {
         return std::make_shared<relay_session>(
             sys_, lane, ports_.calls, *pass, std::move(slot));
       });
}

void media_server::adopt(websocket_upgrade upgrade,
                         const carrier_wire_maker& make_wire,
                         const media_pass& pass,
                         std::string ticket) {
  move(std::move(upgrade),
       [&](const std::shared_ptr<media_lane>& lane, std::shared_ptr<void> slot) {
         return std::make_shared<media_session>(
             sys_, lane, ports_, make_wire(), pass, std::move(ticket), std::move(slot));
       });
}

void media_server::move(websocket_upgrade upgrade, const session_maker& make) {
  const auto& lane =
      *std::min_element(lanes_.begin(), lanes_.end(), [](const auto& a, const auto& b) {
        return a->calls() < b->calls();
      });
  if (lane->calls() >= options_.calls_max)
    return refuse_upgrade(std::move(upgrade), 503, "No more calls on this node.");
  boost::system::error_code ec;
  auto old = upgrade.stream.release_socket();
  old.set_option(boost::asio::ip::tcp::no_delay(true), ec);
  const auto protocol = old.local_endpoint(ec).protocol();
  const auto handle = old.release(ec);
  if (ec) {
    spdlog::warn("media: socket lost on its way reason={}", ec.message());
    return;
  }
  const auto session = make(lane, std::move(upgrade.slot));
  const auto request =
      std::make_shared<decltype(upgrade.request)>(std::move(upgrade.request));
  boost::asio::post(lane->io, [lane, session, request, protocol, handle] {
    boost::system::error_code failure;
    media_socket socket{lane->io};
    socket.assign(protocol, handle, failure);
    if (failure) {
      ::close(handle);
      return;
    }
    lane->add(session);
    session->open(std::move(socket), *request);
  });
}

std::size_t media_server::calls() const {
  std::size_t sum = 0;
  for (const auto& lane : lanes_)
    sum += lane->calls();
  return sum;
}

void media_server::stop() {
  for (const auto& lane : lanes_)
    lane->stop();
}

} // namespace caly
