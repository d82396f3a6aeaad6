#include "net/webhooks/exotel.hpp"

#include "net/http/answers.hpp"
#include "net/http/form.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

void accepted(const request_ptr& request) {
  request->respond(success(request->correlation_id, "{}"));
}

void refuse(const request_ptr& request,
            unsigned status,
            const char* code,
            const char* why) {
  request->respond(problem(request->correlation_id, status, code, why));
}

} // namespace

exotel_streams::exotel_streams(const media_tickets& tickets,
                               const std::string& public_url,
                               int rate_hz,
                               brain_kind brain)
    : tickets_{tickets},
      base_{"ws" + public_url.substr(public_url.starts_with("http") ? 4 : 0) +
            "/phone-ws/exotel/"},
      query_{"?sample-rate=" + std::to_string(rate_hz)},
      brain_{brain} {}

std::string exotel_streams::url(const exotel::call_reference& about,
                                wall_time now) const {
  const media_pass pass{about.tenant, about.call, brain_};
  return base_ + tickets_.issue(pass, to_unix_ms(now) / 1000) + query_;
}

void exotel_webhooks::add_to(router& routes) {
  const auto add = [&](http_method method, const char* pattern, auto handler) {
    route each;
    each.method = method;
    each.pattern = pattern;
    each.policy = route_policy::webhook;
    if (method == http_method::post) {
      each.body = body_kind::raw;
      each.body_bytes_max = parts_.body_bytes_max;
    }
    each.handler = [this, handler](const request_ptr& request) {
      (this->*handler)(request);
    };
    routes.add(std::move(each));
  };
  add(http_method::post, "/api/calls/webhook", &exotel_webhooks::status);
  add(http_method::post, "/api/calls/webhook/:secret", &exotel_webhooks::status);
  for (const auto method : {http_method::get, http_method::post})
    add(method, "/api/webhooks/exotel/passthru/:secret", &exotel_webhooks::passthru);
  add(http_method::get,
      "/api/webhooks/exotel/voicebot/:secret",
      &exotel_webhooks::voicebot);
}

bool exotel_webhooks::knows_path(const request_ptr& request) const {
  return !parts_.secret.empty() &&
         equal_constant_time(parts_.secret, request->param("secret"));
}

void exotel_webhooks::status(const request_ptr& request) {
  const auto fields = read_fields(request->header("Content-Type"), request->body);
  const auto told =
      fields ? exotel::read_callback(*fields) : std::optional<exotel::told_call>{};
  const auto& secret = parts_.account.reference_secret;
  auto about = exotel::read_reference(secret, request->query("ref").value_or(""));
  if (!about && told)
    about = exotel::read_reference(secret, told->custom_field);
  if (!about && !knows_path(request)) {
    spdlog::warn("exotel: refused a callback without proof path={} correlation_id={}",
                 request->path,
                 request->correlation_id);
    return refuse(request, 403, "bad_reference", "Nothing proves whose call this is.");
  }
  if (!told)
    return refuse(request, 400, "bad_callback", "The body names no call.");
  if (about)
    believe(request, *about, *told);
  else
    find_inbound(request, *told);
}

// Who rang in has no reference of ours: the number leads to the tenant, Exotel's id to
// the call.
void exotel_webhooks::find_inbound(const request_ptr& request,
                                   const exotel::told_call& told) {
  ask_record({{}, "numbers.find", {exotel::e164(told.exophone)}, 0},
             request,
             [this, request, told](const json& number) {
               const auto tenant = tenant_id::parse(number["tenant_id"].text_or(""));
               if (!tenant)
                 return accepted(request);
               ask_record({*tenant, "calls.by_provider_id", {"exotel", told.sid}, 0},
                          request,
                          [this, request, told, tenant](const json& row) {
                            const auto call = call_id::parse(row["id"].text_or(""));
                            if (!call)
                              return accepted(request);
                            believe(request, {*tenant, *call}, told);
                          });
             });
}

void exotel_webhooks::believe(const request_ptr& request,
                              const exotel::call_reference& about,
                              const exotel::told_call& told) {
  if (told.status.empty())
    return accepted(request);
  if (told.terminal)
    confirm(request, about, told);
  else
    record(request, about, told, told);
}

void exotel_webhooks::confirm(const request_ptr& request,
                              const exotel::call_reference& about,
                              const exotel::told_call& told) {
  auto call = exotel::fetch_call(parts_.account, told.sid);
  call.deadline = parts_.timeout;
  parts_.gateways.ask<http_answer>(
      parts_.http,
      parts_.timeout + std::chrono::seconds{2},
      std::move(call),
      request->poster(),
      [this, request, about, told](caf::expected<http_answer> answer) {
        // Exotel sends it again, minutes later; the call's actor asks sooner.
        if (!answer || answer->outcome != http_outcome::answered ||
            (answer->status != 200 && answer->status != 404))
          return request->respond(failure(
              request->correlation_id,
              caf::make_error(errc::unavailable, "the provider does not answer")));
        const auto found =
            answer->status == 200 ? exotel::read_call(answer->body) : std::nullopt;
        const auto& secret = parts_.account.reference_secret;
        const auto owner =
            exotel::read_reference(secret, found ? found->custom_field : std::string{});
        if (!found || found->sid != told.sid || (owner && owner->call != about.call)) {
          spdlog::warn(
              "exotel: a callback that its API does not confirm sid={} correlation_id={}",
              told.sid,
              request->correlation_id);
          return accepted(request);
        }
        if (!found->terminal)
          return accepted(request);
        record(request, about, told, *found);
      });
}

void exotel_webhooks::record(const request_ptr& request,
                             const exotel::call_reference& about,
                             const exotel::told_call& told,
                             const exotel::told_call& confirmed) {
  auto event = exotel::as_progress(about, told, confirmed, to_unix_ms(parts_.clock()));
  call_progressed hint{about.call, event.status, {}, event.answered_by};
  parts_.gateways.ask<progress_answer>(
      parts_.store,
      parts_.timeout,
      std::move(event),
      request->poster(),
      [this, request, about, hint](caf::expected<progress_answer> answer) mutable {
        if (!answer)
          return request->respond(failure(request->correlation_id, answer.error()));
        accepted(request);
        hint.effect = answer->effect;
        caf::anon_send(parts_.calls, hint);
        if (answer->effect == progress_effect::ghost)
          drop_ghost(request, about);
      });
}

// Nobody can hang it up; its media socket is refused when it comes.
void exotel_webhooks::drop_ghost(const request_ptr& request,
                                 const exotel::call_reference& about) {
  spdlog::error("exotel: a call that was given up lives, its audio will be refused "
                "call={} tenant={} correlation_id={}",
                about.call.str(),
                about.tenant.str(),
                request->correlation_id);
  ask_record({about.tenant, "calls.end_reason", {about.call.str(), "given_up"}, 0},
             request,
             [](const json&) {});
}

void exotel_webhooks::ask_record(run_record ask,
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

} // namespace caly
