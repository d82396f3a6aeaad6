#include "tests/contract/stores_fixture.hpp"

namespace caly::test {

namespace {

/// A call that somebody speaks in.
struct fixture : stores_fixture {
  call_id call = reserve();
  std::int32_t session = take().number;

  call_id reserve() {
    const auto campaign = add_campaign(import_people(1));
    run("campaigns.start", {campaign.str(), "usr_x", now_text()});
    const auto id = call_id::make();
    BOOST_REQUIRE(ask<reservation>(stores.dial,
                                   reserve_calls{tenant, campaign, own_shard(), {id}}));
    return id;
  }

  call_session take() {
    auto taken = ask<call_session>(stores.calls, take_call{tenant, call, "n1"});
    BOOST_REQUIRE(taken);
    return std::move(*taken);
  }

  static std::string slot(const std::string& value, bool confirmed, int asks = 0) {
    return R"([{"name":"phone","kind":"phone","value":")" + value + R"(","confirmed":)" +
           (confirmed ? "true" : "false") + R"(,"asks":)" + std::to_string(asks) + "}]";
  }

  std::int64_t save(const std::string& slots) {
    return run("calls.save_slots",
               {call.str(), std::to_string(session), slots})["changed"]
        .int_or(-1);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(slot_records, fixture)

BOOST_AUTO_TEST_CASE(a_call_shows_what_was_told_and_whether_it_was_confirmed) {
  BOOST_TEST(run("calls.get", {call.str()})["slots"].items().empty());
  BOOST_TEST(save(slot("+919845012345", false)) == 1);
  BOOST_TEST(save(slot("+919845012345", true, 1)) == 1);
  const auto slots = run("calls.get", {call.str()})["slots"];
  BOOST_REQUIRE_EQUAL(slots.items().size(), 1u);
  BOOST_TEST(slots.items()[0]["value"].text_or("") == "+919845012345");
  BOOST_TEST(slots.items()[0]["confirmed"].bool_or(false));
  BOOST_TEST(slots.items()[0]["asks"].int_or(0) == 1);
  BOOST_TEST(save(slot("", false, 2)) == 1);
  BOOST_TEST(run("calls.get", {call.str()})["slots"].items()[0]["value"].is_null());
}

BOOST_AUTO_TEST_CASE(the_same_again_changes_nothing_and_each_change_is_a_line) {
  for (int i = 0; i < 2; ++i)
    save(slot("+919845012345", false));
  BOOST_TEST(save(slot("+919845012345", true)) == 1);
  int lines = 0;
  const auto events = run("calls.events", {call.str()}, 100);
  for (const auto& each : events.items())
    if (each["kind"].text_or("") == "slot") {
      ++lines;
      BOOST_TEST(each["detail"].dump().find("98450") == std::string::npos);
    }
  BOOST_TEST(lines == 2);
}

BOOST_AUTO_TEST_CASE(who_lost_the_call_keeps_nothing_and_the_next_one_knows_all) {
  save(slot("+919845012345", true));
  const auto next = take();
  BOOST_REQUIRE_EQUAL(next.slots.size(), 1u);
  BOOST_CHECK(
      (next.slots[0] == captured_slot{"phone", "phone", "+919845012345", true, 0}));
  const auto late = try_run(tenant,
                            "calls.save_slots",
                            {call.str(), std::to_string(session), slot("1", false)});
  BOOST_CHECK(late.error() == errc::fenced);
}

BOOST_AUTO_TEST_CASE(another_tenant_neither_writes_nor_reads_them) {
  save(slot("+919845012345", true));
  const auto stranger = add_tenant("stranger@example.com");
  const auto wrong = try_run(stranger,
                             "calls.save_slots",
                             {call.str(), std::to_string(session), slot("1", false)});
  BOOST_CHECK(wrong.error() == errc::not_found);
  BOOST_CHECK(try_run(stranger, "calls.get", {call.str()}).error() == errc::not_found);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
