#include "net/http/answers.hpp"
#include "net/providers/twiml/transfer_documents.hpp"
#include "net/webhooks/twilio.hpp"
#include "net/webhooks/twiml_answer.hpp"

#include <spdlog/spdlog.h>

#include <charconv>

namespace caly {

namespace {

/// How long a person's phone rings for a caller who waits.
constexpr std::int32_t ring_s = 30;

/// From 1 on.
std::optional<std::int32_t> number_of(std::string_view text) {
  std::int32_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc{} || stop != end || number < 1)
    return std::nullopt;
  return number;
}

/// What the end of a leg, or of a `<Dial>`, says of the person; empty: they talked.
std::string trouble_of(std::string_view status) {
  if (status == "busy")
    return "busy";
  if (status == "no-answer")
    return "no_answer";
  if (status == "failed")
    return "failed";
  if (status == "canceled")
    return "canceled";
  return {};
}

/// The seconds that the carrier counted, where it did.
record_argument talked_s(const twilio::form_fields& fields, const char* name) {
  const auto seconds = number_of(twilio::field(fields, name));
  return seconds ? record_argument{std::to_string(*seconds)} : std::nullopt;
}

std::string room_of(const media_pass& pass, std::int32_t number) {
  return pass.call.str() + '-' + std::to_string(number);
}

} // namespace

std::string twilio_webhooks::transfer_url(const char* path,
                                          const media_pass& pass,
                                          std::int32_t number) const {
  return parts_.public_url + parts_.dialect.path + path + "?tenant=" + pass.tenant.str() +
         "&call=" + pass.call.str() + "&transfer=" + std::to_string(number);
}

std::optional<twilio_webhooks::transfer_request>
twilio_webhooks::read_transfer(const request_ptr& request) {
  auto checked = verify(request);
  if (!checked)
    return std::nullopt;
  const auto number = number_of(request->query("transfer").value_or(""));
  if (checked->about && number)
    return transfer_request{std::move(checked->fields), *checked->about, *number};
  request->respond(problem(request->correlation_id,
                           400,
                           "bad_callback",
                           "The callback names no call or no transfer."));
  return std::nullopt;
}

void twilio_webhooks::step_transfer(const request_ptr& request,
                                    const transfer_request& of,
                                    const std::string& state,
                                    std::function<void(const std::string&)> then,
                                    const record_argument& talked) {
  ask_record({of.pass.tenant,
              "transfers.step",
              {of.pass.call.str(),
               std::to_string(of.number),
               state,
               std::nullopt,
               std::nullopt,
               talked},
              0},
             request,
             [then = std::move(then)](const json& row) {
               then(std::string{row["state"].text_or("")});
             });
}

// The caller's leg has nobody to talk to: is it on its way to a person?
void twilio_webhooks::hand_over_or(const request_ptr& request,
                                   const media_pass& pass,
                                   std::function<void()> otherwise) {
  ask_record({pass.tenant, "transfers.open", {pass.call.str()}, 0},
             request,
             [this, request, pass, otherwise = std::move(otherwise)](const json& row) {
               const auto mode = row["mode"].text_or("");
               const auto state = row["state"].text_or("");
               const bool waits_for_person =
                   mode == "warm" && state != "accepted" && state != "connected";
               if (mode.empty() || waits_for_person)
                 return otherwise();
               hand_over(request, pass, row);
             });
}

void twilio_webhooks::hand_over(const request_ptr& request,
                                const media_pass& pass,
                                const json& transfer) {
  const auto number = static_cast<std::int32_t>(transfer["number"].int_or(0));
  const auto next = transfer_url("/transferred", pass, number);
  const std::string destination{transfer["destination"].text_or("")};
  const auto mode = transfer["mode"].text_or("");
  const auto document =
      mode == "warm"    ? twiml_api::join_room(room_of(pass, number), next)
      : mode == "refer" ? twiml_api::refer(destination, next)
                        : twiml_api::connect_person(
                              destination, transfer["from"].text_or(""), ring_s, next);
  step_transfer(
      request, {{}, pass, number}, "connected", [request, document](const std::string&) {
        request->respond(twiml(document));
      });
}

// The caller comes back from a person, or did not get one.
void twilio_webhooks::transferred(const request_ptr& request) {
  const auto of = read_transfer(request);
  if (!of)
    return;
  const auto referred = twilio::field(of->fields, "ReferCallStatus");
  const auto trouble = trouble_of(
      referred.empty() ? twilio::field(of->fields, "DialCallStatus") : referred);
  step_transfer(
      request,
      *of,
      trouble.empty() ? "ended" : trouble,
      [this, request, pass = of->pass](const std::string& state) {
        if (state == "ended" || state.empty())
          return request->respond(twiml(twilio::say_and_hang_up("")));
        spdlog::info("{}: nobody took a transfer call={} state={} "
                     "correlation_id={}",
                     parts_.dialect.provider,
                     pass.call.str(),
                     state,
                     request->correlation_id);
        reconnect(request, pass, parts_.dialect.connectable);
      },
      talked_s(of->fields, "DialCallDuration"));
}

// A person picked up: what is it about?
void twilio_webhooks::leg(const request_ptr& request) {
  const auto of = read_transfer(request);
  if (!of)
    return;
  ask_record({of->pass.tenant,
              "transfers.get",
              {of->pass.call.str(), std::to_string(of->number)},
              0},
             request,
             [this, request, of = *of](const json& row) {
               const auto state = row["state"].text_or("");
               const bool wanted = state == "wanted" || state == "ringing";
               if (!wanted || !row["live"].bool_or(false))
                 return request->respond(twiml(twilio::say_and_hang_up("")));
               request->respond(twiml(twiml_api::ask_person(
                   row["briefing"].text_or(""),
                   row["language"].text_or("en"),
                   transfer_url("/leg/answer", of.pass, of.number))));
             });
}

void twilio_webhooks::leg_answer(const request_ptr& request) {
  const auto of = read_transfer(request);
  if (!of)
    return;
  const bool takes = twilio::field(of->fields, "Digits") == "1";
  step_transfer(request,
                *of,
                takes ? "accepted" : "declined",
                [request, of = *of](const std::string& state) {
                  const bool joins = state == "accepted" || state == "connected";
                  request->respond(
                      twiml(joins ? twiml_api::join_room(room_of(of.pass, of.number), "")
                                  : twilio::say_and_hang_up("")));
                });
}

void twilio_webhooks::leg_status(const request_ptr& request) {
  const auto of = read_transfer(request);
  if (!of)
    return;
  const auto status = twilio::field(of->fields, "CallStatus");
  const auto done = [request](const std::string&) {
    http_response response;
    response.status = 204;
    response.content_type.clear();
    request->respond(std::move(response));
  };
  if (status == "ringing" || status == "in-progress")
    return step_transfer(request, *of, "ringing", done);
  if (const auto trouble = trouble_of(status); !trouble.empty())
    return step_transfer(request, *of, trouble, done);
  // Who hangs up without a key does not want the call; who took it, talked.
  if (status == "completed")
    return step_transfer(
        request, *of, "declined", done, talked_s(of->fields, "CallDuration"));
  done({});
}

} // namespace caly
