#include "tests/contract/stores_fixture.hpp"

namespace caly::test {

namespace {

constexpr const char* basis = "campaigns.forecast_basis";

struct fixture : stores_fixture {
  campaign_id id;

  void start() { run("campaigns.start", {id.str(), "usr_x", now_text()}); }

  json basis_of(const campaign_id& campaign, int calls_min = 2) {
    return run(basis, {campaign.str(), now_text(), std::to_string(calls_min)});
  }

  static std::int64_t people_of(const json& found) {
    std::int64_t sum = 0;
    for (const auto& group : found["rows"].items())
      sum += group.items().at(4).int_or(0);
    return sum;
  }

  /// Dials `count` people; answers the calls.
  std::vector<reserved_call> dial(int count) {
    std::vector<call_id> ids;
    for (int i = 0; i < count; ++i)
      ids.push_back(call_id::make());
    const auto owner = own_shard();
    const auto got = ask<reservation>(stores.dial, reserve_calls{tenant, id, owner, ids});
    BOOST_REQUIRE(got);
    BOOST_REQUIRE(ask<sendable_calls>(stores.dial, mark_sending{tenant, owner, ids}));
    for (const auto& each : ids)
      BOOST_REQUIRE(ask<std::string>(
          stores.dial,
          record_answered{
              tenant, each, create_result::placed, "CA" + each.sql(), "", 0}));
    return got->calls;
  }

  void end(const call_id& call, const std::string& status, std::int32_t duration_s = 0) {
    BOOST_REQUIRE(ask<progress_answer>(
        stores.dial,
        record_progress{tenant, call, status, "", status, duration_s, "", now_ms}));
  }

