#include "net/http/answers.hpp"
#include "net/http/form.hpp"
#include "net/webhooks/exotel.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

/// A call whose line broke so often is not brought back: its first socket and three more.
constexpr std::int64_t sessions_max = 4;

void nothing_here(const request_ptr& request) {
  request->respond(
      problem(request->correlation_id, 404, "not_found", "There is nothing here."));
}

/// What a flow asks, in its query and, when it posts, in its body. Nothing when the body
/// cannot be read.
std::optional<form_fields> fields_of(const request_ptr& request) {
  const auto question = request->target.find('?');
  auto fields = question == std::string::npos
                    ? form_fields{}
                    : parse_form(std::string_view{request->target}.substr(question + 1));
  if (request->body.empty())
    return fields;
  auto more = read_fields(request->header("Content-Type"), request->body);
  if (!more)
    return std::nullopt;
  std::move(more->begin(), more->end(), std::back_inserter(fields));
  return fields;
}

std::string
number_of(const form_fields& fields, std::string_view name, std::string_view other) {
  const auto value = field(fields, name);
  return exotel::e164(value.empty() ? field(fields, other) : value);
}

/// 200 or 302, which is all that a flow looks at.
void choose(const request_ptr& request, bool second_way) {
  http_response response;
  response.status = second_way ? 302 : 200;
  response.body = "{}";
  request->respond(std::move(response));
}

} // namespace

void exotel_webhooks::voicebot(const request_ptr& request) {
  if (!knows_path(request))
    return nothing_here(request);
  const auto fields = fields_of(request);
  if (!fields || field(*fields, "CallSid").empty())
    return request->respond(problem(
        request->correlation_id, 400, "bad_callback", "The request names no call."));
  ask_record({{}, "numbers.find", {number_of(*fields, "CallTo", "To")}, 0},
             request,
             [this, request, fields](const json& number) {
               const auto tenant = tenant_id::parse(number["tenant_id"].text_or(""));
               const auto agent = agent_id::parse(number["agent_id"].text_or(""));
               if (!tenant || !agent)
                 return nothing_here(request);
               open_inbound(request, *fields, *tenant, *agent);
             });
}

void exotel_webhooks::open_inbound(const request_ptr& request,
                                   const form_fields& fields,
                                   const tenant_id& tenant,
                                   const agent_id& agent) {
  open_call order;
  order.tenant = tenant;
  order.inbound = true;
  order.provider = "exotel";
  order.provider_call_id = field(fields, "CallSid").substr(0, 64);
  order.call.id = call_id::make();
  order.call.to = number_of(fields, "CallTo", "To");
  order.call.from = number_of(fields, "CallFrom", "From");
  order.call.agent = agent;
  order.call.variables = "{}";
  order.call.max_call_s = parts_.max_call_s;
  parts_.gateways.ask<reserved_call>(
      parts_.store,
      parts_.timeout,
      std::move(order),
      request->poster(),
      [this, request, tenant](caf::expected<reserved_call> opened) {
        if (!opened) {
          spdlog::warn(
              "exotel: inbound call refused tenant={} correlation_id={} reason={}",
              tenant.str(),
              request->correlation_id,
              to_string(opened.error()));
          return request->respond(failure(request->correlation_id, opened.error()));
        }
        json_writer out;
        out.begin_object()
            .field("url", parts_.streams.url({tenant, opened->id}, parts_.clock()))
            .end_object();
        http_response response;
        response.body = std::move(out).str();
        request->respond(std::move(response));
      });
}

void exotel_webhooks::passthru(const request_ptr& request) {
  if (!knows_path(request))
    return nothing_here(request);
  const auto fields = fields_of(request);
  if (!fields || field(*fields, "CallSid").empty())
    return request->respond(problem(
        request->correlation_id, 400, "bad_callback", "The request names no call."));
  const std::string sid{field(*fields, "CallSid").substr(0, 64)};
  ask_record({{}, "numbers.find", {number_of(*fields, "CallTo", "To")}, 0},
             request,
             [this, request, sid](const json& number) {
               const auto tenant = tenant_id::parse(number["tenant_id"].text_or(""));
               if (!tenant)
                 return choose(request, false);
               ask_record({*tenant, "calls.by_provider_id", {"exotel", sid}, 0},
                          request,
                          [this, request, tenant](const json& row) {
                            const auto call = row["id"].text_or("");
                            if (call.empty())
                              return choose(request, false);
                            ask_record({*tenant, "calls.talk", {std::string{call}}, 0},
                                       request,
                                       [request](const json& talk) {
                                         choose(request,
                                                talk["live"].bool_or(false) &&
                                                    talk["sessions"].int_or(0) <
                                                        sessions_max);
                                       });
                          });
             });
}

} // namespace caly
