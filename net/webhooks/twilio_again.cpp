#include "actors/model/agent_profile.hpp"
#include "net/http/answers.hpp"
#include "net/providers/twilio/codec.hpp"
#include "net/webhooks/twilio.hpp"
#include "net/webhooks/twiml_answer.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

/// A call whose line broke so often is ended: its first socket and three more.
constexpr std::int64_t sessions_max = 4;

const by_language& line_is_bad() {
  static const by_language texts{{"en", "Sorry, the line is too bad to go on. Goodbye."},
                                 {"hi", "माफ़ कीजिए, लाइन बहुत ख़राब है। नमस्ते।"},
                                 {"hinglish", "Sorry, line bahut kharab hai. Namaste."}};
  return texts;
}

/// The carrier has no relay for this account, with these attributes or to this address:
/// another try would end the same way.
bool cannot_relay(const twilio::form_fields& fields) {
  const auto code = twilio::field(fields, "ErrorCode");
  return twilio::field(fields, "SessionStatus") == "failed" &&
         (code == "64101" || code == "64102" || code == "64106");
}

} // namespace

// The request comes to any node, and what the rows say decides: the node that held the
// call may be dead, or may only have ended its talk.
void twilio_webhooks::again(const request_ptr& request) {
  auto checked = verify(request);
  if (!checked)
    return;
  if (!checked->about)
    return request->respond(problem(
        request->correlation_id, 400, "bad_callback", "The callback names no call."));
  const auto pass = *checked->about;
  auto possible = parts_.dialect.connectable;
  if (cannot_relay(checked->fields))
    possible.erase(brain_kind::relay);
  hand_over_or(request, pass, [this, request, pass, possible = std::move(possible)] {
    reconnect(request, pass, possible);
  });
}

void twilio_webhooks::reconnect(const request_ptr& request,
                                const media_pass& pass,
                                std::set<brain_kind> possible) {
  choose(request,
         pass,
         std::move(possible),
         [this, request, pass](const call_actor& call, const voice_choice& voice) {
           // Each turn of such a talk is a request of its own: no line can break.
           if (voice.brain == brain_kind::gather)
             return open_gather(request, pass, call);
           ask_record({pass.tenant, "calls.talk", {pass.call.str()}, 0},
                      request,
                      [this, request, pass, voice](const json& row) {
                        connect_again(request, pass, row, voice);
                      });
         });
}

void twilio_webhooks::connect_again(const request_ptr& request,
                                    const media_pass& pass,
                                    const json& talk,
                                    const voice_choice& voice) {
  if (!talk["live"].bool_or(false))
    return request->respond(twiml(twilio::say_and_hang_up("")));
  const auto sessions = talk["sessions"].int_or(0);
  if (sessions < sessions_max) {
    spdlog::info("twilio: connecting again call={} sessions={} correlation_id={}",
                 pass.call.str(),
                 sessions,
                 request->correlation_id);
    return open_socket(request, pass, voice);
  }
  spdlog::warn("twilio: gave a line up that broke too often call={} sessions={} "
               "correlation_id={}",
               pass.call.str(),
               sessions,
               request->correlation_id);
  const std::string language{talk["language"].text_or("en")};
  ask_record({pass.tenant, "calls.end_reason", {pass.call.str(), "line_broke"}, 0},
             request,
             [request, language](const json&) {
               request->respond(twiml(twilio::say_and_hang_up(
                   in_language(line_is_bad(), language), language)));
             });
}

} // namespace caly
