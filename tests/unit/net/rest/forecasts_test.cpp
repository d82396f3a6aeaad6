#include "tests/unit/net/rest/rest_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

const std::string campaign = "cmp_" + std::string(32, 'a');

struct fixture : rest_fixture {
  rest_answer simulate(const std::string& body, user_role role = user_role::owner) {
    return call(
        http_method::post, "/api/campaigns/" + campaign + "/simulate", body, role);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rest_forecasts, fixture)

BOOST_AUTO_TEST_CASE(plays_the_campaign_of_the_users_own_tenant) {
  const auto got = simulate("");
  BOOST_TEST(got.status == 200u);
  BOOST_TEST(got.body["data"]["runs"].int_or(0) == 10);
  BOOST_REQUIRE_EQUAL(world->forecasts.size(), 1u);
  const auto& asked = world->forecasts.front();
  BOOST_TEST((asked.tenant == tenant));
  BOOST_TEST(asked.campaign.str() == campaign);
  BOOST_TEST(!asked.lines.has_value());
  BOOST_TEST(!asked.answer_rate.has_value());
  BOOST_TEST(!asked.starts_at_ms.has_value());
  BOOST_TEST(simulate("", user_role::viewer).status == 403u);
}

BOOST_AUTO_TEST_CASE(takes_what_is_to_be_tried_instead) {
  const auto got = simulate(R"({"lines":20,"starts_at":"2025-10-10T09:00:00+05:30",)"
                            R"("answer_rate":0.35,"talk_s":42.5,"seed":7})");
  BOOST_TEST(got.status == 200u);
  const auto& asked = world->forecasts.at(0);
  BOOST_TEST(asked.lines.value() == 20u);
  BOOST_TEST(asked.starts_at_ms.value() ==
             to_unix_ms(*parse_rfc3339("2025-10-10T03:30:00Z")));
  BOOST_TEST(asked.answer_rate.value() == 0.35);
  BOOST_TEST(asked.talk_s.value() == 42.5);
  BOOST_TEST(asked.seed == 7u);
}

BOOST_AUTO_TEST_CASE(a_start_a_moment_ago_is_now) {
  BOOST_TEST(
      simulate(R"({"starts_at":")" + to_rfc3339(now - std::chrono::minutes{1}) + R"("})")
          .status == 200u);
  BOOST_TEST(world->forecasts.at(0).starts_at_ms.value() == to_unix_ms(now));
}

BOOST_AUTO_TEST_CASE(names_every_field_that_is_wrong) {
  const auto got = simulate(R"({"lines":0,"starts_at":"tomorrow","answer_rate":1.5,)"
                            R"("talk_s":"long","seed":-1,"speed":2})");
  BOOST_TEST(got.status == 422u);
  BOOST_TEST(got.fields() == "lines starts_at answer_rate talk_s seed speed");
  BOOST_TEST(simulate(R"({"starts_at":"2020-01-01T00:00:00Z"})").fields() == "starts_at");
  BOOST_TEST(simulate(R"({"starts_at":"2027-01-01T00:00:00Z"})").fields() == "starts_at");
  BOOST_TEST(simulate(R"({"lines":1001})").fields() == "lines");
  BOOST_TEST(simulate("[1]").status == 400u);
  BOOST_TEST(world->forecasts.empty());
}

BOOST_AUTO_TEST_CASE(says_when_to_come_again) {
  world->forecast_failure = errc::rate_limited;
  const auto got = simulate("");
  BOOST_TEST(got.status == 429u);
  BOOST_TEST(!got.header("Retry-After").empty());
  world->forecast_failure = errc::conflict;
  BOOST_TEST(simulate("").status == 409u);
  world->forecast_failure = errc::not_found;
  BOOST_TEST(simulate("").status == 404u);
}

BOOST_AUTO_TEST_CASE(shows_what_was_predicted) {
  answer("campaigns.forecast", R"({"predicted":null,"happened":{}})");
  const auto got = get("/api/campaigns/" + campaign + "/forecast");
  BOOST_TEST(got.status == 200u);
  BOOST_TEST(world->asked.back().arguments[0].value() == campaign);
  BOOST_TEST((world->asked.back().tenant == tenant));
  BOOST_TEST(get("/api/campaigns/cmp_1/forecast").status == 404u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
