#pragma once

#include "net/http/websocket.hpp"
#include "net/media/media_options.hpp"
#include "net/webhooks/media_tickets.hpp"
#include "runtime/base/clock.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace caly {

class lane_session;
class media_lane;
class router;

/// Takes the carriers' media sockets and runs them on threads of its own.
class media_server {
public:
  /// `tickets` outlives the server.
  media_server(caf::actor_system& sys,
               media_options options,
               media_ports ports,
               media_tickets& tickets,
               wall_clock clock);
  ~media_server();

  media_server(const media_server&) = delete;
  media_server& operator=(const media_server&) = delete;

  /// The entrances and relays of `ports`.
  void add_to(router& routes);

  /// Takes an upgrade whose ticket is still to be checked; refuses it with 403, or with
  /// 503 when every thread is full.
  void accept(websocket_upgrade upgrade, const carrier_wire_maker& make_wire);

  /// Takes an upgrade for a call that is known already.
  void adopt(websocket_upgrade upgrade,
             const carrier_wire_maker& make_wire,
             const media_pass& pass,
             std::string ticket);

  /// Takes an upgrade of a carrier that listens and speaks itself; refuses it with 403
  /// when it is not genuine or its ticket is not for that, or with 503.
  void accept_relay(websocket_upgrade upgrade, const relay_entrance& entrance);

  /// Calls whose sockets run here.
  std::size_t calls() const;

  /// Ends all calls and the threads. Calling it again does nothing.
  void stop();

private:
  /// Makes the session that runs on the lane and keeps the slot.
  using session_maker = std::function<std::shared_ptr<lane_session>(
      const std::shared_ptr<media_lane>&, std::shared_ptr<void> slot)>;

  std::optional<media_pass> redeem(const websocket_upgrade& upgrade);
  /// Moves the socket from the HTTP thread to the emptiest media thread.
  void move(websocket_upgrade upgrade, const session_maker& make);

  caf::actor_system& sys_;
  media_options options_;
  media_ports ports_;
  media_tickets& tickets_;
  wall_clock clock_;
  std::vector<std::shared_ptr<media_lane>> lanes_;
};

} // namespace caly
