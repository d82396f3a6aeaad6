#pragma once

#include "net/http/bridge.hpp"
#include "net/http/router.hpp"

#include <caf/actor.hpp>

#include <cstddef>
#include <string>

namespace caly {

struct console_http_options {
  std::string token; ///< as for the console's socket
  /// Only clients on this machine are served, as by a socket that is bound to it.
  bool loopback_only = true;
  std::size_t body_bytes_max = 16 * 1024;
  std::size_t requests_per_second_max = 50; ///< of all clients together
};

/// Adds `POST /admin/console`: one request of the console's protocol as the body, its
/// last answer as the response. `Authorization: Bearer TOKEN` lets in. The body may also
/// hold `user`, and `level` with a `reason` of at least three letters for commands that
/// do more than look; every such command is in the audit first, as on the socket.
///
/// 401: no token or a wrong one. 403: from elsewhere, or the command needs a level. The
/// other statuses follow the error's code. A command that takes longer than 9 s answers
/// 503; what it does goes on. `door` is a `console_actor`.
void add_console_route(router& routes,
                       actor_gateways& gateways,
                       const caf::actor& door,
                       console_http_options options);

/// Whether an address is of this machine only; false for a text that is no address.
bool is_loopback(const std::string& address);

} // namespace caly
