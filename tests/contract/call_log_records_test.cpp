#include "tests/contract/stores_fixture.hpp"

namespace caly::test {

namespace {

struct fixture : stores_fixture {
  call_id call = reserve();

  call_id reserve() {
    const auto campaign = add_campaign(import_people(1));
    run("campaigns.start", {campaign.str(), "usr_x", now_text()});
    const auto id = call_id::make();
    BOOST_REQUIRE(ask<reservation>(stores.dial,
                                   reserve_calls{tenant, campaign, own_shard(), {id}}));
    return id;
  }

  std::int64_t keep(const std::string& began_at_ms,
                    const std::string& node,
                    const std::string& log = R"({"format":1})",
                    const std::string& events = "2") {
    return run("calls.keep_log", {call.str(), node, began_at_ms, events, log})["kept"]
        .int_or(-1);
  }

  std::size_t logs() { return run("calls.log", {call.str()}, 20).items().size(); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(call_log_records, fixture)

BOOST_AUTO_TEST_CASE(a_call_has_a_log_for_each_actor_that_tended_it) {
  BOOST_TEST(keep("2000", "n2") == 1);
  BOOST_TEST(keep("1000", "n1", R"({"format":1,"steps":[{"t":0}]})") == 2);
  const auto kept = run("calls.log", {call.str()}, 20);
  BOOST_REQUIRE(kept.items().size() == 2u);
  const auto& first = kept.items()[0];
  BOOST_TEST(first["node"].text_or("") == "n1");
  BOOST_TEST(first["began_at_ms"].int_or(0) == 1000);
  BOOST_TEST(first["events"].int_or(0) == 2);
  BOOST_TEST(first["log"]["steps"].items().size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_same_log_again_changes_nothing) {
  keep("1000", "n1");
  BOOST_TEST(keep("1000", "n1", R"({"format":2})") == 1);
  BOOST_TEST(run("calls.log", {call.str()}, 20).items()[0]["log"]["format"].int_or(0) ==
             1);
}

BOOST_AUTO_TEST_CASE(a_log_grows_and_never_shrinks) {
  const auto format = [&] {
    return run("calls.log", {call.str()}, 20).items()[0]["log"]["format"].int_or(0);
  };
  keep("1000", "n1", R"({"format":1})", "16");
  keep("1000", "n1", R"({"format":2})", "40");
  BOOST_TEST(format() == 2);
  // Written by another connection, it may come later.
  keep("1000", "n1", R"({"format":3})", "32");
  BOOST_TEST(format() == 2);
  BOOST_TEST(logs() == 1u);
}

BOOST_AUTO_TEST_CASE(a_call_that_is_not_there_has_no_log) {
  const auto kept = run("calls.keep_log", {call_id::make().str(), "n1", "1", "2", "{}"});
  BOOST_TEST(kept["kept"].int_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(old_logs_go_as_new_ones_come) {
  keep("1000", "n1");
  by_admin("update call_logs set kept_at = now() - interval '31 days'");
  keep("2000", "n1");
  BOOST_TEST(logs() == 1u);
}

BOOST_AUTO_TEST_CASE(another_tenant_keeps_and_finds_nothing) {
  keep("1000", "n1");
  const auto other = add_tenant("other@example.com");
  BOOST_TEST(run_as(other, "calls.log", {call.str()}, 20).items().empty());
  run_as(other, "calls.keep_log", {call.str(), "n9", "5", "2", "{}"});
  BOOST_TEST(logs() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
