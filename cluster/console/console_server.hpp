#pragma once

#include "runtime/console/session.hpp"

#include <caf/actor_system.hpp>
#include <caf/error.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace caly {

struct console_server_options {
  std::string host = "127.0.0.1";
  int port = 0; ///< 0 takes a free one
  /// What the first line of a client must be, with the user's name behind a space.
  std::string token;
  std::size_t sessions_max = 16;
  /// What users may elevate to.
  console_level level_max = console_level::break_glass;
  /// Within so long a client must have shown the token.
  std::chrono::milliseconds sign_in_timeout{5'000};
  std::size_t line_bytes_max = 16 * 1024;
  /// A client that does not read more than this is cut off.
  std::size_t out_bytes_max = 8 << 20;
  /// Lines of one client; it is cut off beyond them.
  std::size_t lines_per_second_max = 50;
};

/// The console's socket: `TOKEN [user]` first, then the protocol of `runtime/console`,
/// one JSON object a line. A wrong token is answered with one error line. Runs on one
/// thread of its own; every client has a session actor.
class console_server {
public:
  console_server(caf::actor_system& sys,
                 console_options console,
                 console_server_options options);
  ~console_server();

  console_server(const console_server&) = delete;
  console_server& operator=(const console_server&) = delete;

  /// Errors: `invalid` (no token, no such address), `unavailable` (the port is taken).
  caf::error start();

  /// Cuts all clients off and waits for the thread.
  void stop();

  std::uint16_t port() const;

  std::size_t sessions() const;

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace caly
