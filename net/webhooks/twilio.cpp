#include "net/webhooks/twilio.hpp"

#include "net/http/answers.hpp"
#include "net/providers/twilio/codec.hpp"
#include "net/webhooks/twiml_answer.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

#include <spdlog/spdlog.h>

#include <charconv>

namespace caly {

namespace {

/// `http://host` -> `ws://host`.
std::string socket_base(const std::string& public_url) {
  return "ws" + public_url.substr(public_url.starts_with("http") ? 4 : 0);
}

/// The number of the words that the caller answers; at most three digits.
std::optional<std::int32_t> turn_of(std::string_view text) {
  std::int32_t turn = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, turn);
  if (failed != std::errc{} || stop != end || turn < 1 || turn > 999)
    return std::nullopt;
  return turn;
}

std::int64_t seconds(wall_time at) {
  return to_unix_ms(at) / 1000;
}

std::string call_sid_of(const request_ptr& request) {
  const auto fields = twilio::parse_form(request->body);
  return std::string{twilio::field(fields, "CallSid").substr(0, 64)};
}

/// The call cannot be talked to.
void refuse(const request_ptr& request, const caf::error& failed) {
  // Anything else is asked again by Twilio, at the fallback URL.
  if (failed == errc::conflict || failed == errc::not_found)
    request->respond(twiml(twilio::say_and_hang_up("")));
  else
    request->respond(failure(request->correlation_id, failed));
}

} // namespace

void twilio_webhooks::add_to(router& routes) {
  if (parts_.store)
    parts_.gateways.host(parts_.store);
  const auto add = [&](const std::string& pattern, auto handler) {
    route each;
    each.method = http_method::post;
    each.pattern = pattern;
    each.policy = route_policy::webhook;
    each.body = body_kind::raw;
    each.body_bytes_max = parts_.body_bytes_max;
    each.handler = [this, handler](const request_ptr& request) {
      (this->*handler)(request);
    };
    routes.add(std::move(each));
  };
  const auto& base = parts_.dialect.path;
  add(base + "/voice", &twilio_webhooks::voice);
  add("/api/webhooks/" + parts_.dialect.provider + "/phone", &twilio_webhooks::voice);
  add(base + "/again", &twilio_webhooks::again);
  // Another address: a carrier does not ask one twice whose answer it did not get.
  add(base + "/fallback", &twilio_webhooks::again);
  add(base + "/gather", &twilio_webhooks::gather);
  add(base + "/status", &twilio_webhooks::status);
  if (parts_.dialect.records)
    add(base + "/recording", &twilio_webhooks::recording);
  add(base + "/amd", &twilio_webhooks::machine_detection);
  add(base + "/transferred", &twilio_webhooks::transferred);
  add(base + "/leg", &twilio_webhooks::leg);
  add(base + "/leg/answer", &twilio_webhooks::leg_answer);
  add(base + "/leg/status", &twilio_webhooks::leg_status);
}

std::optional<twilio_webhooks::verified>
twilio_webhooks::verify(const request_ptr& request) {
  verified result;
  result.fields = twilio::parse_form(request->body);
  const auto& genuine = parts_.dialect.is_genuine;
  // The public URL is configured; what Host or a proxy claims is not evidence.
  const bool is_genuine = genuine ? genuine(*request)
                                  : twilio::verify(parts_.auth_token,
                                                   parts_.public_url + request->target,
                                                   result.fields,
                                                   request->header("X-Twilio-Signature"));
  if (!is_genuine) {
    spdlog::warn(
        "{}: refused a callback without a valid signature path={} correlation_id={}",
        parts_.dialect.provider,
        request->path,
        request->correlation_id);
    request->respond(problem(request->correlation_id,
                             403,
                             "bad_signature",
                             "The signature does not match this URL and body."));
    return std::nullopt;
  }
  const auto tenant = tenant_id::parse(request->query("tenant").value_or(""));
  const auto call = call_id::parse(request->query("call").value_or(""));
  if (tenant && call)
    result.about = media_pass{*tenant, *call};
  return result;
}

