#include "net/rest/api.hpp"

#include "net/rest/inputs.hpp"
#include "runtime/observe/outage_log.hpp"

#include <caf/send.hpp>

namespace caly {

void rest_api::add_to(router& routes) {
  if (parts_.actors.records)
    parts_.gateways.host(parts_.actors.records);
  add_system(routes);
  add_sign_in(routes);
  add_accounts(routes);
  add_agents(routes);
  add_numbers(routes);
  add_contacts(routes);
  add_imports(routes);
  add_campaigns(routes);
  add_forecasts(routes);
  add_calls(routes);
  add_call_actions(routes);
  add_recordings(routes);
  add_billing(routes);
  add_events(routes);
}

void rest_api::run(const request_ptr& request,
                   const tenant_id& tenant,
                   std::string statement,
                   arguments values,
                   std::uint32_t limit,
                   on_record then,
                   on_error failed) {
  parts_.gateways.ask<record_answer>(
      parts_.actors.records,
      parts_.config.net.request_timeout,
      run_record{tenant, std::move(statement), std::move(values), limit},
      request->poster(),
      [request, then = std::move(then), failed = std::move(failed)](
          caf::expected<record_answer> answer) {
        if (answer)
          then(request, std::move(*answer));
        else if (failed)
          failed(request, answer.error());
        else
          refuse(request, answer.error());
      });
}

void rest_api::row(const request_ptr& request,
                   std::string statement,
                   arguments values,
                   unsigned status) {
  run(request,
      request->who.tenant,
      std::move(statement),
      std::move(values),
      0,
      [status](const request_ptr& req, const record_answer& answer) {
        req->respond(success(req->correlation_id, answer.json, status));
      });
}

void rest_api::list(const request_ptr& request,
                    std::string statement,
                    arguments values,
                    std::string total) {
  const auto wanted = page_of(request, parts_.config.limits.page_max);
  if (!wanted)
    return;
  const auto respond = [](const request_ptr& req,
                          const record_answer& answer,
                          std::string count) {
    req->respond(success(req->correlation_id,
                         answer.json,
                         200,
                         {true, answer.next_cursor, answer.has_more, std::move(count)}));
  };
  auto counted = values;
  values.push_back(wanted->cursor);
  auto then = [=, this](const request_ptr& req, record_answer answer) {
    if (!wanted->with_total || total.empty())
      return respond(req, answer, {});
    run(req,
        req->who.tenant,
        total,
        counted,
        0,
        [=](const request_ptr& same, const record_answer& count) {
          const auto parsed = json::parse(count.json);
          respond(same,
                  answer,
                  parsed ? std::to_string((*parsed)["total"].int_or(0)) : std::string{});
        });
  };
  run(request,
      request->who.tenant,
      std::move(statement),
      std::move(values),
      wanted->limit,
      std::move(then));
}

void rest_api::refuse(const request_ptr& request, const caf::error& reason) {
  auto response = failure(request->correlation_id, reason);
  if (response.status >= 500)
    warn_failed(reason,
                "rest: not answered path={} tenant={} correlation_id={}",
                request->path,
                request->who.tenant.str(),
                request->correlation_id);
  request->respond(std::move(response));
}

void rest_api::wake(const http_request& request, const char* why) {
  if (parts_.actors.region)
    caf::anon_send(parts_.actors.region, wake_tenant{request.who.tenant, why});
}

void rest_api::get(router& routes,
                   std::string pattern,
                   route_policy policy,
                   request_handler handler) {
  routes.get(std::move(pattern), policy, std::move(handler));
}

void rest_api::change(router& routes,
                      http_method method,
                      std::string pattern,
                      route_policy policy,
                      request_handler handler) {
  if (method == http_method::post && role_of(policy) != user_role::none)
    handler = once("POST " + pattern, std::move(handler));
  routes.add({.method = method,
              .pattern = std::move(pattern),
              .policy = policy,
              .body = body_kind::json,
              .body_bytes_max = parts_.config.net.body_bytes_max,
              .handler = std::move(handler)});
}

} // namespace caly
