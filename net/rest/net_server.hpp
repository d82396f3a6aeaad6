#pragma once

#include "net/rest/api.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace caly {

struct net_options {
  settings config;
  wall_clock clock = system_wall_clock();
  /// JSON array of the agent profiles that a new tenant starts with.
  std::string sector_agents = "[]";
  /// Whether the node can serve; writes a JSON object about it.
  std::function<bool(std::string& detail)> ready;
  /// See `api_parts`.
  std::function<std::string(
      const std::string& place, const std::string& key, std::uint64_t bytes)>
      recording_url;
  /// Lets operators hear live calls; empty: nobody does.
  call_ear_maker listen;
  /// Opens a call from a browser to the agent of the path; answers the request itself.
  request_handler open_test_call{};
  std::string media_origin; ///< from where pages may play audio, beside our own address
  /// Routes of other folders: webhooks, media sockets.
  std::vector<std::function<void(router&, actor_gateways&)>> more_routes;
  /// Threads of the CAF side of the bridge are few actors; see `actor_gateways`.
  std::size_t gateways = 4;
};

/// Everything of a node that speaks HTTP: the listener, sign-in, the REST API, live
/// events and the dashboard's files.
class net_server {
public:
  /// `events` outlives the server. Throws `std::invalid_argument` when the secret for
  /// tokens is too short.
  net_server(caf::actor_system& sys,
             event_hub& events,
             api_actors actors,
             net_options options);
  ~net_server();

  net_server(const net_server&) = delete;
  net_server& operator=(const net_server&) = delete;

  /// Errors: `errc::unavailable` when the port cannot be listened on.
  caf::error start();
  std::uint16_t port() const noexcept;

  /// Stops accepting, lets running requests end, closes everything. Call it before the
  /// actors end.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds{5});

  const router& routes() const noexcept;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace caly