void twilio_webhooks::find(const request_ptr& request,
                           const media_pass& pass,
                           std::function<void(const call_actor&)> then) {
  parts_.gateways.ask<call_actor>(
      parts_.calls,
      parts_.timeout / 2,
      find_call{pass.tenant, pass.call, true},
      request->poster(),
      [request, then = std::move(then)](caf::expected<call_actor> call) {
        if (call)
          then(*call);
        else
          refuse(request, call.error());
      });
}

void twilio_webhooks::choose(
    const request_ptr& request,
    const media_pass& pass,
    std::set<brain_kind> possible,
    std::function<void(const call_actor&, const voice_choice&)> then) {
  const choose_voice ask{call_sid_of(request), std::move(possible)};
  find(request,
       pass,
       [this, request, ask, then = std::move(then)](const call_actor& call) {
         parts_.gateways.ask<voice_choice>(
             call,
             parts_.timeout / 4,
             ask,
             request->poster(),
             [request, call, then](caf::expected<voice_choice> voice) {
               if (voice)
                 then(call, *voice);
               else
                 refuse(request, voice.error());
             });
       });
}

void twilio_webhooks::connect(const request_ptr& request, const media_pass& pass) {
  choose(request,
         pass,
         parts_.dialect.connectable,
         [this, request, pass](const call_actor& call, const voice_choice& voice) {
           if (voice.brain == brain_kind::gather)
             open_gather(request, pass, call);
           else
             open_socket(request, pass, voice);
         });
}

void twilio_webhooks::open_gather(const request_ptr& request,
                                  const media_pass& pass,
                                  const call_actor& call) {
  talk(request, pass, call, open_text{call_sid_of(request)});
}

std::string twilio_webhooks::next_url(const media_pass& pass) const {
  return parts_.public_url + parts_.dialect.path + "/again?tenant=" + pass.tenant.str() +
         "&call=" + pass.call.str();
}

void twilio_webhooks::open_socket(const request_ptr& request,
                                  const media_pass& pass,
                                  const voice_choice& voice) {
  const auto ticket = parts_.tickets.issue({pass.tenant, pass.call, voice.brain},
                                           seconds(parts_.clock()));
  const auto socket = socket_base(parts_.public_url);
  const auto next = next_url(pass);
  if (voice.brain == brain_kind::relay) {
    const auto& dialect = parts_.dialect;
    const auto code = dialect.language_codes.find(voice.language);
    return request->respond(twiml(twilio::connect_relay(
        socket + dialect.relay_path + ticket,
        code == dialect.language_codes.end() ? voice.language : code->second,
        dialect.relay_attributes,
        next)));
  }
  const auto* entrance =
      voice.brain == brain_kind::cascade ? "/phone-ws/legacy/" : "/phone-ws/realtime/";
  request->respond(
      twiml(twilio::connect_stream(socket + entrance + ticket, ticket, next)));
}

void twilio_webhooks::voice(const request_ptr& request) {
  auto checked = verify(request);
  if (!checked)
    return;
  if (checked->about)
    connect(request, *checked->about);
  else
    inbound(request, checked->fields);
}

void twilio_webhooks::gather(const request_ptr& request) {
  auto checked = verify(request);
  if (!checked)
    return;
  const auto turn = turn_of(request->query("turn").value_or(""));
  if (!checked->about || !turn)
    return request->respond(problem(request->correlation_id,
                                    400,
                                    "bad_callback",
                                    "The callback names no call or no turn."));
  const auto pass = *checked->about;
  const hear_text heard{*turn, twilio::heard_text(checked->fields), call_sid_of(request)};
  find(request, pass, [this, request, pass, heard](const call_actor& call) {
    talk(request, pass, call, heard);
  });
}

