#pragma once

#include "actors/api/call.hpp"
#include "actors/api/carrier.hpp"
#include "actors/api/records.hpp"
#include "net/http/bridge.hpp"
#include "net/http/router.hpp"
#include "net/providers/twilio/signature.hpp"
#include "net/webhooks/media_tickets.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/json.hpp"

namespace caly {

struct twilio_webhook_parts {
  actor_gateways& gateways;
  dial_store_actor store;
  records_actor records;
  calls_actor calls;
  carrier_actor carrier;
  media_tickets& tickets;
  std::string auth_token;
  std::string public_url; ///< the base that Twilio was told, without a slash at the end
  std::size_t body_bytes_max = 512 << 10;
  std::int32_t max_call_s = 600;
  std::chrono::milliseconds timeout{8'000};
  wall_clock clock;
};

/// What Twilio calls back: voice URLs, status and answering-machine callbacks. Every one
/// is verified by its signature over the public URL before anything else is looked at,
/// and answered with success only after what it says is committed.
class twilio_webhooks {
public:
  explicit twilio_webhooks(twilio_webhook_parts parts) : parts_{std::move(parts)} {}

  void add_to(router& routes);

private:
  /// The call a callback URL names. Answers 403/404 itself and returns nothing otherwise.
  struct verified {
    twilio::form_fields fields;
    std::optional<media_pass> about;
  };

  std::optional<verified> verify(const request_ptr& request);

  void voice(const request_ptr& request);
  void inbound(const request_ptr& request, const twilio::form_fields& fields);
  void open_inbound(const request_ptr& request,
                    const twilio::form_fields& fields,
                    const json& number);
  /// The call and how its agent is to be connected. Failures are answered.
  void choose(const request_ptr& request,
              const media_pass& pass,
              std::function<void(const call_actor&, const voice_choice&)> then);
  void connect(const request_ptr& request, const media_pass& pass);
  void
  open_gather(const request_ptr& request, const media_pass& pass, const call_actor& call);
  void open_socket(const request_ptr& request,
                   const media_pass& pass,
                   const voice_choice& voice);
  /// A media stream is over, or a request of ours failed: what now?
  void again(const request_ptr& request);
  void connect_again(const request_ptr& request,
                     const media_pass& pass,
                     const json& talk,
                     const voice_choice& voice);
  void gather(const request_ptr& request);
  /// Failures are answered.
  void find(const request_ptr& request,
            const media_pass& pass,
            std::function<void(const call_actor&)> then);
  template <class Message>
  void talk(const request_ptr& request,
            const media_pass& pass,
            const call_actor& call,
            Message message);
  void status(const request_ptr& request);
  void refuse_status(const request_ptr& request);
  void record_status(const request_ptr& request,
                     const media_pass& about,
                     const twilio::form_fields& fields);
  void inbound_status(const request_ptr& request, const twilio::form_fields& fields);
  void find_inbound(const request_ptr& request,
                    const twilio::form_fields& fields,
                    const tenant_id& tenant);
  /// Failures are answered; `then` gets null for what is not there.
  void ask_record(run_record ask,
                  const request_ptr& request,
                  std::function<void(const json&)> then);
  void machine_detection(const request_ptr& request);
  void record(const request_ptr& request, record_progress event);
  void tell_call(const request_ptr& request,
                 const media_pass& about,
                 const call_progressed& hint);

  twilio_webhook_parts parts_;
};

} // namespace caly
