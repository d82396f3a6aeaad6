#pragma once

#include "cluster/console/console_service.hpp"
#include "cluster/node/recordings.hpp"
#include "cluster/node/services.hpp"
#include "net/media/media_server.hpp"
#include "net/rest/net_server.hpp"
#include "net/webhooks/bolna.hpp"
#include "net/webhooks/exotel.hpp"
#include "net/webhooks/test_calls.hpp"
#include "net/webhooks/twilio.hpp"

#include <functional>
#include <memory>
#include <string>

namespace caly {

/// What a front serves; all of it outlives the front.
struct front_parts {
  caf::actor_system& system;
  const settings& chosen;
  services& actors;
  event_hub& events;
  console_service& console;
  wall_clock clock;
  std::string public_url;
  std::string sector_agents; ///< JSON array
  /// Whether the node may get requests; writes what it does into the detail, JSON.
  std::function<bool(std::string& detail)> ready;
};

/// Where the world outside meets a node: the HTTP server with REST, the carriers'
/// callbacks, the console's page, and the media sockets.
class front {
public:
  explicit front(front_parts parts);

  /// Errors: the address cannot be bound.
  caf::error start();

  /// Ends the sockets; calls are told to come back.
  void stop();

private:
  void add_callbacks(router& routes, actor_gateways& gateways);

  front_parts parts_;
  media_tickets passes_;
  std::unique_ptr<recording::tape_deck> deck_;
  recording_files files_;
  media_server media_;
  std::unique_ptr<twilio_webhooks> twilio_callbacks_;
  std::unique_ptr<twilio_webhooks> telnyx_callbacks_;
  std::unique_ptr<bolna_webhooks> bolna_callbacks_;
  std::unique_ptr<exotel_webhooks> exotel_callbacks_;
  std::unique_ptr<test_calls> test_calls_;
  std::unique_ptr<net_server> server_;
};

} // namespace caly
