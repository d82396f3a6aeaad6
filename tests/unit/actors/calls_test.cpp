#include "actors/call/ended_elsewhere.hpp"
#include "tests/unit/actors/call_fixture.hpp"

namespace caly::test {
namespace {

struct fixture : call_fixture {
  caly::calls_actor aut;

  fixture() {
    aut = spawn<caly::calls_actor, calls_state>(
        sys, actor_label{"calls", "", ""}, calls_of_node, options, ports());
    run();
  }

  caf::expected<call_actor> start() { return ask<call_actor>(aut, order()); }

  caf::expected<call_actor> find(bool begin = true) {
    return ask<call_actor>(aut, find_call{tenant, id, begin});
  }

  std::uint64_t live() {
    const auto report = *ask<status_report>(aut, get_status{});
    return caf::get_or(report, "calls", std::uint64_t{999});
  }
};

BOOST_FIXTURE_TEST_SUITE(calls_suite, fixture)

BOOST_AUTO_TEST_CASE(the_same_call_started_twice_is_dialed_once) {
  const auto first = start();
  const auto second = start();
  BOOST_REQUIRE(first);
  BOOST_REQUIRE(second);
  BOOST_CHECK(*first == *second);
  BOOST_CHECK(*find() == *first);
  BOOST_TEST(w.created.size() == 1u);
  BOOST_TEST(live() == 1u);
}

BOOST_AUTO_TEST_CASE(a_call_that_is_not_here_is_only_started_when_asked_to) {
  const auto none = find(false);
  BOOST_REQUIRE(!none);
  BOOST_CHECK(none.error() == errc::not_found);
  BOOST_TEST(w.loads == 0u);
}

BOOST_AUTO_TEST_CASE(many_who_ask_for_a_call_at_once_get_one_actor_from_one_read) {
  auto a = self->request(aut, caf::infinite, find_call{tenant, id, true});
  auto b = self->request(aut, caf::infinite, find_call{tenant, id, true});
  auto c = self->request(aut, caf::infinite, find_call{tenant, id, true});
  run();
  std::vector<call_actor> got;
  const auto keep = [&](call_actor& actor) { got.push_back(actor); };
  const auto fail = [](caf::error& err) { BOOST_ERROR(to_string(err)); };
  a.receive(keep, fail);
  b.receive(keep, fail);
  c.receive(keep, fail);
  BOOST_REQUIRE(got.size() == 3u);
  BOOST_CHECK(got[0] == got[1]);
  BOOST_CHECK(got[0] == got[2]);
  BOOST_TEST(w.loads == 1u);
  BOOST_TEST(live() == 1u);
}

BOOST_AUTO_TEST_CASE(a_call_that_is_over_is_not_started_again) {
  for (const auto* state : {"ended", "lost", "not_placed"}) {
    w.sheet.state = state;
    const auto none = find();
    BOOST_REQUIRE(!none);
    BOOST_CHECK(none.error() == errc::conflict);
  }
  BOOST_TEST(live() == 0u);
}

BOOST_AUTO_TEST_CASE(a_read_that_failed_is_told_and_tried_again_by_the_next_who_asks) {
  w.rows_down = true;
  const auto none = find();
  BOOST_REQUIRE(!none);
  BOOST_CHECK(none.error() == errc::unavailable);
  w.rows_down = false;
  BOOST_TEST(static_cast<bool>(find()));
}

BOOST_AUTO_TEST_CASE(a_crash_is_told_to_the_tenant_and_the_call_can_be_resumed) {
  const auto actor = *start();
  crash(actor);
  BOOST_REQUIRE(w.finished.size() == 1u);
  BOOST_TEST(w.finished[0].status == "crashed");
  BOOST_CHECK(w.finished[0].campaign == campaign);
  BOOST_TEST(live() == 0u);
  const auto again = find();
  BOOST_REQUIRE(again);
  BOOST_CHECK(*again != actor);
  BOOST_TEST(w.created.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_call_that_ended_is_forgotten_and_told_once) {
  start();
  self->send(aut, call_progressed{id, "completed", progress_effect::ended, {}});
  run();
  BOOST_TEST(live() == 0u);
  BOOST_REQUIRE(w.finished.size() == 1u);
  BOOST_TEST(w.finished[0].status == "completed");
}

BOOST_AUTO_TEST_CASE(the_end_that_another_node_committed_is_heard_from_the_database) {
  start();
  const auto told = [&](const std::string& type, const std::string& status) {
    return ended_elsewhere(R"({"type" : ")" + type + R"(", "tenant" : ")" + tenant.sql() +
                           R"(", "call" : ")" + id.sql() + R"(", "status" : ")" + status +
                           "\"}");
  };
  BOOST_TEST(!told("call:update", "completed"));
  BOOST_TEST(!told("call:end", "failed"));
  BOOST_TEST(!ended_elsewhere("\"call:end\""));
  const auto over = told("call:end", "no_answer");
  BOOST_REQUIRE(over);
  self->send(aut, *over);
  run();
  BOOST_REQUIRE(w.finished.size() == 1u);
  BOOST_TEST(w.finished[0].status == "no_answer");
}

BOOST_AUTO_TEST_CASE(a_call_carries_the_id_of_the_request_that_wants_it) {
  auto wanted = order();
  wanted.correlation_id = "req-7";
  ask<call_actor>(aut, wanted);
  BOOST_REQUIRE(w.created.size() == 1u);
  BOOST_TEST(w.created[0].correlation_id == "req-7");
}

BOOST_AUTO_TEST_CASE(a_call_that_no_request_asked_for_is_known_by_its_own_id) {
  start();
  BOOST_REQUIRE(w.created.size() == 1u);
  BOOST_TEST(w.created[0].correlation_id == id.str());
}

BOOST_AUTO_TEST_CASE(a_hint_about_a_call_of_another_node_is_dropped) {
  start();
  self->send(aut,
             call_progressed{call_id::make(), "completed", progress_effect::ended, {}});
  run();
  BOOST_TEST(live() == 1u);
  BOOST_TEST(w.finished.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
