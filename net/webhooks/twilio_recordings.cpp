#include "net/http/answers.hpp"
#include "net/providers/twilio/codec.hpp"
#include "net/webhooks/twilio.hpp"
#include "net/webhooks/twiml_answer.hpp"

namespace caly {

// It may come twice, late, or about a recording that was begun by mistake: the row
// decides.
void twilio_webhooks::recording(const request_ptr& request) {
  auto checked = verify(request);
  if (!checked)
    return;
  const auto id = twilio::field(checked->fields, "RecordingSid");
  const auto status =
      twilio::recording_status(twilio::field(checked->fields, "RecordingStatus"));
  if (!checked->about || id.empty() || id.size() > 64 || !status)
    return request->respond(
        problem(request->correlation_id,
                400,
                "bad_callback",
                "The callback names no call, no recording or no known status."));
  ask_record({checked->about->tenant,
              "recordings.carrier_told",
              {checked->about->call.str(),
               std::string{id},
               *status,
               parts_.node,
               to_rfc3339(parts_.clock())},
              0},
             request,
             [request](const json&) { request->respond(no_content()); });
}

} // namespace caly
