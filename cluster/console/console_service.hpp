#pragma once

#include "cluster/console/console_server.hpp"
#include "cluster/console/sources.hpp"
#include "config/settings.hpp"
#include "net/http/bridge.hpp"
#include "net/http/router.hpp"

#include <memory>
#include <string>

namespace caly {

/// What the console of a node is made of.
struct console_parts {
  caf::actor_system& system;
  std::string node;
  std::string version;
  console_settings listen;
  records_actor records;
  region_actor region;
  calls_actor calls;
  wall_clock clock;
  std::function<void(bool on)> drain;
  std::vector<std::string> folders; ///< whose disks are watched
};

/// The console of a node: its commands and alarms, its door for other nodes, its socket
/// and its HTTP route.
class console_service {
public:
  explicit console_service(const console_parts& parts);
  ~console_service();

  console_service(const console_service&) = delete;
  console_service& operator=(const console_service&) = delete;

  /// Opens the socket, unless there is no token. Errors: `unavailable` (the port is
  /// taken).
  caf::error start();

  void stop();

  /// For the peers: a `console_actor`.
  const caf::actor& door() const { return door_; }

  /// Adds `POST /admin/console`, unless there is no token.
  void add_to(router& routes, actor_gateways& gateways) const;

  /// The port that is open; 0: none.
  std::uint16_t port() const;

  /// From then on lines reach the other nodes.
  void linked(const links_actor& links);

  /// The newest view of the cluster. From any thread.
  void saw(const node_identity& self, const cluster_view& view);

private:
  /// Sessions that end later than this still hold it.
  std::shared_ptr<actor_gateways> gateways_;
  const console_settings listen_;
  console_desk_actor desk_;
  alarm_watch_actor alarms_;
  caf::actor door_;
  std::unique_ptr<console_server> server_; ///< null without a token
};

} // namespace caly
