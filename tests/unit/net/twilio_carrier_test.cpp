#include "net/providers/twilio/carrier.hpp"
#include "net/providers/twilio/codec.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"

#include <map>

namespace caly::test {

namespace {

struct fixture : actor_fixture {
  /// Answers every request with what the test wants.
  http_answer next;
  std::map<std::string, http_answer> by_path; ///< Answers of their own, by the URL's end.
  std::vector<http_call> seen;

  http_requests_actor http = sys.spawn([this] {
    return http_requests_actor::behavior_type{
        [this](const http_call& call) {
          seen.push_back(call);
          for (const auto& [end, answer] : by_path)
            if (call.url.ends_with(end))
              return answer;
          return next;
        },
        [](const http_finished&) {},
        [](const get_status&) { return status_report{}; },
    };
  });
  std::vector<carrier_actor> made;
  carrier_actor carrier = make({});

  ~fixture() {
    for (const auto& each : made)
      stop(each);
    stop(http);
  }

  carrier_actor make(twilio::carrier_options options) {
    options.base_url = "https://api.example";
    options.account_sid = "AC1";
    options.auth_token = "secret";
    options.public_url = "https://voice.example";
    made.push_back(spawn<calling_actor, twilio::carrier_state>(
        sys, {"provider", "twilio", ""}, twilio::carrier, options, http));
    return made.back();
  }

  static twilio::carrier_options easily_broken() {
    twilio::carrier_options options;
    options.breaker.calls_min = 3;
    return options;
  }

  placed_call place(const carrier_actor& at) {
    place_call order;
    order.tenant = tenant_id::make();
    order.call = call_id::make();
    order.to = "+919876543210";
    order.from = "+14155550100";
    order.not_after_ns = 5;
    order.correlation_id = "req-7";
    return ask<placed_call>(at, order).value();
  }

  void answer(int status, std::string body) {
    next = {};
    next.outcome = http_outcome::answered;
    next.status = status;
    next.body = std::move(body);
  }

