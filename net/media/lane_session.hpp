#pragma once

#include "net/media/ws_link.hpp"

#include <chrono>
#include <string>

namespace caly {

/// One carrier's socket on a media thread. Its thread alone calls it.
class lane_session {
public:
  virtual ~lane_session() = default;

  /// Takes the carrier's socket and answers its upgrade.
  virtual void
  open(media_socket socket,
       const boost::beast::http::request<boost::beast::http::string_body>& request) = 0;
  /// Four times a second.
  virtual void tick(std::chrono::steady_clock::time_point now) = 0;

  /// Sends audio that is due. False: none waits.
  virtual bool pace() { return false; }

  /// Ends what the socket is for; once.
  virtual void end(std::string reason) = 0;
};

} // namespace caly
