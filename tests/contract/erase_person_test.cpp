#include "tests/contract/stores_fixture.hpp"

namespace caly::test {

namespace {

/// A person of a campaign who was called and talked, and called back once.
struct fixture : stores_fixture {
  const std::string phone = "+919810000001";
  campaign_id campaign = add_campaign(import_people(2));
  std::string person;
  call_id out = call_id::make();
  call_id in = call_id::make();

  fixture() {
    run("campaigns.start", {campaign.str(), "usr_x", now_text()});
    const auto owner = own_shard();
    BOOST_REQUIRE(
        ask<reservation>(stores.dial, reserve_calls{tenant, campaign, owner, {out}}));
    BOOST_REQUIRE(ask<sendable_calls>(stores.dial, mark_sending{tenant, owner, {out}}));
    BOOST_REQUIRE(ask<std::string>(
        stores.dial, record_answered{tenant, out, create_result::placed, "CA1", "", 0}));
    tell(out, "in_progress");
    person = run("calls.get", {out.str()})["contact_id"].text_or("");
    BOOST_REQUIRE_EQUAL(run("contacts.get", {person})["phone"].text_or(""), phone);
  }

  void tell(const call_id& call, const std::string& status) {
    BOOST_REQUIRE(ask<progress_answer>(
        stores.dial,
        record_progress{tenant,
                        call,
                        call.str() + status,
                        "",
                        status,
                        status == "completed" ? std::optional<std::int32_t>{30}
                                              : std::nullopt,
                        "",
                        now_ms}));
  }

  void leave_traces(const call_id& call) {
    BOOST_REQUIRE(ask<call_session>(stores.calls, take_call{tenant, call, "n1"}));
    BOOST_REQUIRE(ask<std::uint32_t>(
        stores.calls,
        save_turns{tenant, call, {{1, "caller", "a secret word", "en", now_ms}}}));
    BOOST_REQUIRE(ask<bool>(
        stores.calls,
        save_action{tenant, call, "tool_1", "ticket", R"({"about":"a secret deed"})"}));
    run("calls.save_slots",
        {call.str(),
         "1",
         R"([{"name":"email","kind":"email","value":"secret@example.com","confirmed":true,"asks":0}])"});
    run("calls.keep_logs",
        {R"([{"call":")" + call.sql() +
         R"(","node":"n1","began_at_ms":1,"events":2,"log":{"words":"a secret log"}}])"});
    run("transfers.begin",
        {call.str(), "blind", "+919844000123", "Ravi", "a secret matter", "agent"});
    run("transfers.step",
        {call.str(), "1", "connected", std::nullopt, std::nullopt, std::nullopt});
    run("recordings.begin", {call.str(), "1", "n1"});
    run("recordings.mixed",
        {call.str(), "1", "n1", "ten/call.wav", "320058", "20000", "ab", "secret peaks"});
    run("recordings.stored", {call.str(), "1", "s3"});
  }

  void call_back() {
    open_call ask_open;
    ask_open.tenant = tenant;
    ask_open.inbound = true;
    ask_open.provider = "twilio";
    ask_open.provider_call_id = "CA2";
    ask_open.call.id = in;
    ask_open.call.to = "+12025550100";
    ask_open.call.from = phone;
    ask_open.call.agent = agent();
    ask_open.call.variables = R"({"order":"a secret order"})";
    BOOST_REQUIRE(ask<reserved_call>(stores.dial, ask_open));
    tell(in, "in_progress");
  }

  void both_calls() {
    leave_traces(out);
    tell(out, "completed");
    save_analysis analysis{
        tenant, out, true, "positive", "", "A secret summary.", "{}", "A", "rules", ""};
    BOOST_REQUIRE(ask<bool>(stores.calls, analysis));
    call_back();
    leave_traces(in);
    tell(in, "completed");
    now_ms += 60'000;
  }

  caf::expected<record_answer> try_erase(const tenant_id& by) {
    return try_run(by, "contacts.erase", {person, "usr_x", now_text()});
  }