template <class Message>
void twilio_webhooks::talk(const request_ptr& request,
                           const media_pass& pass,
                           const call_actor& call,
                           Message message) {
  parts_.gateways.ask<spoken_reply>(
      call,
      parts_.timeout,
      std::move(message),
      request->poster(),
      [this, request, pass](caf::expected<spoken_reply> said) {
        if (!said)
          return refuse(request, said.error());
        if (said->end_call)
          return request->respond(
              twiml(twilio::say_and_hang_up(said->text, said->language)));
        if (said->leaving)
          return request->respond(
              twiml(twilio::say_and_ask(said->text, said->language, next_url(pass))));
        request->respond(twiml(twilio::say_and_listen(
            said->text,
            said->language,
            parts_.public_url + parts_.dialect.path +
                "/gather?tenant=" + pass.tenant.str() + "&call=" + pass.call.str() +
                "&turn=" + std::to_string(said->turn))));
      });
}

void twilio_webhooks::inbound(const request_ptr& request,
                              const twilio::form_fields& fields) {
  ask_record({{}, "numbers.find", {std::string{twilio::field(fields, "To")}}, 0},
             request,
             [this, request, fields](const json& number) {
               if (!number["agent_id"].is_string())
                 return request->respond(twiml(twilio::reject("rejected")));
               open_inbound(request, fields, number);
             });
}

void twilio_webhooks::open_inbound(const request_ptr& request,
                                   const twilio::form_fields& fields,
                                   const json& number) {
  const auto tenant = tenant_id::parse(number["tenant_id"].text_or(""));
  const auto agent = agent_id::parse(number["agent_id"].text_or(""));
  if (!tenant || !agent)
    return request->respond(twiml(twilio::reject("rejected")));
  open_call order;
  order.tenant = *tenant;
  order.inbound = true;
  order.provider = parts_.dialect.provider;
  order.provider_call_id = twilio::field(fields, "CallSid");
  order.call.id = call_id::make();
  order.call.to = twilio::field(fields, "To");
  order.call.from = twilio::field(fields, "From");
  order.call.agent = *agent;
  order.call.variables = "{}";
  order.call.max_call_s = parts_.max_call_s;
  parts_.gateways.ask<reserved_call>(
      parts_.store,
      parts_.timeout,
      std::move(order),
      request->poster(),
      [this, request, tenant](caf::expected<reserved_call> opened) {
        if (opened)
          return connect(request, {*tenant, opened->id});
        const auto& reason = opened.error();
        if (reason == errc::tenant_at_capacity || reason == errc::system_at_capacity)
          return request->respond(twiml(twilio::reject("busy")));
        if (reason == errc::unavailable || reason == caf::sec::request_timeout)
          return request->respond(failure(request->correlation_id, reason));
        spdlog::warn("twilio: inbound call refused tenant={} correlation_id={} reason={}",
                     tenant->str(),
                     request->correlation_id,
                     to_string(reason));
        request->respond(twiml(
            twilio::say_and_hang_up("We cannot take your call now. Please try later.")));
      });
}

void twilio_webhooks::status(const request_ptr& request) {
  auto checked = verify(request);
  if (!checked)
    return;
  if (checked->about)
    return record_status(request, *checked->about, checked->fields);
  if (parts_.dialect.inbound_unsaid ||
      twilio::field(checked->fields, "Direction") == "inbound")
    return inbound_status(request, checked->fields);
  refuse_status(request);
}

void twilio_webhooks::refuse_status(const request_ptr& request) {
  request->respond(problem(request->correlation_id,
                           400,
                           "bad_callback",
                           "The callback names no call or no known status."));
}

void twilio_webhooks::record_status(const request_ptr& request,
                                    const media_pass& about,
                                    const twilio::form_fields& fields) {
  auto event = twilio::progress_of(about.tenant,
                                   about.call,
                                   fields,
                                   request->header("I-Twilio-Idempotency-Token"),
                                   to_unix_ms(parts_.clock()),
                                   parts_.dialect.provider);
  if (event)
    record(request, std::move(*event));
  else
    refuse_status(request);
}

