#include "tests/unit/actors/call_fixture.hpp"

namespace caly::test {
namespace {

const std::set<brain_kind> everything{
    brain_kind::realtime, brain_kind::cascade, brain_kind::relay, brain_kind::gather};

struct voice_fixture : one_call {
  caf::expected<voice_choice> choose(const std::set<brain_kind>& possible = everything) {
    return ask<voice_choice>(aut, choose_voice{"CA1", possible});
  }

  std::vector<std::string> notes() const {
    std::vector<std::string> out;
    for (const auto& event : w.events)
      if (event.kind == "brain_fallback")
        out.push_back(event.detail);
    return out;
  }
};

BOOST_AUTO_TEST_SUITE(call_voice_suite)

BOOST_AUTO_TEST_CASE(a_brain_that_cannot_be_had_gives_way_to_the_next_one) {
  using enum brain_kind;
  const auto nearest = [](brain_kind wanted,
                          const std::set<brain_kind>& able,
                          const std::set<brain_kind>& possible) {
    const auto found = nearest_brain(wanted, able, possible);
    return found ? to_string(*found) : "none";
  };
  BOOST_TEST(nearest(cascade, everything, everything) == "cascade");
  BOOST_TEST(nearest(realtime, {gather, relay}, everything) == "relay");
  BOOST_TEST(nearest(realtime, everything, {gather}) == "gather");
  // A carrier that only has audio.
  BOOST_TEST(nearest(gather, {gather, realtime}, {realtime, cascade}) == "realtime");
  BOOST_TEST(nearest(realtime, {gather}, {realtime, cascade}) == "none");
}

BOOST_FIXTURE_TEST_CASE(an_agent_without_a_wish_gets_the_usual_brain, voice_fixture) {
  dial();
  const auto voice = choose();
  BOOST_REQUIRE(voice);
  BOOST_TEST((voice->brain == brain_kind::realtime));
  BOOST_TEST(voice->language == "hi");
  BOOST_TEST(notes().empty());
}

BOOST_FIXTURE_TEST_CASE(an_agent_that_names_its_brain_gets_it, voice_fixture) {
  w.wish->brain = brain_kind::gather;
  resume();
  BOOST_TEST((choose()->brain == brain_kind::gather));
  BOOST_TEST(notes().empty());
}

BOOST_FIXTURE_TEST_CASE(another_brain_than_the_wanted_one_is_told_in_the_timeline,
                        voice_fixture) {
  w.wish->brain = brain_kind::relay;
  dial();
  BOOST_TEST((choose()->brain == brain_kind::gather));
  BOOST_TEST(notes() ==
                 std::vector<std::string>{R"({"wanted":"relay","chosen":"gather"})"},
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(nothing_that_both_sides_can_do_is_said, voice_fixture) {
  w.replays = false; // the agent changes in the middle
  dial();
  const auto voice = choose({brain_kind::relay});
  BOOST_REQUIRE(!voice);
  BOOST_CHECK(voice.error() == errc::not_found);
  w.wish.reset();
  BOOST_CHECK(choose().error() == errc::not_found);
}

BOOST_FIXTURE_TEST_CASE(rows_that_do_not_answer_are_asked_again, voice_fixture) {
  dial();
  w.rows_down = true;
  BOOST_CHECK(choose().error() == errc::unavailable);
  w.rows_down = false;
  BOOST_TEST(choose().engaged());
}

BOOST_FIXTURE_TEST_CASE(a_call_is_read_once_for_its_choice_and_its_socket,
                        voice_fixture) {
  resume();
  BOOST_TEST(choose().engaged());
  BOOST_TEST(attach(pipe()).engaged());
  BOOST_TEST(w.loads == 0u); // a resumed call was read by who resumed it
  BOOST_TEST(w.agents_made == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_socket_of_another_brain_gets_an_agent_of_its_own,
                        voice_fixture) {
  resume();
  BOOST_TEST(attach(pipe()).engaged());
  w.wish->brain = brain_kind::gather;
  BOOST_TEST((choose()->brain == brain_kind::gather));
  BOOST_TEST(w.agents_made == 2u);
  // One that this node cannot run.
  const auto plan = ask<media_plan>(
      aut, attach_media{tenant, id, "MZ2", "CA1", pipe(), brain_kind::cascade});
  BOOST_REQUIRE(!plan);
  BOOST_CHECK(plan.error() == errc::not_found);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