  errc refusal(const tenant_id& whom, const std::string& statement, arguments with) {
    const auto answer = try_run(whom, statement, std::move(with));
    BOOST_REQUIRE_MESSAGE(!answer, statement << " was not refused");
    return static_cast<errc>(answer.error().code());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(forecast_records, fixture)

BOOST_AUTO_TEST_CASE(alike_people_of_a_draft_are_one_group) {
  id = add_campaign(import_people(30));
  const auto found = basis_of(id);
  BOOST_TEST(found["status"].text_or("") == "draft");
  BOOST_TEST(found["rows"].items().size() == 1u);
  BOOST_TEST(people_of(found) == 30);
  BOOST_TEST(found["rows"].items()[0].items()[2].int_or(0) == now_ms);
  BOOST_TEST(found["skipped"].members().empty());
  BOOST_TEST(found["plan"]["concurrency"].int_or(0) == 5);
  BOOST_TEST(found["plan"]["busy_delay_s"].int_or(0) == 60);
  BOOST_TEST(found["account"]["lines"].int_or(0) == 50);
  BOOST_TEST(found["account"]["balance_micros"].int_or(0) == 1'000'000);
  BOOST_TEST(found["system"]["lines"].int_or(0) == 100);
  BOOST_TEST(found["file"]["rows"].int_or(0) == 30);
  BOOST_TEST(found["experience"].is_null());
}

BOOST_AUTO_TEST_CASE(says_who_is_not_called_and_why) {
  const auto import = import_people(10);
  run("suppressions.add", {"+919810000001", "asked", "usr_x"});
  by_admin("update contacts set is_active = false where phone = '+919810000002'");
  by_admin("update contacts set time_zone = null where phone = '+919810000003'");
  id = add_campaign(import);
  run("campaigns.patch",
      {id.str(), "1", R"({"calling_window":{"from":"00:00","to":"23:59"}})", "u"});
  const auto found = basis_of(id);
  BOOST_TEST(people_of(found) == 7);
  BOOST_TEST(found["skipped"]["do_not_call"].int_or(0) == 1);
  BOOST_TEST(found["skipped"]["contact_deleted"].int_or(0) == 1);
  BOOST_TEST(found["skipped"]["unknown_time_zone"].int_or(0) == 1);
}

BOOST_AUTO_TEST_CASE(says_who_waits_and_until_when) {
  const auto import = import_people(4);
  run("tenants.patch", {std::nullopt, std::nullopt, std::nullopt, "1", "3600", "u"});
  const auto now = now_text();
  by_admin("update contacts set last_dialed_at = '" + now +
           "', dialed_count = 1, dialed_on = "
           "('" +
           now +
           "'::timestamptz at time zone 'Asia/Kolkata')::date "
           "where phone = '+919810000001'");
  by_admin(
      "update contacts set last_dialed_at = '" + now +
      "'::timestamptz - interval '30 hours', dialed_count = 1, dialed_on = '2026-11-19' "
      "where phone = '+919810000002'");
  id = add_campaign(import);
  const auto found = basis_of(id);
  BOOST_TEST(people_of(found) == 4);
  BOOST_TEST(found["waiting"]["contact_gap"].int_or(0) == 1);
  BOOST_TEST(found["waiting"].members().size() == 1u);
  const auto& last = found["rows"].items().back();
  BOOST_TEST(last.items()[2].int_or(0) == now_ms + 3600 * 1000);
  BOOST_TEST(last.items()[3].int_or(-1) == 1); // counts for today
  BOOST_TEST(found["rows"].items().front().items()[3].int_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(tells_the_hours_of_each_zone) {
  const auto import = import_people(2);
  by_admin(
      "update contacts set time_zone = 'America/New_York' where phone = '+919810000002'");
  id = add_campaign(import);
  const auto window =
      R"({"calling_window":{"from":"09:00","to":"18:00","days":[1,2,3,4,5]}})";
  run("campaigns.patch", {id.str(), "1", window, "u"});
  const auto found = basis_of(id);
  BOOST_REQUIRE_EQUAL(found["zones"].items().size(), 2u);
  const auto& new_york = found["zones"].items()[0].items();
  BOOST_TEST(new_york.size() == 34u);
  const auto ms = [](const char* text) { return to_unix_ms(*parse_rfc3339(text)); };
  // The clock stands at Saturday, 2026-11-21; the days begin with the one before.
  BOOST_TEST(new_york[0].items()[0].int_or(0) == ms("2026-11-20T05:00:00Z"));
  BOOST_TEST(new_york[0].items()[1].int_or(0) == ms("2026-11-20T14:00:00Z"));
  BOOST_TEST(new_york[0].items()[2].int_or(0) == ms("2026-11-20T23:00:00Z"));
  for (const auto closed : {1, 2}) {
    const auto& day = new_york[closed].items();
    BOOST_TEST(day[1].int_or(0) == day[2].int_or(-1));
  }
  const auto& kolkata = found["zones"].items()[1].items();
  BOOST_TEST(kolkata[3].items()[1].int_or(0) == ms("2026-11-23T03:30:00Z"));
  BOOST_TEST(found["waiting"]["calling_window"].int_or(0) == 2);
}

BOOST_AUTO_TEST_CASE(of_a_running_campaign_only_what_is_left_counts) {
  id = add_campaign(import_people(12));
  start();
  const auto calls = dial(5);
  now_ms += 20'000;
  end(calls[0].id, "completed", 15);
  end(calls[1].id, "busy");
  const auto found = basis_of(id);
  BOOST_TEST(people_of(found) == 11); // three of them are being dialed
  BOOST_TEST(found["skipped"]["done"].int_or(0) == 1);
  BOOST_TEST(found["waiting"]["retry"].int_or(0) == 1);
  BOOST_TEST(found["account"]["used_beside"].int_or(-1) == 0);
  // What is held for live calls is theirs again.
  BOOST_TEST(found["account"]["balance_micros"].int_or(0) == 1'000'000 - 15);
  BOOST_TEST(found["so_far"]["calls"].int_or(0) == 2);
  BOOST_TEST(found["so_far"]["answered"].int_or(0) == 1);
  BOOST_TEST(found["so_far"]["talked_s"].int_or(0) == 15);
  BOOST_TEST(found["so_far"]["charged_micros"].int_or(0) == 15);
}

BOOST_AUTO_TEST_CASE(learns_from_the_agents_last_calls_when_there_are_enough) {
  id = add_campaign(import_people(12));
  start();
  const auto calls = dial(5);
  now_ms += 40'000;
  for (const auto talk : {0, 1, 2})
    end(calls[static_cast<std::size_t>(talk)].id, "completed", 10 * (talk + 1));
  end(calls[3].id, "no_answer");
  end(calls[4].id, "busy");
  BOOST_TEST(basis_of(id, 6)["experience"].is_null());
  const auto found = basis_of(id, 5)["experience"];
  BOOST_TEST(found["source"].text_or("") == "agent");
  BOOST_TEST(found["calls"].int_or(0) == 5);
  const auto& completed = found["outcomes"]["completed"];
  BOOST_TEST(completed["calls"].int_or(0) == 3);
  BOOST_TEST(completed["line_s"].as_double().value_or(0) == 20); // 40 s less the talk
  const auto& talk = completed["talk_s"].items();
  BOOST_REQUIRE_EQUAL(talk.size(), 21u);
  BOOST_TEST(talk.front().as_double().value_or(0) == 10);
  BOOST_TEST(talk[10].as_double().value_or(0) == 20);
  BOOST_TEST(talk.back().as_double().value_or(0) == 30);
  BOOST_TEST(found["outcomes"]["busy"]["talk_s"].is_null());
  BOOST_TEST(found["later_calls"].int_or(-1) == 0);
  by_admin("update calls set attempt_no = 2 where status = 'busy'");
  const auto again = basis_of(id, 5)["experience"];
  BOOST_TEST(again["later_calls"].int_or(0) == 1);
  BOOST_TEST(again["outcomes"]["busy"]["later_calls"].int_or(0) == 1);
  BOOST_TEST(again["outcomes"]["completed"]["later_calls"].int_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(learns_from_the_sector_when_the_agent_is_new) {
  id = add_campaign(import_people(12));
  start();
  for (const auto& call : dial(4))
    end(call.id, "completed", 10);
  run("agents.seed",
      {R"([{"slug":"new","name":"New","sector":"retail","kind":"both","languages":["en"],)"
       R"("prompt":"Hi","greeting":{"en":"Hello"}},{"slug":"far","name":"Far",)"
       R"("sector":"healthcare","kind":"both","languages":["en"],"prompt":"Hi",)"
       R"("greeting":{"en":"Hello"}}])"});
  const auto with_agent = [&](const char* slug) {
    pqxx::nontransaction txn{admin};
    txn.exec_params("update call_campaigns set agent_id = (select id from agents where "
                    "slug = $1), agent_version = 1",
                    slug);
    return basis_of(id, 4)["experience"];
  };
  BOOST_TEST(with_agent("new")["source"].text_or("") == "sector");
  BOOST_TEST(with_agent("far").is_null());
}

BOOST_AUTO_TEST_CASE(names_the_lines_that_others_use) {
  const auto other = add_tenant("other@example.com");
  by_admin("update pools set used = 7 where scope = 'tenant:" + other.sql() + "'");
  by_admin("update pools set used = 100 where scope = 'system'");
  id = add_campaign(import_people(1));
  const auto system = basis_of(id)["system"];
  BOOST_TEST(system["full"].bool_or(false));
  BOOST_REQUIRE_EQUAL(system["others"].items().size(), 1u);
  BOOST_TEST(system["others"].items()[0].items()[0].int_or(0) == 7);
  BOOST_TEST(system["others"].items()[0].items()[1].int_or(0) == 50);
  BOOST_TEST(system["used_unnamed"].int_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(what_is_over_is_not_forecast) {
  id = add_campaign(import_people(1));
  start();
  run("campaigns.stop", {id.str(), "u", now_text()});
  const auto why = [&](const tenant_id& whom, const campaign_id& which) {
    return refusal(whom, basis, {which.str(), now_text(), "1"});
  };
  BOOST_CHECK(why(tenant, id) == errc::conflict);
  BOOST_CHECK(why(tenant, campaign_id::make()) == errc::not_found);
  const auto other = add_tenant("other@example.com");
  BOOST_CHECK(why(other, id) == errc::not_found);
  BOOST_CHECK(refusal(other, "campaigns.forecast", {id.str()}) == errc::not_found);
}

BOOST_AUTO_TEST_CASE(the_first_forecast_of_a_run_stays_until_it_is_dialed_again) {
  id = add_campaign(import_people(3));
  const auto keep = [&](const char* what) {
    return run("campaigns.keep_forecast", {id.str(), what, now_text()})["kept"].bool_or(
        false);
  };
  BOOST_TEST(!keep(R"({"a":0})")); // a draft may still change
  BOOST_TEST(run("campaigns.forecast", {id.str()})["predicted"].is_null());
  start();
  BOOST_TEST(keep(R"({"a":1})"));
  BOOST_TEST(!keep(R"({"a":2})"));
  BOOST_TEST(run("campaigns.forecast", {id.str()})["predicted"]["a"].int_or(0) == 1);
  run("campaigns.stop", {id.str(), "u", now_text()});
  BOOST_TEST(!keep(R"({"a":3})"));
  run("campaigns.redial", {id.str(), "u", now_text()});
  BOOST_TEST(keep(R"({"a":4})"));
  const auto other = add_tenant("other@example.com");
  const auto stolen =
      run_as(other, "campaigns.keep_forecast", {id.str(), "{}", now_text()});
  BOOST_TEST(!stolen["kept"].bool_or(true));
}

BOOST_AUTO_TEST_CASE(what_happened_stands_beside_it) {
  id = add_campaign(import_people(6));
  start();
  const auto calls = dial(4);
  end(calls[0].id, "completed", 30);
  end(calls[1].id, "completed", 10);
  end(calls[2].id, "no_answer");
  const auto happened = run("campaigns.forecast", {id.str()})["happened"];
  BOOST_TEST(happened["status"].text_or("") == "running");
  BOOST_TEST(happened["calls"].int_or(0) == 3);
  BOOST_TEST(happened["answered"].int_or(0) == 2);
  BOOST_TEST(happened["talked_s"].int_or(0) == 40);
  BOOST_TEST(happened["charged_micros"].int_or(0) == 40);
  BOOST_TEST(happened["reached"].int_or(0) == 2);
  BOOST_TEST(happened["left"].int_or(0) == 4);
  BOOST_TEST(happened["ended_at"].is_null());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
