#include "net/rest/api.hpp"
#include "net/rest/inputs.hpp"

namespace caly {

namespace {

constexpr auto ahead_max = std::chrono::hours{24 * 90};
/// Clocks of browsers differ; so little in the past is now.
constexpr auto behind_max = std::chrono::minutes{5};

std::optional<std::int64_t> start_member(json_reader& reader, wall_time now) {
  if (reader.value("starts_at").is_null())
    return std::nullopt;
  const auto text = reader.text("starts_at");
  const auto at = parse_rfc3339(text);
  if (text.empty())
    return std::nullopt; // noted already
  if (!at) {
    reader.fail("starts_at", "must be a time such as 2026-11-23T09:00:00+05:30");
    return std::nullopt;
  }
  if (*at < now - behind_max)
    reader.fail("starts_at", "is in the past");
  else if (*at > now + ahead_max)
    reader.fail("starts_at", "must be within 90 days");
  return to_unix_ms(std::max(*at, now));
}

std::optional<double> number_member(
    json_reader& reader, const char* name, double min, double max, const char* rule) {
  const auto& value = reader.value(name);
  if (value.is_null())
    return std::nullopt;
  const auto number = value.as_double();
  if (!number || *number < min || *number > max) {
    reader.fail(name, rule);
    return std::nullopt;
  }
  return number;
}

} // namespace

void rest_api::add_forecasts(router& routes) {
  change(routes,
         http_method::post,
         "/api/campaigns/:id/simulate",
         route_policy::operator_,
         [this](const request_ptr& r) { simulate_campaign(r); });
  get(routes,
      "/api/campaigns/:id/forecast",
      route_policy::viewer,
      [this](const request_ptr& r) {
        if (const auto id = path_id<campaign_id>(r))
          row(r, "campaigns.forecast", {id->str()});
      });
}

void rest_api::simulate_campaign(const request_ptr& request) {
  const auto id = path_id<campaign_id>(request);
  if (!id)
    return;
  const auto body = body_object(request);
  if (!body)
    return;
  json_reader reader{*body};
  make_forecast wish;
  wish.tenant = request->who.tenant;
  wish.campaign = *id;
  if (!reader.value("lines").is_null())
    wish.lines = static_cast<std::uint32_t>(reader.integer("lines", 1, 1000));
  wish.starts_at_ms = start_member(reader, parts_.clock());
  wish.answer_rate =
      number_member(reader, "answer_rate", 0, 1, "must be between 0 and 1");
  wish.talk_s =
      number_member(reader, "talk_s", 1, 14'400, "must be seconds between 1 and 14400");
  wish.seed = static_cast<std::uint64_t>(reader.integer_or("seed", 1, 0, 1'000'000'000));
  reader.refuse_unknown();
  if (refuse_problems(request, reader))
    return;
  ask<forecast_made>(request,
                     parts_.actors.forecaster,
                     std::move(wish),
                     [](const request_ptr& r, forecast_made& made) {
                       r->respond(success(r->correlation_id, made.json));
                     });
}

} // namespace caly