  void fail(http_outcome outcome) {
    next = {};
    next.outcome = outcome;
    next.problem = "broken";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(twilio_carrier, fixture)

BOOST_AUTO_TEST_CASE(a_create_goes_out_once_on_a_connection_of_its_own) {
  answer(201, R"({"sid":"CA1"})");
  const auto placed = place(carrier);
  BOOST_TEST((placed.result == create_result::placed));
  BOOST_TEST(placed.provider_call_id == "CA1");
  BOOST_REQUIRE(seen.size() == 1u);
  BOOST_TEST(seen[0].method == "POST");
  BOOST_TEST(seen[0].url == "https://api.example/2010-04-01/Accounts/AC1/Calls.json");
  BOOST_TEST(seen[0].user == "AC1");
  BOOST_TEST(seen[0].password == "secret");
  BOOST_TEST(seen[0].fresh_connection);
  BOOST_TEST(std::count(seen[0].headers.begin(),
                        seen[0].headers.end(),
                        "X-Correlation-Id: req-7") == 1);
  BOOST_TEST(seen[0].not_after.time_since_epoch().count() == 5);
}

BOOST_AUTO_TEST_CASE(a_create_is_looked_at_again_for_the_call_it_places) {
  twilio::carrier_options options;
  std::vector<call_id> asked;
  options.look_again = [&](const tenant_id&, const call_id& call) {
    asked.push_back(call);
    return http_check{[](const auto& answer) { answer(true); }};
  };
  answer(201, R"({"sid":"CA1"})");
  place(make(options));
  BOOST_TEST(asked.size() == 1u);
  BOOST_REQUIRE(seen.size() == 1u);
  BOOST_TEST(static_cast<bool>(seen[0].still_wanted));
}

BOOST_AUTO_TEST_CASE(what_is_not_certain_is_unknown_and_never_sent_again) {
  fail(http_outcome::unknown);
  BOOST_TEST((place(carrier).result == create_result::unknown));
  BOOST_TEST(seen.size() == 1u);
  answer(500, "");
  BOOST_TEST((place(carrier).result == create_result::unknown));
}

BOOST_AUTO_TEST_CASE(what_provably_never_left_may_be_tried_later) {
  fail(http_outcome::never_sent);
  const auto placed = place(carrier);
  BOOST_TEST((placed.result == create_result::throttled));
  BOOST_TEST(placed.reason == "never_sent");
  BOOST_TEST(placed.retry_after_s == 1);
}

BOOST_AUTO_TEST_CASE(
    what_came_too_late_to_leave_may_too_and_says_nothing_about_the_carrier) {
  fail(http_outcome::too_late);
  for (int i = 0; i < 100; ++i) {
    const auto placed = place(carrier);
    BOOST_REQUIRE((placed.result == create_result::throttled));
    BOOST_REQUIRE(placed.retry_after_s == 1);
  }
  answer(201, R"({"sid":"CA1"})");
  BOOST_TEST((place(carrier).result == create_result::placed));
}

BOOST_AUTO_TEST_CASE(creates_beyond_the_accounts_rate_are_held_back_unsent) {
  twilio::carrier_options options;
  options.creates = rate{1, std::chrono::seconds{1}, 1};
  const auto slow = make(options);
  answer(201, R"({"sid":"CA1"})");
  BOOST_TEST((place(slow).result == create_result::placed));
  const auto second = place(slow);
  BOOST_TEST((second.result == create_result::throttled));
  BOOST_TEST(second.retry_after_s == 1);
  BOOST_TEST(seen.size() == 1u);
  sched.advance_time(std::chrono::seconds{2});
  BOOST_TEST((place(slow).result == create_result::placed));
}

BOOST_AUTO_TEST_CASE(a_broken_provider_is_left_alone_and_found_well_again) {
  const auto careful = make(easily_broken());
  fail(http_outcome::unknown);
  for (int i = 0; i < 3; ++i)
    place(careful);
  seen.clear();
  BOOST_TEST((place(careful).result == create_result::throttled));
  BOOST_TEST(seen.empty());
  sched.advance_time(std::chrono::seconds{6});
  answer(201, R"({"sid":"CA1"})");
  BOOST_TEST((place(careful).result == create_result::placed));
  BOOST_TEST((place(careful).result == create_result::placed));
}

BOOST_AUTO_TEST_CASE(refusals_do_not_open_the_circuit) {
  const auto careful = make(easily_broken());
  answer(400, R"({"code":21211,"message":"bad"})");
  for (int i = 0; i < 6; ++i)
    BOOST_TEST((place(careful).result == create_result::refused));
}

BOOST_AUTO_TEST_CASE(a_look_up_by_id_takes_404_for_no) {
  look_up_call wanted;
  wanted.call.provider_call_id = "CA1";
  answer(404, R"({"code":20404})");
  BOOST_TEST(!ask<looked_up_call>(carrier, wanted).value().found);
  answer(200, R"({"sid":"CA1","status":"in-progress"})");
  const auto found = ask<looked_up_call>(carrier, wanted).value();
  BOOST_TEST(found.found);
  BOOST_TEST(found.status == "in_progress");
}

BOOST_AUTO_TEST_CASE(a_call_that_is_anothers_is_not_taken_for_the_one_that_is_missing) {
  look_up_call wanted;
  wanted.call.id = call_id::make();
  wanted.call.to = "+919876543210";
  wanted.call.from = "+14155550100";
  const auto row = [](const std::string& sid) {
    return R"({"sid":")" + sid +
           R"(","to":"+919876543210","from":"+14155550100",)"
           R"("status":"busy","date_created":"Fri, 02 Jan 2026 10:00:01 +0000"})";
  };
  const auto asked_for = [](const call_id& call) {
    return R"({"events":[{"request":{"url":"https://voice.example/twiml/status?call=)" +
           call.str() + R"("}}]})";
  };
  const auto look = [&] { return ask<looked_up_call>(carrier, wanted).value(); };
  answer(200, R"({"calls":[)" + row("CA1") + "," + row("CA2") + "]}");
  const auto owned_by = [&](const call_id& call) {
    return http_answer{http_outcome::answered, 200, asked_for(call), 0, {}};
  };
  by_path["/Calls/CA1/Events.json"] = owned_by(call_id::make());
  by_path["/Calls/CA2/Events.json"] = owned_by(wanted.call.id);
  BOOST_TEST(look().provider_call_id == "CA2");
  // Whoever was asked nothing yet may be ours; a provider may not tell at all.
  by_path["/Calls/CA1/Events.json"].body = R"({"events":[]})";
  BOOST_TEST(look().provider_call_id == "CA1");
  by_path["/Calls/CA1/Events.json"].status = 404;
  BOOST_TEST(look().provider_call_id == "CA1");
  by_path["/Calls/CA1/Events.json"] = by_path["/Calls/CA2/Events.json"] =
      owned_by(call_id::make());
  BOOST_TEST(!look().found);
  by_path["/Calls/CA1/Events.json"].status = 503;
  BOOST_TEST((ask<looked_up_call>(carrier, wanted).error() == errc::unavailable));
}

BOOST_AUTO_TEST_CASE(a_look_up_that_fails_is_no_proof_of_absence) {
  look_up_call wanted;
  wanted.call.to = "+919876543210";
  answer(500, "");
  BOOST_TEST((ask<looked_up_call>(carrier, wanted).error() == errc::unavailable));
  answer(404, "");
  BOOST_TEST((ask<looked_up_call>(carrier, wanted).error() == errc::unavailable));
  fail(http_outcome::unknown);
  BOOST_TEST((ask<looked_up_call>(carrier, wanted).error() == errc::unavailable));
}

BOOST_AUTO_TEST_CASE(hanging_up_an_ended_call_succeeds) {
  const hang_up_call order{tenant_id::make(), call_id::make(), "CA1"};
  answer(200, "{}");
  BOOST_TEST(ask<bool>(carrier, order).value());
  BOOST_TEST(seen.back().body == "Status=completed");
  answer(404, R"({"code":20404})");
  BOOST_TEST(ask<bool>(carrier, order).value());
  answer(500, "");
  BOOST_TEST((ask<bool>(carrier, order).error() == errc::unavailable));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
