#pragma once

#include "actors/api/call.hpp"
#include "actors/api/call_store.hpp"
#include "actors/api/insight.hpp"
#include "net/http/bridge.hpp"
#include "net/http/router.hpp"
#include "net/providers/bolna/carrier.hpp"
#include "net/providers/bolna/codec.hpp"
#include "runtime/base/clock.hpp"

namespace caly {

struct bolna_webhook_parts {
  actor_gateways& gateways;
  dial_store_actor store;
  call_store_actor rows;
  calls_actor calls;
  carrier_actor carrier;
  insight_actor insight;
  http_requests_actor http;
  bolna::carrier_options account;
  std::string secret; ///< the path's last segment; empty: nobody is let in
  std::vector<std::string> addresses; ///< who may call; empty: whoever knows the path
  std::size_t body_bytes_max = 512 << 10;
  std::chrono::milliseconds timeout{8'000};
  wall_clock clock;
};

/// What Bolna calls back: one request a change of status, unsigned. The path is a secret,
/// and what ends a call is not believed but fetched again from the API. A call ends when
/// they hang up, as soon as the length of the talk is known; its words come minutes
/// later. Answered with success only after it is committed.
class bolna_webhooks {
public:
  explicit bolna_webhooks(bolna_webhook_parts parts) : parts_{std::move(parts)} {}

  void add_to(router& routes);

private:
  void receive(const request_ptr& request);
  void fetch(const request_ptr& request, const std::string& id);
  void hung_up(const request_ptr& request, const bolna::execution& what);
  void record(const request_ptr& request, const bolna::execution& what);
  void save_transcript(const request_ptr& request,
                       const bolna::execution& what,
                       progress_effect effect);

  bolna_webhook_parts parts_;
};

} // namespace caly
