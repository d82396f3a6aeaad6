#include "actors/campaign/forecaster.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/deliver.hpp"
#include "tests/unit/actors/forecast_fixture.hpp"

namespace caly::test {
namespace {

using namespace std::chrono_literals;

/// The records as the forecaster sees them.
struct world {
  std::vector<run_record> asked;
  std::string basis;
  bool kept = false;
  bool silent = false;
  std::vector<caf::typed_response_promise<record_answer>> held;
  errc failure = errc::none;
};

record_answer row(std::string text) {
  record_answer out;
  out.json = std::move(text);
  return out;
}

records_actor::behavior_type fake_records(records_actor::pointer self, world* w) {
  return {
      [=](const run_record& ask) -> caf::result<record_answer> {
        w->asked.push_back(ask);
        if (w->failure != errc::none)
          return caf::make_error(w->failure, "so it is");
        if (ask.statement == "campaigns.forecast")
          return row(w->kept ? R"({"made_at":"2026-11-21T09:00:00.000Z"})"
                             : R"({"made_at":null})");
        if (ask.statement == "campaigns.keep_forecast")
          w->kept = true;
        if (!w->silent)
          return row(w->basis);
        auto promise = self->make_response_promise<record_answer>();
        w->held.push_back(promise);
        return promise;
      },
      [](const get_status&) { return status_report{}; },
  };
}

std::string basis_text() {
  return R"({"status":"draft","plan":{"concurrency":4,"breaker_window":20,)"
         R"("breaker_ratio":0.5,"max_attempts":2,"busy_delay_s":60,)"
         R"("no_answer_delay_s":60,"voicemail_delay_s":60,"failed_delay_s":60,)"
         R"("retry_lost":false,"max_call_s":600},"account":{"lines":10,"used_beside":2,)"
         R"("daily_cap":5,"contact_gap_s":0,"balance_micros":900000000},)"
         R"("number_calls_per_s":null,"system":{"lines":20,"full":false,)"
         R"("others":[[3,10]],"used_unnamed":1},"file":{"rows":45,"invalid":3,)"
         R"("duplicate_in_file":0},"so_far":{"calls":7,"answered":4,"talked_s":100,)"
         R"("charged_micros":1000},"skipped":{"do_not_call":2},"waiting":{},)"
         R"("experience":null,"zones":[[[1795132800000,1795132800000,1795219200000],)"
         R"([1795219200000,1795219200000,1795305600000],)"
         R"([1795305600000,1795305600000,1795392000000]]],)"
         R"("rows":[[0,0,1795254245000,0,40]]})";
}

struct fixture : actor_fixture {
  world w;
  const tenant_id tenant = tenant_id::make();
  const campaign_id id = campaign_id::make();
  std::int64_t now_ms = 1'795'254'245'000;
  records_actor records = sys.spawn(fake_records, &w);
  forecaster_actor aut;

  fixture() {
    w.basis = basis_text();
    forecaster_options options;
    options.terms = {10, 2'000'000, 1'000'000, 1, 30};
    options.waiting_max = 2;
    options.time_max = 20s;
    aut = spawn<forecaster_actor, forecaster_state>(
        sys,
        actor_label{"forecaster", "", ""},
        caly::forecaster,
        options,
        forecaster_ports{records, shared_lines, [this] {
                           return wall_time{std::chrono::milliseconds{now_ms}};
                         }});
    run();
  }

  ~fixture() {
    w.held.clear();
    stop(aut);
  }

  make_forecast wish() const {
    make_forecast out;
    out.tenant = tenant;
    out.campaign = id;
    return out;
  }

  json made(const make_forecast& what) {
    const auto answer = ask<forecast_made>(aut, what);
    BOOST_REQUIRE(answer);
    auto tree = json::parse(answer->json);
    BOOST_REQUIRE(tree);
    return std::move(*tree);
  }

