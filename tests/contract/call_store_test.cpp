#include "tests/contract/stores_fixture.hpp"

namespace caly::test {

namespace {

struct fixture : stores_fixture {
  call_id call = call_id::make();

  /// One inbound call that talks.
  fixture() {
    open_call ask_open;
    ask_open.tenant = tenant;
    ask_open.inbound = true;
    ask_open.provider = "twilio";
    ask_open.provider_call_id = "CA1";
    ask_open.call.id = call;
    ask_open.call.to = "+12025550100";
    ask_open.call.from = "+919811111111";
    ask_open.call.agent = agent();
    ask_open.call.variables = R"({"order":"A1"})";
    BOOST_REQUIRE(ask<reserved_call>(stores.dial, ask_open));
  }

  std::uint32_t save(std::vector<transcript_turn> turns) {
    const auto answer =
        ask<std::uint32_t>(stores.calls, save_turns{tenant, call, std::move(turns)});
    BOOST_REQUIRE_MESSAGE(answer, error_of(answer));
    return *answer;
  }

  bool act(const std::string& id, const std::string& kind) {
    const auto answer = ask<bool>(
        stores.calls, save_action{tenant, call, id, kind, R"({"day":"Monday"})"});
    BOOST_REQUIRE(answer);
    return *answer;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(call_store, fixture)

BOOST_AUTO_TEST_CASE(a_sheet_has_all_that_a_node_needs_to_speak) {
  const auto sheet = ask<call_sheet>(stores.calls, load_call{tenant, call});
  BOOST_REQUIRE(sheet);
  BOOST_CHECK_EQUAL(sheet->direction, "inbound");
  BOOST_CHECK_EQUAL(sheet->state, "placed");
  BOOST_CHECK_EQUAL(sheet->from, "+919811111111");
  BOOST_CHECK(sheet->campaign.empty());
  BOOST_CHECK(sheet->contact.empty());
  BOOST_CHECK(sheet->agent == agent());
  BOOST_CHECK_EQUAL((*json::parse(sheet->profile))["prompt"].text_or(""), "Hi {{name}}");
  BOOST_CHECK_EQUAL((*json::parse(sheet->variables))["order"].text_or(""), "A1");
  BOOST_CHECK_EQUAL(sheet->holds, 1);
  BOOST_CHECK_EQUAL(sheet->answered_at_ms, 0);
  BOOST_CHECK_EQUAL(sheet->ended_at_ms, 0);
  const auto none = ask<call_sheet>(stores.calls, load_call{tenant, call_id::make()});
  BOOST_REQUIRE(!none);
  BOOST_CHECK(none.error() == errc::not_found);
}

BOOST_AUTO_TEST_CASE(a_sheet_tells_when_the_call_was_answered_and_when_it_ended) {
  const auto tell = [&](const std::string& status, std::int64_t at_ms) {
    ask<progress_answer>(
        stores.dial,
        record_progress{tenant, call, "k" + status, "", status, std::nullopt, "", at_ms});
  };
  tell("in_progress", now_ms - 5000);
  tell("completed", now_ms - 1250);
  const auto sheet = ask<call_sheet>(stores.calls, load_call{tenant, call});
  BOOST_REQUIRE(sheet);
  BOOST_CHECK_EQUAL(sheet->answered_at_ms, now_ms - 5000);
  BOOST_CHECK_EQUAL(sheet->ended_at_ms, now_ms - 1250);
}

BOOST_AUTO_TEST_CASE(a_turn_that_was_cut_short_replaces_itself) {
  BOOST_CHECK_EQUAL(save({{1, "agent", "Hello there, how are you", "en", now_ms},
                          {2, "caller", "हाँ \"जी\"", "hi", now_ms + 1}}),
                    2u);
  BOOST_CHECK_EQUAL(save({{1, "agent", "Hello", "en", now_ms}}), 2u);
  const auto turns =
      ask<std::vector<transcript_turn>>(stores.calls, load_turns{tenant, call});
  BOOST_REQUIRE(turns);
  BOOST_REQUIRE_EQUAL(turns->size(), 2u);
  BOOST_CHECK_EQUAL((*turns)[0].text, "Hello");
  BOOST_CHECK_EQUAL((*turns)[1].text, "हाँ \"जी\"");
  BOOST_CHECK_EQUAL((*turns)[1].at_ms, now_ms + 1);
  BOOST_CHECK_EQUAL(run("calls.transcript", {call.str()}).items().size(), 2u);
  const auto none = ask<std::uint32_t>(
      stores.calls, save_turns{tenant, call_id::make(), {{1, "agent", "x", "", 0}}});
  BOOST_REQUIRE(!none);
  BOOST_CHECK(none.error() == errc::not_found);
}

BOOST_AUTO_TEST_CASE(who_takes_a_call_shuts_out_who_had_it) {
  const auto take = [&](const std::string& node) {
    auto taken = ask<call_session>(stores.calls, take_call{tenant, call, node});
    BOOST_REQUIRE_MESSAGE(taken, error_of(taken));
    return *taken;
  };
  const auto say = [&](std::int32_t session, std::int32_t seq, const std::string& text) {
    return ask<std::uint32_t>(
        stores.calls,
        save_turns{tenant, call, {{seq, "agent", text, "", now_ms}}, session});
  };
  BOOST_CHECK_EQUAL(take("n1").number, 1);
  BOOST_CHECK(say(1, 1, "hello"));
  BOOST_CHECK(ask<bool>(stores.calls,
                        save_action{tenant, call, "t1", "ticket", R"({"a":1})", 1}));
  const auto second = take("n2");
  BOOST_CHECK_EQUAL(second.number, 2);
  BOOST_REQUIRE_EQUAL(second.turns.size(), 1u);
  BOOST_CHECK_EQUAL(second.turns[0].text, "hello");
  BOOST_REQUIRE_EQUAL(second.actions.size(), 1u);
  BOOST_CHECK_EQUAL(second.actions[0].kind, "ticket");
  const auto late = say(1, 2, "anybody?");
  BOOST_REQUIRE(!late);
  BOOST_CHECK(late.error() == errc::fenced);
  const auto act =
      ask<bool>(stores.calls, save_action{tenant, call, "t2", "ticket", "{}", 1});
  BOOST_REQUIRE(!act);
  BOOST_CHECK(act.error() == errc::fenced);
  const auto end = ask<bool>(stores.calls, end_session{tenant, call, 1, "no_media"});
  BOOST_REQUIRE(!end);
  BOOST_CHECK(end.error() == errc::fenced);
  BOOST_CHECK(say(2, 2, "I am back"));
}

BOOST_AUTO_TEST_CASE(a_call_that_is_being_ended_is_not_taken) {
  BOOST_REQUIRE(ask<call_session>(stores.calls, take_call{tenant, call, "n1"}));
  BOOST_CHECK_EQUAL(*ask<bool>(stores.calls, end_session{tenant, call, 1, "idle"}), true);
  BOOST_CHECK_EQUAL(*ask<bool>(stores.calls, end_session{tenant, call, 1, "late"}),
                    false);
  const auto none = ask<call_session>(stores.calls, take_call{tenant, call, "n2"});
  BOOST_REQUIRE(!none);
  BOOST_CHECK(none.error() == errc::conflict);
  BOOST_CHECK(!run("calls.talk", {call.str()})["live"].bool_or(true));
  const auto line = run("calls.line", {call.str()});
  BOOST_CHECK_EQUAL(line["node"].text_or(""), "n1");
  BOOST_CHECK(!line["alive"].bool_or(true)); // no such node runs here
  BOOST_CHECK(parse_rfc3339(line["created_at"].text_or("")));
  const auto unknown =
      ask<call_session>(stores.calls, take_call{tenant, call_id::make(), "n2"});
  BOOST_REQUIRE(!unknown);
  BOOST_CHECK(unknown.error() == errc::not_found);
}

BOOST_AUTO_TEST_CASE(why_a_call_was_ended_is_known_though_the_carrier_was_quicker) {
  BOOST_REQUIRE(ask<call_session>(stores.calls, take_call{tenant, call, "n1"}));
  ask<progress_answer>(
      stores.dial, record_progress{tenant, call, "c", "", "completed", 10, "", now_ms});
  const auto reason = [&] {
    return std::string{run("calls.get", {call.str()})["end_reason"].text_or("")};
  };
  BOOST_CHECK_EQUAL(reason(), "completed");
  BOOST_CHECK(*ask<bool>(stores.calls, end_session{tenant, call, 1, "not_reached"}));
  BOOST_CHECK(!*ask<bool>(stores.calls, end_session{tenant, call, 1, "idle"}));
  BOOST_CHECK_EQUAL(reason(), "not_reached");
}

BOOST_AUTO_TEST_CASE(the_same_thing_done_under_another_id_is_done_once) {
  BOOST_CHECK(act("tool-1", "ticket"));
  BOOST_CHECK(!act("tool-9", "ticket"));
  BOOST_CHECK(act("tool-9", "callback"));
}

BOOST_AUTO_TEST_CASE(a_tool_call_has_its_effect_once) {
  BOOST_CHECK(act("tool-1", "appointment"));
  BOOST_CHECK(!act("tool-1", "appointment"));
  BOOST_CHECK(act("tool-2", "do_not_call"));
  const auto list = run("suppressions.list");
  BOOST_REQUIRE_EQUAL(list.items().size(), 1u);
  BOOST_CHECK_EQUAL(list.items()[0]["phone"].text_or(""), "+919811111111");
}

BOOST_AUTO_TEST_CASE(a_line_of_the_timeline_is_there_once) {
  const auto note = [&] {
    return *ask<bool>(stores.calls,
                      save_event{tenant, call, "k1", "barge_in", R"({"ms":120})"});
  };
  BOOST_CHECK(note());
  BOOST_CHECK(!note());
  bool seen = false;
  const auto events = run("calls.events", {call.str()});
  for (const auto& event : events.items())
    seen |=
        event["kind"].text_or("") == "barge_in" && event["detail"]["ms"].int_or(0) == 120;
  BOOST_CHECK(seen);
}

BOOST_AUTO_TEST_CASE(a_finished_call_waits_for_its_analysis_until_it_is_saved) {
  const auto waiting = [&] {
    return ask<std::vector<call_id>>(stores.calls, list_unanalysed{tenant, 10})->size();
  };
  BOOST_CHECK_EQUAL(waiting(), 0u);
  ask<progress_answer>(
      stores.dial, record_progress{tenant, call, "c", "", "completed", 10, "", now_ms});
  BOOST_CHECK_EQUAL(waiting(), 1u);
  save_analysis failed{tenant, call, false, "", "", "", "", "", "rules", "no model"};
  BOOST_CHECK(*ask<bool>(stores.calls, failed));
  BOOST_CHECK_EQUAL(waiting(), 0u);
  BOOST_CHECK_EQUAL(run("calls.get", {call.str()})["analytics"]["status"].text_or(""),
                    "failed");
  save_analysis done{
      tenant, call, true, "positive", "interested", "Good.", "{}", "A", "rules", ""};
  BOOST_CHECK(*ask<bool>(stores.calls, done));
  BOOST_CHECK_EQUAL(run("calls.get", {call.str()})["outcome"].text_or(""), "interested");
}

BOOST_AUTO_TEST_CASE(a_call_that_nobody_spoke_in_needs_no_analysis) {
  const auto silent = [&](std::int64_t before_ms, const char* provider = "twilio") {
    const auto before = to_rfc3339(wall_time{std::chrono::milliseconds{before_ms}});
    return run("calls.nothing_said", {provider, before})["calls"].int_or(-1);
  };
  const auto waiting = [&] {
    return ask<std::vector<call_id>>(stores.calls, list_unanalysed{tenant, 10})->size();
  };
  ask<progress_answer>(
      stores.dial, record_progress{tenant, call, "c", "", "completed", 10, "", now_ms});
  BOOST_CHECK_EQUAL(silent(now_ms - 1), 0); // its last words may be on their way
  ask<std::uint32_t>(stores.calls,
                     save_turns{tenant, call, {{1, "caller", "Hello", "en", now_ms}}});
  BOOST_CHECK_EQUAL(silent(now_ms + 1000), 0);
  BOOST_CHECK_EQUAL(waiting(), 1u);
  pqxx::work txn{admin};
  txn.exec("delete from transcript_turns");
  txn.commit();
  BOOST_CHECK_EQUAL(silent(now_ms + 1000, "bolna"), 0); // writes down later what was said
  BOOST_CHECK_EQUAL(silent(now_ms + 1000), 1);
  BOOST_CHECK_EQUAL(waiting(), 0u);
  BOOST_CHECK_EQUAL(silent(now_ms + 1000), 0);
}

BOOST_AUTO_TEST_CASE(a_ticket_takes_a_call_over_once_at_whatever_node) {
  const auto take_with = [&](const std::string& node, const std::string& ticket) {
    return ask<call_session>(stores.calls, take_call{tenant, call, node, ticket});
  };
  BOOST_TEST(take_with("n1", "ticket-1")->number == 1);
  const auto again = take_with("n2", "ticket-1");
  BOOST_REQUIRE(!again);
  BOOST_CHECK(again.error() == errc::forbidden);
  BOOST_TEST(take_with("n2", "ticket-2")->number == 2);
  BOOST_CHECK(take_with("n1", "ticket-1").error() == errc::forbidden);
  // Requests bring none.
  BOOST_TEST(take_with("n1", "")->number == 3);
  BOOST_TEST(take_with("n1", "")->number == 4);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
