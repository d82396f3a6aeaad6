#include "tests/unit/cluster/console_cluster_fixture.hpp"

namespace caly::test {
namespace {

using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(console_commands_suite, console_cluster_fixture)

BOOST_AUTO_TEST_CASE(shows_nodes_in_order_with_their_shards) {
  const auto nodes = data("nodes");
  BOOST_REQUIRE(nodes.items().size() == 2u);
  BOOST_TEST(nodes.items()[0]["node"].text_or("") == "n1");
  BOOST_TEST(answer("nodes")["text"].text_or("").find("n1*") != std::string_view::npos);
  BOOST_TEST(nodes.items()[1]["node"].text_or("") == "n2");
  BOOST_TEST(nodes.items()[1]["shards"].int_or(0) == 64);
  BOOST_TEST(nodes.items()[1]["linked"].bool_or(true) == false);
}

BOOST_AUTO_TEST_CASE(shards_can_be_narrowed_to_one_owner) {
  BOOST_TEST(data("shards --owner n2").items().size() == 64u);
  BOOST_TEST(data("shards --free").items().empty());
  BOOST_TEST(data("shards --kind scheduler").items().empty());
}

BOOST_AUTO_TEST_CASE(who_owns_names_the_node_and_fence_of_the_tenants_shard) {
  const auto owner = data("who-owns " + tenant_a.str()); // …a1: shard 33
  BOOST_TEST(owner["shard"].text_or("") == "tenant/33");
  BOOST_TEST(owner["owner"].text_or("") == "n1");
  BOOST_TEST(owner["fence"].int_or(0) == 83);
  BOOST_TEST(answer("who-owns n2")["exit"].int_or(0) == 2);
}

BOOST_AUTO_TEST_CASE(the_map_shows_peers_that_do_not_answer_and_a_database_that_is_away) {
  failures["permits.list"] = caf::make_error(errc::unavailable);
  written.clear();
  self->send(client, console_input{console_request_for(90, "cluster")});
  run();
  advance(1s); // this node's own console is not open here
  BOOST_REQUIRE(!written.empty());
  BOOST_TEST(written.back().find("2 up") != std::string::npos);
  BOOST_TEST(written.back().find("database: no answer") != std::string::npos);
  BOOST_TEST(written.back().find("down") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(finds_the_tenant_of_a_campaign_by_asking_them_all) {
  rows["campaigns.get@" + tenant_b.str()] =
      R"({"id":"cmp_1","name":"Diwali","status":"running"})";
  rows["campaigns.progress"] =
      R"({"rows":10,"live":2,"waiting_for":"no_credit","counts":{"done":8,"pending":2}})";
  const auto camp = data("camp " + some_campaign.str());
  BOOST_TEST(camp["tenant"].text_or("") == tenant_b.str());
  BOOST_TEST(camp["waiting_for"].text_or("") == "no_credit");
  BOOST_TEST(camp["counts.done"].int_or(0) == 8);
  BOOST_TEST(was_asked("campaigns.progress", tenant_b));
}

BOOST_AUTO_TEST_CASE(says_not_found_when_no_tenant_has_the_campaign) {
  const auto x = answer("camp " + some_campaign.str());
  BOOST_TEST(x["exit"].int_or(0) == 3);
  BOOST_TEST(answer("camp 77")["exit"].int_or(0) == 2);
}

BOOST_AUTO_TEST_CASE(explains_a_contact_with_the_deciding_reason_first) {
  rows["campaigns.explain"] =
      R"({"state":"waiting_retry","reasons":[{"code":"retry","text":"busy","until":null}]})";
  const auto reasons =
      data("camp explain " + some_campaign.str() +
           " ctc_00000000000000000000000000000003 --tenant " + tenant_a.str());
  BOOST_TEST(reasons.items()[0]["code"].text_or("") == "retry");
}

BOOST_AUTO_TEST_CASE(pausing_changes_the_row_wakes_the_tenant_and_is_audited_first) {
  elevate();
  rows["campaigns.pause"] = R"({"id":"cmp_1","status":"paused"})";
  const auto done = data("camp pause " + some_campaign.str() +
                         " --reason \"wrong text\" " + "--tenant " + tenant_a.str());
  BOOST_TEST(done["status"].text_or("") == "paused");
  BOOST_REQUIRE(audits.size() == 1u);
  BOOST_REQUIRE(asked.size() == 1u);
  BOOST_TEST(asked[0].arguments[2].value_or("") == "wrong text");
  BOOST_REQUIRE(woken.size() == 1u);
  BOOST_TEST(woken[0].tenant.str() == tenant_a.str());
}

BOOST_AUTO_TEST_CASE(a_dry_run_changes_nothing) {
  elevate();
  BOOST_TEST(answer("camp pause " + some_campaign.str() + " --dry-run --tenant " +
                    tenant_a.str())["ok"]
                 .bool_or(false));
  BOOST_TEST(answer("reconcile --dry-run")["ok"].bool_or(false));
  BOOST_TEST(woken.empty());
  BOOST_TEST(!was_asked("campaigns.pause", tenant_a));
}

BOOST_AUTO_TEST_CASE(who_only_observes_reaches_no_command_that_changes_something) {
  for (const auto* line : {"camp pause",
                           "camp resume",
                           "hangup",
                           "reconcile",
                           "drain n1",
                           "undrain n1",
                           "shard move 5 n2",
                           "evict n2 --yes",
                           "dead-letters replay all"}) {
    const auto x = answer(line);
    BOOST_TEST(x["exit"].int_or(0) == 13, line);
  }
  BOOST_TEST(asked.empty());
  BOOST_TEST(audits.empty());
}

BOOST_AUTO_TEST_CASE(reconcile_wakes_every_tenant) {
  elevate();
  rows["route.shard"] = R"({"shard":1})";
  BOOST_TEST(answer("reconcile")["text"].text_or("") == "woke 2 tenants");
  BOOST_TEST(woken.size() == 2u);
}

BOOST_AUTO_TEST_CASE(attempts_are_counted_by_state_and_listed_on_demand) {
  rows["attempts.by_state"] = R"([{"state":"unknown","count":2,"oldest_at":null}])";
  rows["attempts.list@" + tenant_a.str()] = R"([{"id":"call_1","state":"unknown"}])";
  BOOST_TEST(data("attempts").items().size() == 2u);
  BOOST_TEST(data("attempts --state unknown").items().size() == 1u);
  BOOST_TEST(asked.back().arguments[0].value_or("") == "unknown");
}

BOOST_AUTO_TEST_CASE(the_ledger_check_tells_which_tenants_do_not_add_up_or_answer) {
  rows["ledger.check@" + tenant_a.str()] = R"({"ok":false,"balance_micros":5})";
  failures["ledger.check@" + tenant_b.str()] = caf::make_error(errc::unavailable);
  const auto x = answer("ledger check");
  BOOST_TEST(x["text"].text_or("").find("0 of 2 ledgers add up") !=
             std::string_view::npos);
  BOOST_TEST(x["text"].text_or("").find("1 of 2 tenants did not answer") !=
             std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(a_broken_promise_shows_in_the_exit_code) {
  rows["invariants.system"] = R"([{"id":"P1","ok":true,"violations":0,"text":"a"}])";
  BOOST_TEST(answer("invariants")["exit"].int_or(9) == 0);
  rows["invariants.system"] = R"([{"id":"P1","ok":true,"violations":0,"text":"a"},)"
                              R"({"id":"P2","ok":false,"violations":3,"text":"b"}])";
  auto x = answer("invariants");
  BOOST_TEST(x["ok"].bool_or(false));
  BOOST_TEST(x["exit"].int_or(9) == 1);
  BOOST_TEST(x["text"].text_or("").find("P2") != std::string_view::npos);
  rows["invariants.check@" + tenant_a.str()] =
      R"([{"id":"T1","ok":false,"violations":1,"text":"c"}])";
  x = answer("invariants --tenant " + tenant_a.str());
  BOOST_TEST(x["exit"].int_or(9) == 1);
  rows["ledger.check@" + tenant_a.str()] = R"({"ok":true})";
  BOOST_TEST(answer("ledger check --tenant " + tenant_a.str())["exit"].int_or(9) == 0);
  rows["ledger.check@" + tenant_a.str()] = R"({"ok":false})";
  BOOST_TEST(answer("ledger check --tenant " + tenant_a.str())["exit"].int_or(9) == 1);
}

BOOST_AUTO_TEST_CASE(a_database_that_is_away_ends_a_command_with_its_reason) {
  failures["invariants.system"] = caf::make_error(errc::unavailable, "no connection");
  const auto x = answer("invariants");
  BOOST_TEST(x["exit"].int_or(0) == 7);
  BOOST_TEST(x["error"]["message"].text_or("") == "no connection");
}

BOOST_AUTO_TEST_CASE(hanging_up_goes_to_the_node_that_has_the_call) {
  elevate();
  link_peer();
  rows["calls.tenant_of"] = R"({"tenant_id":")" + tenant_a.str() + R"("})";
  rows["calls.get"] = R"({"state":"live","node":"n2","ended_at":null})";
  peer_answer = R"({"v":1,"id":1,"final":true,"ok":true,"text":"hanging up"})";
  const auto x = answer("hangup " + some_call.str());
  BOOST_TEST(x["text"].text_or("") == "hanging up at n2");
  BOOST_REQUIRE(passed_on.size() == 1u);
  BOOST_TEST((passed_on[0].level == console_level::operate));
  BOOST_TEST(passed_on[0].user == "asha");
  BOOST_TEST(passed_on[0].request.find("--here") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_node_is_drained_by_name_from_anywhere) {
  elevate();
  link_peer();
  BOOST_TEST(answer("drain n1")["ok"].bool_or(false));
  BOOST_TEST(answer("undrain n1")["ok"].bool_or(false));
  BOOST_CHECK((drains == std::vector{true, false}));
  peer_answer = R"({"v":1,"id":1,"final":true,"ok":true,"text":"n2 drains"})";
  BOOST_TEST(answer("drain n2")["text"].text_or("") == "n2 drains at n2");
  BOOST_REQUIRE(passed_on.size() == 1u);
  BOOST_TEST(passed_on[0].request.find("drain n2") != std::string::npos);
  BOOST_TEST((passed_on[0].level == console_level::operate));
  BOOST_TEST(answer("drain n1 --dry-run")["ok"].bool_or(false));
  BOOST_TEST(drains.size() == 2u);
  BOOST_TEST(answer("drain")["exit"].int_or(0) == 2);
  BOOST_TEST(answer("drain n9")["exit"].int_or(0) == 3);
}

BOOST_AUTO_TEST_CASE(a_call_that_is_over_is_not_hung_up) {
  elevate();
  rows["calls.tenant_of"] = R"({"tenant_id":")" + tenant_a.str() + R"("})";
  rows["calls.get"] =
      R"({"state":"ended","node":"n2","ended_at":"2026-11-21T10:00:00Z"})";
  BOOST_TEST(answer("hangup " + some_call.str())["exit"].int_or(0) == 5);
}

BOOST_AUTO_TEST_CASE(shows_a_call_with_its_actor_but_not_what_was_said) {
  link_peer();
  rows["calls.tenant_of"] = R"({"tenant_id":")" + tenant_a.str() + R"("})";
  rows["calls.get"] =
      R"({"id":"call_1","state":"live","node":"n2","ended_at":null,"contact_name":"Asha",)"
      R"("analytics":{"summary":"private"}})";
  peer_answer = R"({"v":1,"id":1,"final":true,"ok":true,"data":{"turns":4}})";
  const auto call = data("call " + some_call.str());
  BOOST_TEST(call["actor.turns"].int_or(0) == 4);
  BOOST_TEST(call.dump().find("private") == std::string::npos);
  BOOST_TEST(call.dump().find("Asha") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_desk_refuses_nodes_that_it_cannot_reach) {
  const auto to = [this](const char* node) {
    return ask<std::string>(sources.desk, forward_line{node, {}});
  };
  BOOST_TEST((to("n9") == errc::not_found));
  BOOST_TEST((to("n2") == errc::unavailable));
  link_peer();
  peer_answer = "{}";
  BOOST_TEST(to("n2").value() == "{}");
}

BOOST_AUTO_TEST_CASE(the_desk_keeps_audits_in_the_platforms_log) {
  rows["audit.platform"] = R"({"id":1})";
  console_audit_entry entry;
  entry.user = "asha";
  entry.node = "n2";
  entry.level = console_level::operate;
  entry.reason = "stuck call";
  entry.line = "hangup call_1";
  BOOST_TEST(ask<bool>(sources.desk, keep_audit{entry}).value());
  const auto& kept = asked.back();
  BOOST_TEST(kept.statement == "audit.platform");
  BOOST_TEST(kept.tenant.empty());
  BOOST_TEST(kept.arguments[0].value_or("") == "console:asha");
  BOOST_TEST(kept.arguments[3].value_or("") == "stuck call");
  failures["audit.platform"] = caf::make_error(errc::unavailable);
  BOOST_TEST((ask<bool>(sources.desk, keep_audit{entry}) == errc::unavailable));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
