#pragma once

#include "actors/api/call.hpp"
#include "actors/api/dial_store.hpp"
#include "net/http/bridge.hpp"
#include "net/http/router.hpp"
#include "net/media/media_server.hpp"
#include "net/providers/browser/carrier.hpp"
#include "net/webhooks/media_tickets.hpp"
#include "runtime/base/clock.hpp"

#include <chrono>
#include <string>

namespace caly {

struct test_call_parts {
  actor_gateways& gateways;
  media_server& media;
  media_tickets& tickets;
  dial_store_actor store;
  calls_actor calls;
  browser::line_keeper_actor keeper;
  std::string public_url;
  std::string node; ///< this one
  std::int32_t max_call_s = 600;
  std::int64_t price_per_minute_micros = 0;
  std::chrono::milliseconds timeout{8'000};
  wall_clock clock;
};

/// Calls from a browser to an agent, to try it. One is opened as if it rang in, with its
/// row, its line and its credit hold, and answered with the address of its socket
/// `/phone-ws/browser/:session`, good for one browser and a minute.
class test_calls {
public:
  explicit test_calls(test_call_parts parts) : parts_{std::move(parts)} {}

  /// The sockets' route, which outlives neither this nor the parts.
  void add_to(router& routes);

  /// Answers `POST /api/agents/:id/test-calls`. Sent again under the same idempotency
  /// key, it finds the call that there is.
  void open(const request_ptr& request);

private:
  void choose(const request_ptr& request, const media_pass& pass);
  void answer(const request_ptr& request, media_pass pass, const voice_choice& voice);
  /// Refuses the request and lets go of the call that was opened for it.
  void drop(const request_ptr& request, const media_pass& pass, const caf::error& why);
  void join(websocket_upgrade upgrade);

  test_call_parts parts_;
};

} // namespace caly