  std::size_t count(const std::string& statement) const {
    return static_cast<std::size_t>(
        std::count_if(w.asked.begin(), w.asked.end(), [&](const auto& each) {
          return each.statement == statement;
        }));
  }
};

BOOST_FIXTURE_TEST_SUITE(forecaster_suite, fixture)

BOOST_AUTO_TEST_CASE(says_when_it_ends_and_what_it_costs) {
  const auto told = made(wish());
  BOOST_TEST((w.asked.front().tenant == tenant));
  BOOST_TEST(w.asked.front().arguments[1].value() == "2026-11-21T09:44:05.000Z");
  BOOST_TEST(told["campaign_id"].text_or("") == id.str());
  BOOST_TEST(told["starts_at"].text_or("") == "2026-11-21T09:44:05.000Z");
  BOOST_TEST(told["ends_as"].text_or("") == "completed");
  BOOST_TEST(told["runs"].int_or(0) == 10);
  BOOST_TEST(told["duration_s"]["p50"].int_or(0) > 0);
  // 40 people at most twice, and seven calls before.
  BOOST_TEST(told["calls"]["p50"].int_or(0) > 47);
  BOOST_TEST(told["calls"]["p90"].int_or(0) <= 87);
  BOOST_TEST(told["rows"]["to_call"].int_or(0) == 40);
  BOOST_TEST(told["rows"]["skipped"].items().size() == 2u);
  BOOST_TEST(told["lines"]["campaign"].int_or(0) == 4);
  BOOST_TEST(told["lines"]["account"].int_or(0) == 8);
  BOOST_TEST(told["credit"]["suffices"].bool_or(false));
  BOOST_TEST(told["credit"]["runs_out_at"].is_null());
  BOOST_TEST(told["assumptions"]["source"].text_or("") == "assumed");
  BOOST_TEST(told["assumptions"]["outcomes"]["completed"].as_double().value_or(0) ==
             0.24);
}

BOOST_AUTO_TEST_CASE(learned_outcomes_take_the_place_of_assumed_ones) {
  const std::string unknown = R"("experience":null)";
  w.basis.replace(
      w.basis.find(unknown),
      unknown.size(),
      R"("experience":{"source":"sector","calls":60,"outcomes":{"completed":{"calls":45,)"
      R"("line_s":8,"talk_s":[10,20,30]},"busy":{"calls":15,"line_s":2,"talk_s":null}}})");
  const auto told = made(wish())["assumptions"];
  BOOST_TEST(told["source"].text_or("") == "sector");
  BOOST_TEST(told["calls"].int_or(0) == 60);
  BOOST_TEST(told["talk_s"].as_double().value_or(0) == 20);
  BOOST_TEST(told["outcomes"]["completed"].as_double().value_or(0) == 0.75);
  BOOST_TEST(told["outcomes"]["busy"].as_double().value_or(0) == 0.25);
}

BOOST_AUTO_TEST_CASE(later_attempts_are_learned_apart_when_there_are_enough) {
  const std::string unknown = R"("experience":null)";
  const auto at = w.basis.find(unknown);
  const auto before = w.basis;
  const auto told_with = [&](const std::string& later) {
    w.basis = before;
    w.basis.replace(at,
                    unknown.size(),
                    R"("experience":{"source":"agent","calls":60,"later_calls":)" +
                        later +
                        R"(,"outcomes":{"completed":{"calls":40,"later_calls":0,)"
                        R"("line_s":8,"talk_s":[10,20,30]},"busy":{"calls":20,)"
                        R"("later_calls":)" +
                        later + R"(,"line_s":2,"talk_s":null}}})");
    return made(wish())["assumptions"];
  };
  const auto few = told_with("19");
  BOOST_TEST(few["later_outcomes"].is_null());
  BOOST_TEST(few["outcomes"]["completed"].as_double().value_or(0) == 0.6667);
  const auto enough = told_with("20");
  BOOST_TEST(enough["outcomes"]["completed"].as_double().value_or(0) == 1);
  BOOST_TEST(enough["later_outcomes"]["busy"].as_double().value_or(0) == 1);
}

BOOST_AUTO_TEST_CASE(plays_what_is_wished_instead) {
  auto what = wish();
  what.answer_rate = 1;
  what.talk_s = 30;
  what.lines = 1;
  what.starts_at_ms = now_ms + 3'600'000;
  const auto told = made(what);
  BOOST_TEST(told["starts_at"].text_or("") == "2026-11-21T10:44:05.000Z");
  BOOST_TEST(told["calls"]["p90"].int_or(0) == 47);
  BOOST_TEST(told["lines"]["campaign"].int_or(0) == 1);
  BOOST_TEST(told["assumptions"]["answer_rate_given"].bool_or(false));
  BOOST_TEST(told["assumptions"]["talk_given"].bool_or(false));
  // 40 calls one after the other: a third of the ring time, then the talk.
  BOOST_TEST(told["duration_s"]["p50"].int_or(0) > 40 * 30);
  BOOST_TEST(told["duration_s"]["p50"].int_or(0) < 40 * 60);
}

BOOST_AUTO_TEST_CASE(answers_the_errors_of_the_rows_and_goes_on) {
  w.failure = errc::conflict;
  BOOST_CHECK(ask<forecast_made>(aut, wish()).error() == errc::conflict);
  w.failure = errc::none;
  w.basis = R"({"zones":[],"rows":[[4,0,0,0,1]]})";
  BOOST_CHECK(ask<forecast_made>(aut, wish()).error() == errc::invalid);
  w.basis = basis_text();
  BOOST_TEST(made(wish())["runs"].int_or(0) == 10);
}

BOOST_AUTO_TEST_CASE(lets_only_some_wait) {
  w.silent = true;
  for (int i = 0; i < 3; ++i)
    self->send(aut, wish()); // one is being made, two wait
  run();
  BOOST_TEST(w.held.size() == 1u);
  BOOST_CHECK(ask<forecast_made>(aut, wish()).error() == errc::rate_limited);
  // They are made one after the other.
  w.silent = false;
  deliver(records, w.held.at(0), row(w.basis));
  run();
  BOOST_TEST(count("campaigns.forecast_basis") == 3u);
  BOOST_TEST(made(wish())["runs"].int_or(0) == 10);
}

BOOST_AUTO_TEST_CASE(who_waited_too_long_is_told_so_without_work) {
  w.silent = true;
  self->send(aut, wish());
  run();
  auto late = self->request(aut, caf::infinite, wish());
  run();
  now_ms += 11'000;
  w.silent = false;
  deliver(records, w.held.at(0), row(w.basis));
  run();
  self->receive([](const forecast_made&) {}); // of the first
  late.receive([](const forecast_made&) { BOOST_ERROR("made"); },
               [](const caf::error& err) { BOOST_CHECK(err == errc::timed_out); });
  BOOST_TEST(count("campaigns.forecast_basis") == 1u);
}

BOOST_AUTO_TEST_CASE(keeps_one_forecast_of_a_campaign_that_has_started) {
  self->send(aut, keep_forecast{tenant, id});
  run();
  BOOST_TEST(count("campaigns.keep_forecast") == 1u);
  const auto& kept = w.asked.back();
  BOOST_TEST((kept.tenant == tenant));
  BOOST_TEST(kept.arguments[0].value() == id.str());
  BOOST_TEST((*json::parse(kept.arguments[1].value()))["runs"].int_or(0) == 10);
  // The campaign starts again on another node: its forecast stays what it was.
  self->send(aut, keep_forecast{tenant, id});
  run();
  BOOST_TEST(count("campaigns.forecast_basis") == 1u);
  BOOST_TEST(count("campaigns.keep_forecast") == 1u);
}

BOOST_AUTO_TEST_CASE(a_database_that_is_away_does_not_stop_it) {
  w.failure = errc::unavailable;
  self->send(aut, keep_forecast{tenant, id});
  run();
  BOOST_TEST(!w.kept);
  w.failure = errc::none;
  self->send(aut, keep_forecast{tenant, id});
  run();
  BOOST_TEST(w.kept);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
