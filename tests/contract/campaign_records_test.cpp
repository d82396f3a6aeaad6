#include "tests/contract/stores_fixture.hpp"

namespace caly::test {

namespace {

struct fixture : stores_fixture {
  campaign_id id;
  std::vector<reserved_call> calls;

  /// A running campaign of `people`, with `dialed` of them placed at the provider.
  void dialing(int people, int dialed) {
    id = add_campaign(import_people(people));
    run("campaigns.start", {id.str(), "usr_x", now_text()});
    const auto owner = own_shard();
    std::vector<call_id> ids;
    for (int i = 0; i < dialed; ++i)
      ids.push_back(call_id::make());
    const auto got = ask<reservation>(stores.dial, reserve_calls{tenant, id, owner, ids});
    BOOST_REQUIRE(got);
    calls = got->calls;
    BOOST_REQUIRE(ask<sendable_calls>(stores.dial, mark_sending{tenant, owner, ids}));
    for (const auto& each : ids)
      BOOST_REQUIRE(ask<std::string>(
          stores.dial,
          record_answered{
              tenant, each, create_result::placed, "CA" + each.sql(), "", 0}));
  }

  void
  event(const call_id& call, const std::string& status, std::int32_t duration_s = 0) {
    const auto answer = ask<progress_answer>(
        stores.dial,
        record_progress{tenant, call, status, "", status, duration_s, "", now_ms});
    BOOST_REQUIRE(answer);
  }

  json progress() { return run("campaigns.progress", {id.str(), now_text()}); }

  static std::int64_t sum(const json& counts) {
    std::int64_t out = 0;
    for (const auto& [name, value] : counts.members())
      out += value.int_or(0);
    return out;
  }

