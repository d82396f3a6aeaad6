#include "actors/campaign/forecast_basis.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/json.hpp"

#include <algorithm>
#include <cmath>

namespace caly {

namespace {

void put_time(json_writer& out, std::string_view name, std::int64_t at_ms) {
  if (at_ms == never_ms || at_ms == 0)
    out.null_field(name);
  else
    out.field(name, to_rfc3339(wall_time{std::chrono::milliseconds{at_ms}}));
}

void put_range(json_writer& out,
               std::string_view name,
               forecast_range range,
               std::int64_t past = 0) {
  out.key(name).begin_object();
  out.field("p50", range.p50 + past).field("p90", range.p90 + past).end_object();
}

void put_times(json_writer& out, const campaign_forecast& made) {
  put_time(out, "starts_at", made.starts_ms);
  out.key("ends_at").begin_object();
  put_time(out, "p50", made.ends_ms.p50);
  put_time(out, "p90", made.ends_ms.p90);
  out.end_object().key("duration_s").begin_object();
  for (const auto& [name, ends_ms] :
       {std::pair{"p50", made.ends_ms.p50}, std::pair{"p90", made.ends_ms.p90}})
    if (ends_ms == never_ms)
      out.null_field(name);
    else
      out.field(name, (ends_ms - made.starts_ms + 999) / 1000);
  out.end_object().field("ends_as", to_string(made.end));
}

void put_counts(json_writer& out,
                std::string_view name,
                const forecast_basis::counts& counts) {
  out.key(name).begin_array();
  for (const auto& [reason, rows] : counts)
    out.begin_object().field("reason", reason).field("rows", rows).end_object();
  out.end_array();
}

void put_rows(json_writer& out,
              const forecast_basis& basis,
              const campaign_forecast& made) {
  std::int64_t ahead = 0;
  for (const auto& group : basis.input.rows)
    ahead += group.count;
  out.key("rows").begin_object().field("to_call", ahead);
  put_range(out, "reached", made.reached);
  put_range(out, "exhausted", made.exhausted);
  put_range(out, "left", made.left);
  put_counts(out, "skipped", basis.skipped);
  put_counts(out, "waiting", basis.waiting);
  out.end_object();
}

void put_credit(json_writer& out,
                const forecast_basis& basis,
                const campaign_forecast& made) {
  out.key("credit").begin_object();
  out.field("balance_micros", basis.input.funds_micros);
  out.field("suffices", made.credit_suffices);
  put_time(out, "runs_out_at", made.credit_out_ms);
  put_range(out, "needed_micros", made.needed_micros);
  out.end_object();
}

void put_lines(json_writer& out,
               const forecast_basis& basis,
               const campaign_forecast& made) {
  out.key("lines").begin_object();
  out.field("campaign", basis.input.plan.concurrency);
  out.field("account", basis.input.account_lines);
  const auto step_ms = static_cast<double>(made.lines.step_ms());
  out.field("step_s", made.lines.step_ms() / 1000).key("use").begin_array();
  for (const auto& step : made.lines.steps())
    out.begin_object()
        .field("mean", std::round(step.line_ms / step_ms * 100) / 100)
        .field("most", step.most)
        .end_object();
  out.end_array().end_object();
}

void put_limits(json_writer& out, const campaign_forecast& made) {
  std::vector<std::pair<double, forecast_limit>> shares;
  for (std::size_t i = 0; i < forecast_limits; ++i)
    if (made.limited[i] >= 0.005)
      shares.emplace_back(made.limited[i], static_cast<forecast_limit>(i));
  std::sort(shares.rbegin(), shares.rend());
  out.key("limited_by").begin_array();
  for (const auto& [share, what] : shares)
    out.begin_object()
        .field("what", to_string(what))
        .field("share", std::round(share * 1000) / 1000)
        .end_object();
  out.end_array();
}

void put_shares(json_writer& out,
                const char* name,
                const outcome_model& model,
                double outcome_model::entry::*share) {
  out.key(name).begin_object();
  for (std::size_t i = 0; i < call_outcomes; ++i)
    if (model.of[i].*share > 0)
      out.field(to_string(static_cast<call_outcome>(i)),
                std::round(model.of[i].*share * 10'000) / 10'000);
  out.end_object();
}

void put_assumptions(json_writer& out,
                     const outcome_model& model,
                     const make_forecast& wish) {
  out.key("assumptions").begin_object();
  out.field("source", to_string(model.source)).field("calls", model.calls);
  out.field("answer_rate_given", wish.answer_rate.has_value());
  out.field("talk_given", wish.talk_s.has_value());
  out.field("talk_s", std::round(model.mean_talk_s(call_outcome::completed) * 10) / 10);
  put_shares(out, "outcomes", model, &outcome_model::entry::share);
  if (model.later_weight > 0)
    put_shares(out, "later_outcomes", model, &outcome_model::entry::later_share);
  out.end_object();
}

} // namespace

std::string forecast_text(const forecast_basis& basis,
                          const campaign_forecast& made,
                          const make_forecast& wish,
                          std::int64_t now_ms) {
  json_writer out;
  out.begin_object().field("campaign_id", wish.campaign.str());
  put_time(out, "made_at", now_ms);
  put_times(out, made);
  const auto& past = basis.so_far;
  put_range(out, "calls", made.calls, past.calls);
  put_range(out, "answered", made.answered, past.answered);
  put_range(out, "talked_s", made.talked_s, past.talked_s);
  put_range(out, "charged_micros", made.cost_micros, past.charged_micros);
  put_credit(out, basis, made);
  put_rows(out, basis, made);
  put_limits(out, made);
  put_lines(out, basis, made);
  put_assumptions(out, basis.input.outcomes, wish);
  out.field("runs", made.runs).field("seed", wish.seed).end_object();
  return std::move(out).str();
}

} // namespace caly
