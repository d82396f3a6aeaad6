#include "actors/campaign/forecast_basis.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

#include <algorithm>

namespace caly {

namespace {

/// A statement's own answer: rows of people and days of zones.
constexpr json_limits basis_limits{64 << 20, 16, 4'000'000, 40, 3};

std::uint32_t whole(const json& value) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(value.int_or(0), 0, 0xffffffff));
}

double real(const json& value) {
  return value.as_double().value_or(0);
}

void read_plan(forecast_input& out, const json& plan) {
  out.plan.concurrency = whole(plan["concurrency"]);
  out.plan.breaker_window = whole(plan["breaker_window"]);
  out.plan.breaker_ratio = real(plan["breaker_ratio"]);
  out.max_attempts = whole(plan["max_attempts"]);
  out.max_call_s = plan["max_call_s"].int_or(0);
  const auto retry = [&](call_outcome after, const char* delay) {
    out.retry_delay_s[static_cast<std::size_t>(after)] = plan[delay].int_or(0);
  };
  out.retry_delay_s.fill(-1);
  retry(call_outcome::busy, "busy_delay_s");
  retry(call_outcome::no_answer, "no_answer_delay_s");
  retry(call_outcome::voicemail, "voicemail_delay_s");
  retry(call_outcome::failed, "failed_delay_s");
  retry(call_outcome::canceled, "failed_delay_s");
  if (plan["retry_lost"].bool_or(false))
    retry(call_outcome::lost, "failed_delay_s");
}

/// Others are told apart by their places; their order must not change between forecasts.
tenant_id other(std::size_t place) {
  uuid id;
  id.bytes[15] = static_cast<std::uint8_t>(place + 1);
  return tenant_id{id};
}

void read_lines(forecast_input& out, const json& account, const json& system) {
  const auto left = [](const json& all, const json& taken) {
    return static_cast<std::uint32_t>(
        std::max<std::int64_t>(0, all.int_or(0) - taken.int_or(0)));
  };
  out.account_lines = left(account["lines"], account["used_beside"]);
  out.system_lines = left(system["lines"], system["used_unnamed"]);
  // Who has lines keeps them. When all are taken, everybody is taken to want more.
  const auto full = system["full"].bool_or(false);
  for (const auto& each : system["others"].items())
    out.others.push_back({other(out.others.size()),
                          whole(each.items().at(0)),
                          whole(each.items().at(1)),
                          full});
  if (const auto beside = whole(account["used_beside"]); beside > 0)
    out.others.push_back({other(out.others.size()), beside, beside, false});
}

/// First and later attempts are told apart when there are so many of both: who did not
/// answer is less likely to answer than others.
constexpr double later_calls_min = 20;

outcome_model read_outcomes(const json& experience, double ring_s) {
  if (experience.is_null())
    return assumed_outcomes(ring_s);
  outcome_model out;
  out.source = experience["source"].text_or("") == "agent" ? outcome_source::agent
                                                           : outcome_source::sector;
  out.calls = whole(experience["calls"]);
  const auto later = real(experience["later_calls"]);
  const auto apart = later >= later_calls_min && out.calls - later >= later_calls_min;
  out.weight = out.calls - (apart ? later : 0);
  out.later_weight = apart ? later : 0;
  for (std::size_t i = 0; i < call_outcomes; ++i) {
    const auto& known = experience["outcomes"][to_string(static_cast<call_outcome>(i))];
    const auto again = apart ? real(known["later_calls"]) : 0;
    out.of[i].share = (real(known["calls"]) - again) / out.weight;
    if (apart)
      out.of[i].later_share = again / later;
    out.of[i].line_s = real(known["line_s"]);
    for (const auto& quantile : known["talk_s"].items())
      out.of[i].talk_s.push_back(real(quantile));
  }
  return out;
}

bool read_people(forecast_input& out, const json& zones, const json& rows) {
  for (const auto& zone : zones.items()) {
    auto& days = out.zones.emplace_back();
    for (const auto& day : zone.items()) {
      if (day.items().size() != 3)
        return false;
      const auto at = [&](std::size_t i) { return day.items()[i].int_or(0); };
      days.push_back({at(0), at(1), at(2)});
    }
  }
  for (const auto& row : rows.items()) {
    const auto& cells = row.items();
    if (cells.size() != 5 || whole(cells[0]) >= out.zones.size())
      return false;
    out.rows.push_back({whole(cells[0]),
                        whole(cells[1]),
                        cells[2].int_or(0),
                        whole(cells[3]),
                        whole(cells[4])});
  }
  return true;
}

forecast_basis::counts read_counts(const json& members) {
  forecast_basis::counts out;
  for (const auto& [reason, count] : members.members())
    out.emplace_back(reason, count.int_or(0));
  return out;
}

void fulfil(const make_forecast& wish, forecast_input& out) {
  if (wish.lines)
    out.plan.concurrency = *wish.lines;
  if (wish.answer_rate)
    out.outcomes.set_answer_rate(*wish.answer_rate);
  if (wish.talk_s)
    out.outcomes.set_mean_talk_s(*wish.talk_s);
}

} // namespace

caf::expected<forecast_basis> read_forecast_basis(std::string_view text,
                                                  const make_forecast& wish,
                                                  const forecast_terms& terms,
                                                  std::int64_t starts_ms) {
  const auto tree = json::parse(text, basis_limits);
  if (!tree)
    return tree.error();
  const auto& found = *tree;
  forecast_basis out;
  auto& in = out.input;
  in.starts_ms = starts_ms;
  in.own.tenant = wish.tenant;
  in.calls_per_s = found["number_calls_per_s"].as_double().value_or(terms.calls_per_s);
  in.hold_micros = terms.hold_micros;
  in.price_per_minute_micros = terms.price_per_minute_micros;
  in.pulse_s = terms.pulse_s;
  read_plan(in, found["plan"]);
  const auto& account = found["account"];
  in.daily_cap = whole(account["daily_cap"]);
  in.contact_gap_s = account["contact_gap_s"].int_or(0);
  in.funds_micros = account["balance_micros"].int_or(0);
  read_lines(in, account, found["system"]);
  in.outcomes = read_outcomes(found["experience"], terms.ring_s);
  if (!read_people(in, found["zones"], found["rows"]))
    return caf::make_error(errc::invalid, "the basis of a forecast has another shape");
  fulfil(wish, in);
  out.skipped = read_counts(found["skipped"]);
  for (const auto* reason : {"invalid", "duplicate_in_file"})
    if (const auto count = found["file"][reason].int_or(0); count > 0)
      out.skipped.emplace_back(reason, count);
  out.waiting = read_counts(found["waiting"]);
  const auto& past = found["so_far"];
  out.so_far = {past["calls"].int_or(0),
                past["answered"].int_or(0),
                past["talked_s"].int_or(0),
                past["charged_micros"].int_or(0)};
  return out;
}

} // namespace caly
