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

  static std::string one_log(const call_id& of,
                             const std::string& began_at_ms,
                             const std::string& node,
                             const std::string& log,
                             const std::string& events) {
    json_writer out;
    out.begin_object().field("call", of.sql()).field("node", node);
    out.raw_field("began_at_ms", began_at_ms).raw_field("events", events);
    out.raw_field("log", log).end_object();
    return std::move(out).str();
  }

  bool keep_of(const call_id& of,
               const std::string& began_at_ms,
               const std::string& node,
               const std::string& log,
               const std::string& events) {
    return run("calls.keep_logs",
               {'[' + one_log(of, began_at_ms, node, log, events) + ']'})["kept"]
        .bool_or(false);
  }

  bool keep(const std::string& began_at_ms,
            const std::string& node,
            const std::string& log = R"({"format":1})",
            const std::string& events = "2") {
    return keep_of(call, began_at_ms, node, log, events);
  }

  std::size_t logs() { return run("calls.log", {call.str()}, 20).items().size(); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(call_log_records, fixture)

BOOST_AUTO_TEST_CASE(a_call_has_a_log_for_each_actor_that_tended_it) {
  BOOST_TEST(keep("2000", "n2"));
  BOOST_TEST(keep("1000", "n1", R"({"format":1,"steps":[{"t":0}]})"));
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
  BOOST_TEST(keep("1000", "n1", R"({"format":2})"));
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

BOOST_AUTO_TEST_CASE(many_logs_are_kept_at_once_and_of_each_the_longest) {
  const auto kept = run("calls.keep_logs",
                        {'[' + one_log(call, "1", "n1", R"({"format":1})", "16") + ',' +
                         one_log(call, "1", "n1", R"({"format":2})", "32") + ',' +
                         one_log(call, "2", "n2", R"({"format":3})", "4") + ']'});
  BOOST_TEST(kept["kept"].bool_or(false));
  const auto found = run("calls.log", {call.str()}, 20);
  BOOST_REQUIRE(found.items().size() == 2u);
  BOOST_TEST(found.items()[0]["log"]["format"].int_or(0) == 2);
}

BOOST_AUTO_TEST_CASE(a_call_that_is_not_there_has_no_log) {
  const auto stranger = call_id::make();
  BOOST_TEST(keep_of(stranger, "1", "n1", "{}", "2"));
  BOOST_TEST(run("calls.log", {stranger.str()}, 20).items().empty());
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
  run_as(other, "calls.keep_logs", {'[' + one_log(call, "5", "n9", "{}", "2") + ']'});
  BOOST_TEST(logs() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
