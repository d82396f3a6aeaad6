#pragma once

#include "actors/api/call.hpp"
#include "actors/api/carrier.hpp"
#include "actors/api/records.hpp"
#include "net/http/bridge.hpp"
#include "net/http/router.hpp"
#include "net/providers/twilio/codec.hpp"
#include "net/providers/twilio/signature.hpp"
#include "net/webhooks/media_tickets.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/json.hpp"

#include <map>
#include <set>

namespace caly {

/// What differs between the carriers that are led by documents in TwiML.
struct twiml_dialect {
  std::string provider = "twilio"; ///< as numbers and calls name it
  std::string path = "/twiml";     ///< of its callbacks
  std::set<brain_kind> connectable{
      brain_kind::realtime, brain_kind::cascade, brain_kind::relay, brain_kind::gather};
  std::string relay_path = "/phone-ws/convrelay/";
  twilio::element_attributes relay_attributes{}; ///< of `<ConversationRelay>`
  /// What it calls the agent's languages (en, hi, hinglish) in a relay.
  std::map<std::string, std::string> language_codes{};
  /// A status callback without our ids is of an inbound call, though it does not say so.
  bool inbound_unsaid = false;
  bool records = true; ///< It tells how the recordings stand that we ask it for.
  /// Whether the carrier itself sent a callback; empty: by X-Twilio-Signature.
  std::function<bool(const http_request&)> is_genuine{};
};

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
  std::string node{}; ///< this one, as the rows know it
  twiml_dialect dialect{};
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
              std::set<brain_kind> possible,
              std::function<void(const call_actor&, const voice_choice&)> then);
  void connect(const request_ptr& request, const media_pass& pass);
  void
  open_gather(const request_ptr& request, const media_pass& pass, const call_actor& call);
  void open_socket(const request_ptr& request,
                   const media_pass& pass,
                   const voice_choice& voice);
  std::string next_url(const media_pass& pass) const;
  /// A media stream is over, or a request of ours failed: what now?
  void again(const request_ptr& request);
  void connect_again(const request_ptr& request,
                     const media_pass& pass,
                     const json& talk,
                     const voice_choice& voice);
  void reconnect(const request_ptr& request,
                 const media_pass& pass,
                 std::set<brain_kind> possible);
  void gather(const request_ptr& request);

  // -- calls that are handed over to people

  struct transfer_request {
    twilio::form_fields fields;
    media_pass pass;
    std::int32_t number = 0;
  };

  /// Failures are answered.
  std::optional<transfer_request> read_transfer(const request_ptr& request);
  /// `then` gets the state after the step.
  void step_transfer(const request_ptr& request,
                     const transfer_request& of,
                     const std::string& state,
                     std::function<void(const std::string&)> then,
                     const record_argument& talked_s = std::nullopt);
  std::string
  transfer_url(const char* path, const media_pass& pass, std::int32_t number) const;
  void hand_over_or(const request_ptr& request,
                    const media_pass& pass,
                    std::function<void()> otherwise);
  void
  hand_over(const request_ptr& request, const media_pass& pass, const json& transfer);
  void transferred(const request_ptr& request);
  void leg(const request_ptr& request);
  void leg_answer(const request_ptr& request);
  void leg_status(const request_ptr& request);
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
  /// How a recording stands that we asked for.
  void recording(const request_ptr& request);
  void machine_detection(const request_ptr& request);
  void record(const request_ptr& request, record_progress event);
  void tell_call(const request_ptr& request,
                 const media_pass& about,
                 const call_progressed& hint);

  twilio_webhook_parts parts_;
};

} // namespace caly
