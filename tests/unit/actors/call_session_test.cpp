#include "tests/unit/actors/call_fixture.hpp"

namespace caly::test {
namespace {

BOOST_FIXTURE_TEST_SUITE(call_session_suite, one_call)

BOOST_AUTO_TEST_CASE(who_was_left_behind_writes_nothing_and_hangs_nobody_up) {
  dial();
  attach(pipe());
  hear("i1", "agent", "hello");
  taken_elsewhere();
  hear("i2", "caller", "still here?");
  BOOST_TEST(w.saved.size() == 1u);
  BOOST_TEST(w.stopped == std::vector<std::string>{"moved"},
             boost::test_tools::per_element());
  hear("i3", "caller", "hello?");
  self->send(aut, media_closed{"MZ1", "moved", 0, 0});
  run();
  pass(3);
  BOOST_TEST(w.saved.size() == 1u);
  BOOST_TEST(w.hung_up.empty());
  BOOST_TEST(end_reasons().empty());
}

BOOST_AUTO_TEST_CASE(who_was_left_behind_still_tells_its_tenant_of_the_end) {
  dial();
  attach(pipe());
  taken_elsewhere();
  hear("i1", "caller", "still here?");
  hint("completed", progress_effect::duplicate);
  BOOST_REQUIRE(w.finished.size() == 1u);
  BOOST_TEST(w.finished[0].status == "completed");
  BOOST_TEST(w.analysed.empty());
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(media_that_ends_after_the_call_moved_ends_nothing) {
  dial();
  attach(pipe());
  taken_elsewhere();
  self->send(aut, media_closed{"MZ1", "no_media", 0, 0});
  run();
  pass(5);
  BOOST_TEST(w.media_ends.size() == 1u);
  BOOST_TEST(w.hung_up.empty());
  BOOST_TEST(status("ending").empty());
}

BOOST_AUTO_TEST_CASE(media_that_ends_ends_the_call_once_the_rows_agree) {
  dial();
  attach(pipe());
  w.rows_down = true;
  self->send(aut, media_closed{"MZ1", "idle", 0, 0});
  run();
  pass(2);
  BOOST_TEST(w.hung_up.empty());
  w.rows_down = false;
  pass(3);
  BOOST_TEST(w.hung_up.size() == 1u);
  BOOST_TEST(status("ending") == "idle");
}

BOOST_AUTO_TEST_CASE(a_call_that_comes_back_starts_from_what_was_said_elsewhere) {
  dial();
  attach(pipe());
  hear("i1", "agent", "hello");
  w.known = w.saved.at(0).turns;
  taken_elsewhere("my name is Asha");
  const auto plan = attach(pipe(), "MZ3");
  BOOST_REQUIRE(plan);
  BOOST_REQUIRE(plan->brief.said.size() == 2u);
  BOOST_TEST(plan->brief.said[0].text == "hello");
  BOOST_TEST(plan->brief.said[1].text == "my name is Asha");
  BOOST_TEST(w.agents_made == 2u);
  hear("i9", "caller", "go on");
  BOOST_TEST(w.saved.back().turns.at(0).seq == 3);
  BOOST_TEST(w.saved.back().session == w.sessions);
}

BOOST_AUTO_TEST_CASE(a_socket_that_the_rows_refuse_leaves_the_call_to_its_carrier) {
  dial();
  w.is_over = true;
  const auto plan = attach(pipe());
  BOOST_REQUIRE(!plan);
  BOOST_CHECK(plan.error() == errc::conflict);
  self->send(aut, media_closed{"MZ1", "call_ended", 0, 0});
  run();
  BOOST_TEST(w.hung_up.empty());
}

BOOST_AUTO_TEST_CASE(a_socket_that_comes_while_the_rows_are_away_does_not_end_the_call) {
  dial();
  w.rows_down = true;
  BOOST_REQUIRE(!attach(pipe()));
  self->send(aut, media_closed{"MZ1", "call_ended", 0, 0});
  run();
  w.rows_down = false;
  pass(3);
  BOOST_TEST(w.hung_up.empty());
  BOOST_TEST(static_cast<bool>(attach(pipe(), "MZ2")));
}

BOOST_AUTO_TEST_CASE(a_tool_of_a_lost_session_is_told_as_failed) {
  dial();
  attach(pipe());
  taken_elsewhere();
  BOOST_TEST(use("t1", "book").output.find("\"ok\":false") != std::string::npos);
  BOOST_TEST(w.actions.empty());
  BOOST_TEST(w.stopped.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_done_here_is_told_to_the_next_socket) {
  dial();
  attach(pipe());
  hear("i1", "caller", "book it");
  use("t1", "book");
  const auto plan = attach(pipe(), "MZ2");
  BOOST_REQUIRE(plan);
  BOOST_REQUIRE(plan->brief.done.size() == 1u);
  BOOST_TEST(plan->brief.done[0].kind == "appointment");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
