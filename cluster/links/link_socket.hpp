#pragma once

#include <caf/actor_system.hpp>
#include <caf/io/doorman.hpp>
#include <caf/io/scribe.hpp>

#include <cstddef>
#include <string>

namespace caly {

/// What a link may cost this node, whatever the other side sends or does not read.
struct link_bounds {
  std::size_t message_bytes_max = 256 << 10;
  std::size_t unsent_bytes_max = 8 << 20;
  std::size_t connections_max = 256; ///< that came in
};

/// The sockets that CAF's BASP broker works on, guarded: BASP trusts the length in a
/// header with its memory, and a handshake without a body with its life. Who sends one,
/// or does not read what is sent to it, loses its connection.
///
/// With `tls` both sides show a certificate of the cluster's own authority (the node's
/// openssl settings). CAF's own TLS sockets are not used: they never clear OpenSSL's
/// queue of errors, so that one broken handshake breaks every other connection of the
/// thread.

/// Takes over a connected, non-blocking socket.
caf::io::scribe_ptr
make_link_socket(caf::actor_system& sys, int fd, bool tls, const link_bounds& bounds);

/// Listens at an IPv4 address; `port` 0 takes a free one. Null with `why` set when that
/// fails.
caf::io::doorman_ptr make_link_doorman(caf::actor_system& sys,
                                       const std::string& host,
                                       std::uint16_t port,
                                       bool tls,
                                       const link_bounds& bounds,
                                       std::string& why);

} // namespace caly