  json erase() { return run("contacts.erase", {person, "usr_x", now_text()}); }

  /// The tables in which some row has `text` anywhere.
  std::set<std::string> tables_with(const std::string& text) {
    std::set<std::string> found;
    for (const auto& row : by_admin("select table_name from information_schema.columns "
                                    "where table_schema = 'public' and column_name = "
                                    "'tenant_id'")) {
      const auto table = row[0].as<std::string>();
      if (!by_admin("select 1 from " + table + " x where strpos(lower(x::text), '" +
                    text + "') > 0 limit 1")
               .empty())
        found.insert(table);
    }
    return found;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(erase_person, fixture)

BOOST_AUTO_TEST_CASE(nothing_that_was_said_or_known_is_left_anywhere) {
  both_calls();
  BOOST_TEST(tables_with("secret").size() >= 7u);
  const auto done = erase();
  BOOST_TEST(done["calls"].int_or(0) == 2);
  BOOST_TEST(done["parts"].int_or(0) == 2);
  for (const auto* text : {"secret", "person 1"})
    BOOST_TEST(tables_with(text) == std::set<std::string>{},
               boost::test_tools::per_element());
  BOOST_TEST(tables_with(phone) == std::set<std::string>{"suppressions"},
             boost::test_tools::per_element());
  BOOST_CHECK(try_run(tenant, "contacts.get", {person}).error() == errc::not_found);
}

BOOST_AUTO_TEST_CASE(the_books_and_everybody_else_stay) {
  both_calls();
  const auto before = run("calls.get", {out.str()});
  erase();
  const auto after = run("calls.get", {out.str()});
  for (const auto* fact : {"status", "duration_s", "charged_micros", "started_at"})
    BOOST_TEST(after[fact].dump() == before[fact].dump(), fact);
  BOOST_TEST(after["to"].text_or("") == "erased");
  BOOST_TEST(run("calls.get", {in.str()})["from"].text_or("") == "erased");
  BOOST_TEST(run("contacts.list", {}, 10).items().size() == 1u);
}

BOOST_AUTO_TEST_CASE(no_file_brings_the_person_back) {
  both_calls();
  erase();
  const auto again = add_campaign(import_people(2, "again"));
  run("campaigns.start", {again.str(), "usr_x", now_text()});
  const auto got = ask<reservation>(
      stores.dial,
      reserve_calls{tenant, again, own_shard(), {call_id::make(), call_id::make()}});
  BOOST_REQUIRE(got);
  BOOST_REQUIRE_EQUAL(got->calls.size(), 1u);
  BOOST_TEST(got->calls[0].to == "+919810000002");
}

BOOST_AUTO_TEST_CASE(who_is_in_a_call_or_was_a_moment_ago_waits) {
  BOOST_CHECK(try_erase(tenant).error() == errc::conflict);
  tell(out, "completed");
  BOOST_CHECK(try_erase(tenant).error() == errc::conflict);
  now_ms += 11'000;
  BOOST_CHECK(try_erase(tenant));
}

BOOST_AUTO_TEST_CASE(a_second_time_changes_nothing) {
  both_calls();
  erase();
  BOOST_TEST(erase()["calls"].int_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(whoever_waited_for_a_call_is_not_called) {
  tell(out, "busy"); // tried again in a minute
  now_ms += 11'000;
  erase();
  now_ms += 3'600'000;
  const auto got = ask<reservation>(
      stores.dial,
      reserve_calls{tenant, campaign, own_shard(), {call_id::make(), call_id::make()}});
  BOOST_REQUIRE(got);
  BOOST_REQUIRE_EQUAL(got->calls.size(), 1u);
  BOOST_TEST(got->calls[0].to == "+919810000002");
}

BOOST_AUTO_TEST_CASE(another_tenant_erases_nobody) {
  const auto stranger = add_tenant("stranger@example.com");
  BOOST_CHECK(try_erase(stranger).error() == errc::not_found);
  BOOST_TEST(run("contacts.get", {person})["phone"].text_or("") == phone);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
