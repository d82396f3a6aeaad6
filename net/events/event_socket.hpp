#pragma once

#include "net/auth/ws_tickets.hpp"
#include "net/events/call_ear.hpp"
#include "net/events/event_hub.hpp"
#include "net/http/websocket.hpp"

#include <string>
#include <vector>

namespace caly {

struct event_socket_options {
  /// Browser origins besides the node's own address.
  std::vector<std::string> allowed_origins;
  std::chrono::seconds handshake_timeout{5};
  std::chrono::seconds idle_timeout{30};
  /// For operators who hear live calls; empty: nobody does.
  call_ear_maker listen{};
};

/// Takes `GET /ws?ticket=…[&after=seq]`: checks the origin and the ticket and then pushes
/// the tenant's events. Operators may listen to a live call, and speak in one whose word
/// they have (`socket_wish`): its audio comes as `call:audio` events without a `seq`, and
/// `call:unheard` tells why there is none.
void open_event_socket(websocket_upgrade upgrade,
                       event_hub& hub,
                       ws_tickets& tickets,
                       const wall_clock& clock,
                       const event_socket_options& options);

/// Whether a page of `origin` may open a socket to `host`. No origin: not a browser.
bool is_allowed_origin(std::string_view origin,
                       std::string_view host,
                       const std::vector<std::string>& allowed);

} // namespace caly
