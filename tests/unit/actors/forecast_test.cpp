#include "tests/unit/actors/forecast_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <numeric>

namespace caly::test {
namespace {

forecast_course once(const forecast_input& in, std::uint64_t seed = 7) {
  return run_forecast(in, shared_lines(), seed);
}

std::int64_t took_s(const forecast_input& in, const forecast_course& course) {
  return (course.ends_ms - in.starts_ms) / second_ms;
}

std::uint32_t most_lines(const line_use& lines) {
  std::uint32_t most = 0;
  for (const auto& each : lines.steps())
    most = std::max(most, each.most);
  return most;
}

std::int64_t limited_s(const forecast_course& course, forecast_limit by) {
  return course.limited_ms[static_cast<std::size_t>(by)] / second_ms;
}

BOOST_AUTO_TEST_SUITE(forecast_suite)

BOOST_AUTO_TEST_CASE(takes_as_long_as_rows_by_lines_do) {
  const auto in = campaign_of(100); // 60 s each on ten lines
  const auto course = once(in);
  BOOST_CHECK(course.end == forecast_end::completed);
  BOOST_TEST(took_s(in, course) == 600);
  BOOST_TEST(course.calls == 100);
  BOOST_TEST(course.reached == 100);
  BOOST_TEST(course.talked_s == 5000);
  BOOST_TEST(course.cost_micros == 100 * 833'333); // 50 s at a million a minute
  BOOST_TEST(limited_s(course, forecast_limit::campaign_lines) > 500);
}

BOOST_AUTO_TEST_CASE(never_uses_more_lines_than_any_limit) {
  for (const auto lines : {1u, 3u, 7u, 20u}) {
    auto in = campaign_of(300);
    in.outcomes = mixed_outcomes();
    in.plan.concurrency = lines;
    BOOST_TEST(most_lines(once(in).lines) == lines);
    in.plan.concurrency = 50;
    in.account_lines = lines;
    BOOST_TEST(most_lines(once(in).lines) == lines);
    in.account_lines = 50;
    in.system_lines = lines;
    BOOST_TEST(most_lines(once(in).lines) == lines);
  }
}

BOOST_AUTO_TEST_CASE(more_lines_never_end_later) {
  auto in = campaign_of(500);
  in.outcomes = mixed_outcomes();
  // With retries far apart chance decides the end; with none, lines do.
  in.max_attempts = 1;
  auto before = never_ms;
  for (std::uint32_t lines = 1; lines <= 64; lines *= 2) {
    in.plan.concurrency = lines;
    const auto ends_ms = forecast(in, shared_lines).ends_ms.p50;
    BOOST_TEST(ends_ms <= before, lines << " lines");
    before = ends_ms;
  }
}

BOOST_AUTO_TEST_CASE(every_row_has_one_fate) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto in = campaign_of(400);
    in.outcomes = mixed_outcomes();
    in.plan = {8, 20, 0.3};
    const auto course = once(in, seed);
    BOOST_TEST(course.reached + course.exhausted + course.left == 400, "seed " << seed);
    BOOST_TEST(course.calls >= course.reached);
    BOOST_TEST(course.calls <= 3 * 400);
  }
}

BOOST_AUTO_TEST_CASE(the_same_seed_plays_the_same_course) {
  auto in = campaign_of(200);
  in.outcomes = mixed_outcomes();
  const auto one = once(in, 3);
  const auto same = once(in, 3);
  BOOST_TEST(one.ends_ms == same.ends_ms);
  BOOST_TEST(one.cost_micros == same.cost_micros);
  BOOST_TEST(once(in, 4).cost_micros != one.cost_micros);
  // Known by heart, so that other machines play it too.
  BOOST_TEST(dice{1}.unit() == 0.5665615751722809, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(an_empty_campaign_is_over_at_once) {
  const auto in = campaign_of(0);
  const auto made = forecast(in, shared_lines);
  BOOST_TEST(made.calls.p90 == 0);
  BOOST_TEST(made.cost_micros.p90 == 0);
  BOOST_TEST(made.ends_ms.p90 == in.starts_ms);
  BOOST_CHECK(made.end == forecast_end::completed);
}

BOOST_AUTO_TEST_CASE(hours_that_never_open_never_end) {
  auto in = campaign_of(5);
  in.zones = {days(0, 0)};
  const auto made = forecast(in, shared_lines);
  BOOST_CHECK(made.end == forecast_end::too_long);
  BOOST_TEST(made.ends_ms.p50 == never_ms);
  BOOST_TEST(made.left.p50 == 5);
  BOOST_TEST(made.calls.p50 == 0);
}

BOOST_AUTO_TEST_CASE(no_lines_at_all_never_end) {
  auto in = campaign_of(5);
  in.account_lines = 0;
  BOOST_CHECK(forecast(in, shared_lines).end == forecast_end::too_long);
}

BOOST_AUTO_TEST_CASE(what_the_window_does_not_hold_goes_on_the_next_day) {
  auto in = campaign_of(600); // 60 s on one line: 10 hours of calls
  in.plan.concurrency = 1;
  in.zones = {days(9 * hour_ms, 18 * hour_ms)};
  const auto course = once(in);
  // Eight hours today, two tomorrow from nine.
  BOOST_TEST(course.ends_ms == midnight_ms + day_ms + 11 * hour_ms);
  BOOST_TEST(limited_s(course, forecast_limit::calling_window) == 15 * 3600);
}

BOOST_AUTO_TEST_CASE(each_zone_has_hours_of_its_own) {
  auto in = campaign_of(10);
  in.zones.push_back(days(15 * hour_ms, 20 * hour_ms));
  in.rows.push_back({1, 0, in.starts_ms, 0, 10});
  const auto course = once(in);
  BOOST_TEST(course.reached == 20);
  BOOST_TEST(course.ends_ms == midnight_ms + 15 * hour_ms + minute_ms);
}

BOOST_AUTO_TEST_CASE(rows_are_tried_again_after_their_delay_and_then_given_up) {
  auto in = campaign_of(10);
  in.outcomes = always(call_outcome::no_answer, 30);
  const auto course = once(in);
  BOOST_TEST(course.calls == 30);
  BOOST_TEST(course.exhausted == 10);
  BOOST_TEST(course.cost_micros == 0);
  BOOST_TEST(took_s(in, course) == 3 * 30 + 2 * 60);
  BOOST_TEST(limited_s(course, forecast_limit::retry_delay) == 120);
}

BOOST_AUTO_TEST_CASE(attempts_made_before_count) {
  auto in = campaign_of(0);
  in.rows = {{0, 2, in.starts_ms, 0, 4}};
  in.outcomes = always(call_outcome::busy, 5);
  BOOST_TEST(once(in).calls == 4);
}

BOOST_AUTO_TEST_CASE(the_daily_cap_defers_to_the_next_day) {
  auto in = campaign_of(0);
  in.rows = {{0, 0, in.starts_ms, 1, 4}};
  in.daily_cap = 2; // one of them is used up
  in.outcomes = always(call_outcome::busy, 5);
  const auto course = once(in);
  BOOST_TEST(course.calls == 12);
  BOOST_TEST(course.ends_ms == midnight_ms + day_ms + 5 * second_ms + 65 * second_ms);
}

BOOST_AUTO_TEST_CASE(the_gap_between_calls_to_a_person_is_kept) {
  auto in = campaign_of(1);
  in.contact_gap_s = 600;
  in.max_attempts = 2;
  in.outcomes = always(call_outcome::busy, 5);
  BOOST_TEST(took_s(in, once(in)) == 605);
}

BOOST_AUTO_TEST_CASE(the_numbers_rate_is_kept) {
  auto in = campaign_of(100);
  in.plan.concurrency = 100;
  in.calls_per_s = 1;
  const auto course = once(in);
  BOOST_TEST(took_s(in, course) == 99 + 60);
  BOOST_TEST(limited_s(course, forecast_limit::call_rate) >= 90);
}

BOOST_AUTO_TEST_CASE(stops_when_credit_does_not_cover_another_call) {
  auto in = campaign_of(100);
  in.plan.concurrency = 1;
  in.funds_micros = 10'000'000; // a hold is two million, a call 833,333
  const auto made = forecast(in, shared_lines);
  BOOST_CHECK(made.end == forecast_end::no_credit);
  BOOST_TEST(!made.credit_suffices);
  BOOST_TEST(made.calls.p50 == 10);
  BOOST_TEST(made.credit_out_ms == in.starts_ms + 10 * minute_ms);
  BOOST_TEST(made.cost_micros.p90 <= in.funds_micros);
  BOOST_TEST(made.needed_micros.p50 == 100 * 833'333);
  BOOST_TEST(made.left.p50 == 90);
}

BOOST_AUTO_TEST_CASE(credit_for_no_call_at_all_stops_before_the_first) {
  auto in = campaign_of(3);
  in.funds_micros = 1;
  const auto made = forecast(in, shared_lines);
  BOOST_CHECK(made.end == forecast_end::no_credit);
  BOOST_TEST(made.calls.p90 == 0);
  BOOST_TEST(made.credit_out_ms == in.starts_ms);
}

BOOST_AUTO_TEST_CASE(failing_calls_pause_it_as_they_pause_a_campaign) {
  auto in = campaign_of(1000);
  in.plan = {5, 20, 0.5};
  in.outcomes = always(call_outcome::failed, 5);
  const auto course = once(in);
  BOOST_CHECK(course.end == forecast_end::failure_rate);
  BOOST_TEST(course.calls < 30);
  BOOST_TEST(course.left > 900);
}

BOOST_AUTO_TEST_CASE(others_who_wait_leave_a_fair_share_of_the_lines) {
  auto in = campaign_of(400);
  in.plan.concurrency = 100;
  in.system_lines = 30;
  for (int i = 0; i < 2; ++i)
    in.others.push_back({tenant_id::make(), 15, 50, true});
  const auto course = once(in);
  BOOST_TEST(most_lines(course.lines) == 10u);
  BOOST_TEST(limited_s(course, forecast_limit::system_lines) > 0);
  // Those who want no more keep what they have, the rest is ours.
  for (auto& each : in.others)
    each = {each.tenant, 3, 50, false};
  BOOST_TEST(most_lines(once(in).lines) == 24u);
}

BOOST_AUTO_TEST_CASE(the_ninth_of_ten_courses_is_never_better_than_the_middle_one) {
  auto in = campaign_of(300);
  in.outcomes = mixed_outcomes();
  const auto made = forecast(in, shared_lines);
  BOOST_TEST(made.runs == 10u);
  for (const auto& each : {made.ends_ms, made.calls, made.cost_micros, made.talked_s})
    BOOST_TEST(each.p50 < each.p90);
  BOOST_TEST(std::accumulate(made.limited.begin(), made.limited.end(), 0.0) == 1.0,
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(a_run_is_always_made_however_little_time_there_is) {
  const auto made = forecast(campaign_of(10), shared_lines, {1, 10, {}});
  BOOST_TEST(made.runs == 1u);
}

BOOST_AUTO_TEST_CASE(line_use_fits_into_its_steps_and_loses_nothing) {
  line_use use;
  std::int64_t at = 0;
  double sum = 0;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    const std::int64_t length = 100 + i * 37 % 9000;
    use.add(at, at + length, i % 11);
    sum += static_cast<double>(length) * (i % 11);
    at += length;
  }
  BOOST_TEST(use.steps().size() <= line_use::steps_max);
  BOOST_TEST(use.steps().size() > line_use::steps_max / 2 - 1);
  double found = 0;
  for (const auto& each : use.steps())
    found += each.line_ms;
  BOOST_TEST(found == sum);
  BOOST_TEST(most_lines(use) == 10u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(outcome_model_suite)

BOOST_AUTO_TEST_CASE(draws_outcomes_by_their_shares) {
  const auto model = mixed_outcomes();
  dice with{11};
  std::array<int, call_outcomes> seen{};
  for (int i = 0; i < 20'000; ++i)
    ++seen[static_cast<std::size_t>(model.draw(with, 0))];
  for (std::size_t i = 0; i < call_outcomes; ++i)
    BOOST_TEST(std::abs(seen[i] / 20'000.0 - model.of[i].share) < 0.01);
}

BOOST_AUTO_TEST_CASE(later_attempts_have_shares_of_their_own_once_they_are_known) {
  auto model = mixed_outcomes();
  model[call_outcome::busy].later_share = 1;
  dice with{11};
  const auto busy = [&](std::uint32_t attempts_before) {
    int seen = 0;
    for (int i = 0; i < 1000; ++i)
      seen += model.draw(with, attempts_before) == call_outcome::busy ? 1 : 0;
    return seen;
  };
  BOOST_TEST(busy(1) < 250);
  model.later_weight = 30;
  BOOST_TEST(busy(0) < 250);
  BOOST_TEST(busy(1) == 1000);
  BOOST_TEST(model.drawn(with)[call_outcome::busy].later_share == 1.0);
}

BOOST_AUTO_TEST_CASE(the_less_is_known_the_more_do_runs_differ) {
  const auto spread = [](double weight) {
    auto model = mixed_outcomes();
    model.weight = weight;
    dice with{5};
    double low = 1;
    double high = 0;
    for (int i = 0; i < 200; ++i) {
      const auto share = model.drawn(with)[call_outcome::completed].share;
      low = std::min(low, share);
      high = std::max(high, share);
    }
    return high - low;
  };
  BOOST_TEST(spread(20) > 0.3);
  BOOST_TEST(spread(2000) < 0.1);
}

BOOST_AUTO_TEST_CASE(a_given_answer_rate_and_talk_are_taken_as_they_are) {
  auto model = mixed_outcomes();
  model.set_answer_rate(0.7);
  model.set_mean_talk_s(33);
  double sum = 0;
  for (const auto& each : model.of)
    sum += each.share;
  BOOST_TEST(sum == 1.0, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(model[call_outcome::completed].share == 0.7);
  BOOST_TEST(model.mean_talk_s(call_outcome::completed) == 33,
             boost::test_tools::tolerance(1e-9));
  auto everybody = always(call_outcome::completed, 5, 10);
  everybody.set_answer_rate(0.25);
  BOOST_TEST(everybody[call_outcome::no_answer].share == 0.75);
}

BOOST_AUTO_TEST_CASE(what_is_assumed_adds_up) {
  const auto model = assumed_outcomes(30);
  double sum = 0;
  for (const auto& each : model.of)
    sum += each.share;
  BOOST_TEST(sum == 1.0, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(model.mean_talk_s(call_outcome::completed) == 60,
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
