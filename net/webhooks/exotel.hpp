#pragma once

#include "actors/api/call.hpp"
#include "actors/api/records.hpp"
#include "net/http/bridge.hpp"
#include "net/http/router.hpp"
#include "net/providers/exotel/carrier.hpp"
#include "net/webhooks/media_tickets.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/json.hpp"

namespace caly {

/// Where Exotel is to bring the audio of a call: the media entrance of our public
/// address with a ticket for `brain`, at most 600 characters.
class exotel_streams {
public:
  exotel_streams(const media_tickets& tickets,
                 const std::string& public_url,
                 int rate_hz,
                 brain_kind brain = brain_kind::realtime);

  std::string url(const exotel::call_reference& about, wall_time now) const;

private:
  const media_tickets& tickets_;
  std::string base_;
  std::string query_;
  brain_kind brain_;
};

struct exotel_webhook_parts {
  actor_gateways& gateways;
  dial_store_actor store;
  records_actor records;
  calls_actor calls;
  http_requests_actor http;
  exotel::carrier_options account;
  exotel_streams streams;
  /// Also ends the paths of requests that carry no reference of ours; empty: those are
  /// refused.
  std::string secret;
  std::size_t body_bytes_max = 512 << 10;
  std::int32_t max_call_s = 600;
  std::chrono::milliseconds timeout{8'000};
  wall_clock clock;
};

/// What Exotel asks and tells. Nothing of it is signed: a status callback proves itself
/// by the reference that we gave its call, everything else by a secret at the end of its
/// path, and an end is not believed but fetched again from the API. Answered with success
/// only after it is committed.
class exotel_webhooks {
public:
  explicit exotel_webhooks(exotel_webhook_parts parts) : parts_{std::move(parts)} {}

  void add_to(router& routes);

private:
  bool knows_path(const request_ptr& request) const;

  // -- status callbacks
  void status(const request_ptr& request);
  void find_inbound(const request_ptr& request, const exotel::told_call& told);
  void believe(const request_ptr& request,
               const exotel::call_reference& about,
               const exotel::told_call& told);
  void confirm(const request_ptr& request,
               const exotel::call_reference& about,
               const exotel::told_call& told);
  void record(const request_ptr& request,
              const exotel::call_reference& about,
              const exotel::told_call& told,
              const exotel::told_call& confirmed);
  void drop_ghost(const request_ptr& request, const exotel::call_reference& about);

  // -- flows
  /// A call rang in: where is its audio to go?
  void voicebot(const request_ptr& request);
  void open_inbound(const request_ptr& request,
                    const form_fields& fields,
                    const tenant_id& tenant,
                    const agent_id& agent);
  /// A step of a flow is over: 200 goes on with its first way, 302 with its second, which
  /// is for calls whose talk is to go on.
  void passthru(const request_ptr& request);

  /// Failures are answered; `then` gets null for what is not there.
  void ask_record(run_record ask,
                  const request_ptr& request,
                  std::function<void(const json&)> then);

  exotel_webhook_parts parts_;
};

} // namespace caly