// The callback of a number is one address for all its calls: the number leads to the
// tenant, the carrier's id to the call.
void twilio_webhooks::inbound_status(const request_ptr& request,
                                     const twilio::form_fields& fields) {
  ask_record({{}, "numbers.find", {std::string{twilio::field(fields, "To")}}, 0},
             request,
             [this, request, fields](const json& number) {
               const auto tenant = tenant_id::parse(number["tenant_id"].text_or(""));
               if (!tenant)
                 return request->respond(no_content());
               find_inbound(request, fields, *tenant);
             });
}

void twilio_webhooks::find_inbound(const request_ptr& request,
                                   const twilio::form_fields& fields,
                                   const tenant_id& tenant) {
  ask_record({tenant,
              "calls.by_provider_id",
              {parts_.dialect.provider, std::string{twilio::field(fields, "CallSid")}},
              0},
             request,
             [this, request, fields, tenant](const json& row) {
               // A call that was rejected left none.
               const auto call = call_id::parse(row["id"].text_or(""));
               if (!call)
                 return request->respond(no_content());
               record_status(request, {tenant, *call}, fields);
             });
}

void twilio_webhooks::ask_record(run_record ask,
                                 const request_ptr& request,
                                 std::function<void(const json&)> then) {
  parts_.gateways.ask<record_answer>(
      parts_.records,
      parts_.timeout / 2,
      std::move(ask),
      request->poster(),
      [request, then = std::move(then)](caf::expected<record_answer> answer) {
        if (!answer)
          return request->respond(failure(request->correlation_id, answer.error()));
        const auto row = json::parse(answer->json);
        then(row ? *row : json{});
      });
}

void twilio_webhooks::machine_detection(const request_ptr& request) {
  auto checked = verify(request);
  if (!checked)
    return;
  const auto verdict = twilio::field(checked->fields, "AnsweredBy");
  if (!checked->about || verdict.empty() || verdict.size() > 32)
    return request->respond(problem(request->correlation_id,
                                    400,
                                    "bad_callback",
                                    "The callback names no call or no verdict."));
  record_progress event;
  event.tenant = checked->about->tenant;
  event.call = checked->about->call;
  event.key = parts_.dialect.provider + ":amd";
  event.provider_call_id = twilio::field(checked->fields, "CallSid");
  event.status = "in_progress";
  event.answered_by = verdict;
  event.at_ms = to_unix_ms(parts_.clock());
  record(request, std::move(event));
}

void twilio_webhooks::tell_call(const request_ptr& request,
                                const media_pass& about,
                                const call_progressed& hint) {
  const bool machine =
      hint.answered_by.starts_with("machine") || hint.answered_by == "fax";
  if (!machine)
    return caf::anon_send(parts_.calls, hint);
  // Somebody has to hang up, whichever node the call's actor lives on.
  parts_.gateways.ask<call_actor>(parts_.calls,
                                  parts_.timeout,
                                  find_call{about.tenant, about.call, true},
                                  request->poster(),
                                  [hint](caf::expected<call_actor> call) {
                                    if (call)
                                      caf::anon_send(*call, hint);
                                  });
}

void twilio_webhooks::record(const request_ptr& request, record_progress event) {
  const hang_up_call hang_up{event.tenant, event.call, event.provider_call_id};
  call_progressed hint{event.call, event.status, {}, event.answered_by};
  parts_.gateways.ask<progress_answer>(
      parts_.store,
      parts_.timeout,
      std::move(event),
      request->poster(),
      [this, request, hang_up, hint](caf::expected<progress_answer> answer) mutable {
        // Twilio sends it again when we do not say that it is committed.
        if (!answer)
          return request->respond(failure(request->correlation_id, answer.error()));
        request->respond(no_content());
        hint.effect = answer->effect;
        tell_call(request, {hang_up.tenant, hang_up.call}, hint);
        if (answer->effect == progress_effect::ghost) {
          spdlog::error("twilio: a call that was given up lives, hanging up call={} "
                        "tenant={} correlation_id={}",
                        hang_up.call.str(),
                        hang_up.tenant.str(),
                        request->correlation_id);
          caf::anon_send(parts_.carrier, hang_up);
        }
      });
}

} // namespace caly