  errc refusal(const std::string& statement, arguments with) {
    const auto answer = try_run(tenant, statement, std::move(with));
    BOOST_REQUIRE_MESSAGE(!answer, statement << " was not refused");
    return static_cast<errc>(answer.error().code());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(campaign_records, fixture)

BOOST_AUTO_TEST_CASE(a_draft_shows_everything_it_was_made_of) {
  const auto import = import_people(3);
  id = add_campaign(import);
  const auto made = run("campaigns.get", {id.str()});
  BOOST_CHECK_EQUAL(made["status"].text_or(""), "draft");
  BOOST_CHECK_EQUAL(made["import_id"].text_or(""), import.str());
  BOOST_CHECK_EQUAL(made["retry"]["max_attempts"].int_or(0), 2);
  BOOST_CHECK_EQUAL(made["retry"]["busy_delay_s"].int_or(0), 60);
  BOOST_CHECK_EQUAL(made["retry"]["no_answer_delay_s"].int_or(0), 3600);
  BOOST_CHECK(made["calling_window"].is_null());
  BOOST_CHECK_EQUAL(made["failure_breaker"]["window"].int_or(0), 20);
  BOOST_CHECK_EQUAL(made["version"].int_or(0), 1);
  BOOST_CHECK_EQUAL(sum(made["counts"]), 0);
}

BOOST_AUTO_TEST_CASE(a_change_needs_the_version_it_was_made_from) {
  id = add_campaign(import_people(1));
  const auto changes =
      R"({"concurrency":9,"calling_window":{"from":"09:30","to":"20:00","days":[1,2]}})";
  const auto made = run("campaigns.patch", {id.str(), "1", changes, "u"});
  BOOST_CHECK_EQUAL(made["version"].int_or(0), 2);
  BOOST_CHECK_EQUAL(made["concurrency"].int_or(0), 9);
  BOOST_CHECK_EQUAL(made["calling_window"]["from"].text_or(""), "09:30");
  BOOST_CHECK_EQUAL(made["calling_window"]["days"].items().size(), 2u);
  BOOST_CHECK(refusal("campaigns.patch", {id.str(), "1", changes, "u"}) ==
              errc::conflict);
  const auto upside_down = R"({"calling_window":{"from":"20:00","to":"09:00"}})";
  BOOST_CHECK(refusal("campaigns.patch", {id.str(), "2", upside_down, "u"}) ==
              errc::invalid);
  BOOST_CHECK(run("campaigns.patch",
                  {id.str(), "2", R"({"calling_window":null})", "u"})["calling_window"]
                  .is_null());
}

BOOST_AUTO_TEST_CASE(moves_only_along_its_states) {
  id = add_campaign(import_people(4));
  const auto verb = [&](const std::string& name) {
    return try_run(tenant, "campaigns." + name, {id.str(), "u", now_text()});
  };
  const auto pause = [&] {
    return try_run(tenant, "campaigns.pause", {id.str(), "u", "lunch", now_text()});
  };
  BOOST_CHECK(verb("resume").error() == errc::conflict);
  BOOST_CHECK(pause().error() == errc::conflict);
  const auto started = json::parse(verb("start")->json);
  BOOST_CHECK_EQUAL((*started)["rows"].int_or(0), 4);
  BOOST_CHECK(!run("route.shard")["wake_at"].is_null());
  BOOST_CHECK(!run("route.sleep")["slept"].bool_or(true));
  BOOST_CHECK(verb("start").error() == errc::conflict);
  BOOST_REQUIRE(pause());
  BOOST_CHECK_EQUAL(progress()["status_reason"].text_or(""), "lunch");
  BOOST_REQUIRE(verb("resume"));
  BOOST_CHECK_EQUAL(
      run("campaigns.finish", {id.str(), now_text()})["finished"].bool_or(true), false);
  const auto stopped = json::parse(verb("stop")->json);
  BOOST_CHECK_EQUAL((*stopped)["cancelled"].int_or(0), 4);
  BOOST_CHECK(verb("stop").error() == errc::conflict);
  const auto redialed = json::parse(verb("redial")->json);
  BOOST_CHECK_EQUAL((*redialed)["rows"].int_or(0), 4);
  BOOST_CHECK_EQUAL(progress()["counts"]["pending"].int_or(0), 4);
  BOOST_CHECK(refusal("campaigns.delete", {id.str(), "u"}) == errc::conflict);
  BOOST_CHECK(refusal("campaigns.start", {campaign_id::make().str(), "u", now_text()}) ==
              errc::not_found);
}

BOOST_AUTO_TEST_CASE(does_not_start_without_people) {
  const auto empty = import_id::make();
  ask<import_begun>(stores.imports,
                    begin_import{tenant, empty, "e", "e.csv", "IN", "{}"});
  id = add_campaign(empty);
  BOOST_CHECK(refusal("campaigns.start", {id.str(), "u", now_text()}) == errc::conflict);
  const auto found = run("campaigns.validate", {id.str(), now_text()});
  BOOST_CHECK_EQUAL(found["ok"].bool_or(true), false);
  BOOST_CHECK_EQUAL(found["problems"].items().at(0)["code"].text_or(""),
                    "import_processing");
  BOOST_CHECK_EQUAL(run("campaigns.get", {id.str()})["status"].text_or(""), "draft");
  run("campaigns.delete", {id.str(), "u"});
  BOOST_CHECK(refusal("campaigns.get", {id.str()}) == errc::not_found);
}

BOOST_AUTO_TEST_CASE(progress_counts_add_up_to_the_rows) {
  dialing(10, 4);
  auto seen = progress();
  BOOST_CHECK_EQUAL(seen["rows"].int_or(0), 10);
  BOOST_CHECK_EQUAL(sum(seen["counts"]), 10);
  BOOST_CHECK_EQUAL(seen["counts"]["dialing"].int_or(0), 4);
  BOOST_CHECK_EQUAL(seen["live"].int_or(0), 4);
  event(calls[0].id, "completed", 30);
  event(calls[1].id, "busy");
  event(calls[2].id, "no_answer");
  now_ms += 10'000;
  seen = progress();
  BOOST_CHECK_EQUAL(sum(seen["counts"]), 10);
  BOOST_CHECK_EQUAL(seen["counts"]["done"].int_or(0), 1);
  BOOST_CHECK_EQUAL(seen["counts"]["waiting_retry"].int_or(0), 2);
  BOOST_CHECK_EQUAL(seen["outcomes"]["completed"].int_or(0), 1);
  BOOST_CHECK_EQUAL(seen["outcomes"]["busy"].int_or(0), 1);
  BOOST_CHECK_EQUAL(seen["charged_micros"].int_or(0), 30);
  BOOST_CHECK_EQUAL(seen["attempts"].int_or(0), 4);
  BOOST_CHECK_GT(seen["eta_s"].int_or(0), 0);
  BOOST_CHECK(seen["waiting_for"].is_null());
  const auto listed = run("campaigns.list");
  BOOST_CHECK_EQUAL(sum(listed.items().at(0)["counts"]), 10);
}

BOOST_AUTO_TEST_CASE(says_what_the_campaign_waits_for) {
  dialing(10, 5);
  BOOST_CHECK_EQUAL(progress()["waiting_for"].text_or(""), "campaign_at_capacity");
  run("tenants.patch", {"5", {}, {}, {}, {}, "u"});
  const auto work = run("campaigns.work", {now_text()});
  BOOST_CHECK_EQUAL(work.items().at(0)["live"].int_or(0), 5);
  BOOST_CHECK(work.items().at(0)["due"].bool_or(false));
  for (const auto& call : calls)
    event(call.id, "failed");
  const auto after = run("campaigns.work", {now_text()});
  BOOST_CHECK_EQUAL(after.items().at(0)["recent_ended"].int_or(0), 5);
  BOOST_CHECK_EQUAL(after.items().at(0)["recent_failed"].int_or(0), 5);
}

BOOST_AUTO_TEST_CASE(explains_each_row) {
  dialing(3, 2);
  const auto explain = [&](const contact_id& who) {
    return run("campaigns.explain", {id.str(), who.str(), now_text()});
  };
  BOOST_CHECK_EQUAL(explain(calls[0].contact)["state"].text_or(""), "dialing");
  event(calls[0].id, "busy");
  const auto waiting = explain(calls[0].contact);
  BOOST_CHECK_EQUAL(waiting["state"].text_or(""), "pending");
  BOOST_CHECK_EQUAL(waiting["reasons"].items().at(0)["code"].text_or(""), "retry_busy");
  BOOST_CHECK_EQUAL(waiting["reasons"].items()[0]["until"].text_or(""),
                    to_rfc3339(wall_time{std::chrono::milliseconds{now_ms + 60'000}}));
  run("suppressions.add", {calls[0].to, "asked", "u"});
  BOOST_CHECK_EQUAL(
      explain(calls[0].contact)["reasons"].items().at(0)["code"].text_or(""),
      "do_not_call");
  event(calls[1].id, "completed", 5);
  BOOST_CHECK_EQUAL(explain(calls[1].contact)["state"].text_or(""), "done");
  run("campaigns.pause", {id.str(), "u", "lunch", now_text()});
  const auto rows = run("campaigns.contacts", {id.str(), "pending"});
  BOOST_CHECK_EQUAL(rows.items().size(), 2u);
  const auto fresh = contact_id::parse(rows.items()[1]["contact_id"].text_or(""));
  BOOST_REQUIRE(fresh);
  const auto paused = explain(*fresh);
  BOOST_CHECK_EQUAL(paused["reasons"].items().at(0)["code"].text_or(""),
                    "campaign_paused");
  BOOST_CHECK(
      refusal("campaigns.explain", {id.str(), contact_id::make().str(), now_text()}) ==
      errc::not_found);
}

BOOST_AUTO_TEST_CASE(finishes_when_the_last_row_is_settled) {
  dialing(1, 1);
  const auto finish = [&] {
    return run("campaigns.finish", {id.str(), now_text()})["finished"].bool_or(false);
  };
  BOOST_CHECK(!finish());
  event(calls[0].id, "completed", 5);
  BOOST_CHECK(finish());
  BOOST_CHECK(finish());
  BOOST_CHECK_EQUAL(progress()["status"].text_or(""), "completed");
  BOOST_CHECK(refusal("campaigns.redial", {id.str(), "u", now_text()}) == errc::conflict);
}

BOOST_AUTO_TEST_CASE(shows_calls_with_their_people_and_times) {
  dialing(2, 2);
  event(calls[0].id, "in_progress");
  run("calls.end_reason", {calls[0].id.str(), "agent_ended"});
  event(calls[0].id, "completed", 30);
  const auto list = run("calls.list", {id.str()});
  BOOST_REQUIRE_EQUAL(list.items().size(), 2u);
  BOOST_CHECK_EQUAL(list.items()[1]["contact_name"].text_or(""), "Person 1");
  BOOST_CHECK_EQUAL(list.items()[1]["agent_name"].text_or(""), "Asha");
  BOOST_CHECK_EQUAL(run("calls.total", {{}, "completed"})["total"].int_or(0), 1);
  const auto call = run("calls.get", {calls[0].id.str()});
  BOOST_CHECK_EQUAL(call["state"].text_or(""), "ended");
  BOOST_CHECK_EQUAL(call["end_reason"].text_or(""), "agent_ended");
  BOOST_CHECK(call["analytics"].is_null());
  std::string kinds;
  const auto events = run("calls.events", {calls[0].id.str()});
  for (const auto& event : events.items())
    kinds += std::string{event["kind"].text_or("")} + ' ';
  BOOST_CHECK_EQUAL(kinds,
                    "reserved sending placed in_progress completed answered ended ");
  const auto found = run("calls.by_provider_id", {"twilio", "CA" + calls[1].id.sql()});
  BOOST_CHECK_EQUAL(found["id"].text_or(""), calls[1].id.str());
  BOOST_CHECK_EQUAL(
      run_as({}, "calls.tenant_of", {calls[0].id.str()})["tenant_id"].text_or(""),
      tenant.str());
  BOOST_CHECK_EQUAL(run("calls.live").items().size(), 1u);
  BOOST_CHECK_EQUAL(run("attempts.list", {"placed"}).items().size(), 1u);
  BOOST_CHECK_EQUAL(run("attempts.by_state").items().size(), 2u);
  BOOST_CHECK_EQUAL(run("permits.holders").items().size(), 1u);
  BOOST_CHECK(refusal("calls.end_reason", {calls[0].id.str(), "x"}) == errc::not_found);
}

BOOST_AUTO_TEST_CASE(who_picked_up_is_the_carriers_word_first) {
  dialing(3, 3);
  const auto told = [&](std::size_t which) {
    const auto list = run("calls.events", {calls[which].id.str()});
    std::string who;
    for (const auto& each : list.items())
      if (each["kind"].text_or("") == "answered")
        who = each["detail"]["answered_by"].text_or("");
    return who;
  };
  for (const auto& each : calls)
    event(each.id, "in_progress");
  const auto ours = calls[0].id.str();
  run("calls.answered_by", {ours, "human", "unknown"});
  run("calls.answered_by", {ours, "machine_voicemail", "human"}); // we know better by now
  BOOST_CHECK_EQUAL(told(0), "machine_voicemail");
  run("calls.answered_by", {ours, "human", {}});
  BOOST_CHECK_EQUAL(told(0), "human");
  BOOST_REQUIRE(ask<progress_answer>(
      stores.dial,
      record_progress{
          tenant, calls[1].id, "amd", "", "in_progress", {}, "machine_start", now_ms}));
  run("calls.answered_by", {calls[1].id.str(), "human", "unknown"});
  BOOST_CHECK_EQUAL(told(1), "machine_start");
  run("calls.answered_by", {calls[2].id.str(), "machine_voicemail", "unknown"});
  event(calls[2].id, "completed", 30);
  BOOST_CHECK_EQUAL(run("calls.get", {calls[2].id.str()})["status"].text_or(""),
                    "voicemail");
  run("calls.answered_by", {calls[2].id.str(), "human", {}}); // too late
  BOOST_CHECK_EQUAL(told(2), "machine_voicemail");
}

BOOST_AUTO_TEST_CASE(adds_up_what_the_calls_came_to) {
  dialing(3, 3);
  event(calls[0].id, "in_progress");
  event(calls[0].id, "completed", 30);
  event(calls[1].id, "busy");
  save_analysis analysis{tenant,
                         calls[0].id,
                         true,
                         "positive",
                         "appointment",
                         "Well.",
                         R"({"day":"Monday"})",
                         "A",
                         "rules",
                         ""};
  BOOST_REQUIRE(ask<bool>(stores.calls, analysis));
  const auto kpis = run("analytics.kpis");
  BOOST_CHECK_EQUAL(kpis["calls"].int_or(0), 2);
  BOOST_CHECK_EQUAL(kpis["answered"].int_or(0), 1);
  BOOST_CHECK_EQUAL(kpis["charged_micros"].int_or(0), 30);
  BOOST_CHECK_EQUAL(kpis["by_outcome"]["busy"].int_or(0), 1);
  BOOST_CHECK_EQUAL(kpis["by_sentiment"]["positive"].int_or(0), 1);
  BOOST_CHECK_EQUAL(kpis["appointments"].int_or(0), 1);
  BOOST_CHECK_EQUAL(run("analytics.kpis", {"2030-01-01T00:00:00Z"})["calls"].int_or(9),
                    0);
  const auto rows = run("analytics.campaigns");
  BOOST_CHECK_EQUAL(rows.items().at(0)["rows"].int_or(0), 3);
  BOOST_CHECK_EQUAL(rows.items()[0]["done"].int_or(0), 1);
  const auto call = run("calls.get", {calls[0].id.str()});
  BOOST_CHECK_EQUAL(call["analytics"]["grade"].text_or(""), "A");
  BOOST_CHECK_EQUAL(call["analytics"]["extracted"]["day"].text_or(""), "Monday");
  const auto mine = run("invariants.check");
  const auto all = run_as({}, "invariants.system");
  BOOST_CHECK_EQUAL(mine.items().size(), 4u);
  BOOST_CHECK_EQUAL(all.items().size(), 5u);
  for (const auto* list : {&mine, &all})
    for (const auto& line : list->items())
      BOOST_CHECK_MESSAGE(line["ok"].bool_or(false), line.dump());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
