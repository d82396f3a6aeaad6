#include "net/rest/api.hpp"
#include "net/rest/inputs.hpp"

namespace caly {

namespace {

/// `from` and `to` of the query. Nothing: answered with 422.
std::optional<std::vector<record_argument>> span_of(const request_ptr& request) {
  auto values = query_arguments(request, {"from", "to"});
  for (std::size_t i = 0; values && i < values->size(); ++i)
    if ((*values)[i] && !parse_rfc3339(*(*values)[i])) {
      request->respond(problem(request->correlation_id,
                               422,
                               "invalid",
                               "The request is not valid.",
                               {{i == 0 ? "from" : "to", "must be an RFC 3339 time"}}));
      return std::nullopt;
    }
  return values;
}

} // namespace

void rest_api::add_billing(router& routes) {
  get(routes, "/api/billing/balance", route_policy::viewer, [this](const request_ptr& r) {
    row(r, "billing.balance", {});
  });
  get(routes, "/api/billing/ledger", route_policy::viewer, [this](const request_ptr& r) {
    list(r, "billing.ledger", {});
  });
  change(routes,
         http_method::post,
         "/api/billing/topup",
         route_policy::admin,
         [this](const request_ptr& request) {
           const auto body = body_object(request);
           if (!body)
             return;
           json_reader reader{*body};
           const auto amount = reader.integer("amount_micros", 1, 1'000'000'000'000'000);
           const auto reference = reader.text("reference", 120);
           reader.refuse_unknown();
           if (refuse_problems(request, reader))
             return;
           run(request,
               request->who.tenant,
               "billing.topup",
               {std::to_string(amount), reference, request->who.user.str()},
               0,
               [this](const request_ptr& r, const record_answer& answer) {
                 wake(*r, "credits");
                 r->respond(success(r->correlation_id, answer.json));
               });
         });
  get(routes, "/api/analytics/kpis", route_policy::viewer, [this](const request_ptr& r) {
    if (auto span = span_of(r))
      row(r, "analytics.kpis", std::move(*span));
  });
  // There are few stages: always one page.
  get(routes, "/api/analytics/latency", route_policy::viewer, [this](const auto& r) {
    auto span = span_of(r);
    if (!span)
      return;
    run(r,
        r->who.tenant,
        "analytics.latency",
        std::move(*span),
        100,
        [](const request_ptr& same, const record_answer& answer) {
          same->respond(
              success(same->correlation_id, answer.json, 200, {true, {}, false, {}}));
        });
  });
  get(routes,
      "/api/analytics/campaigns",
      route_policy::viewer,
      [this](const request_ptr& r) { list(r, "analytics.campaigns", {}); });
}

} // namespace caly
