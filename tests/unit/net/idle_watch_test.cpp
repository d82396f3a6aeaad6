#include "net/media/turns/idle_watch.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

using namespace std::chrono_literals;
using step = idle_watch::step;

struct fixture {
  idle_watch watch;
  idle_watch::time_point start{1h};

  step at(std::chrono::milliseconds later) { return watch.look(start + later); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(idle_watches, fixture)

BOOST_AUTO_TEST_CASE(who_is_silent_is_asked_and_then_let_go) {
  watch.begin(20s, true, start);
  BOOST_CHECK(at(10s) == step::none);
  BOOST_CHECK(at(10'001ms) == step::ask);
  watch.spoke(start + 12s); // the agent asked
  BOOST_CHECK(at(22s) == step::none);
  BOOST_CHECK(at(22'001ms) == step::end);
}

BOOST_AUTO_TEST_CASE(a_caller_who_speaks_is_asked_again_the_next_time) {
  watch.begin(20s, true, start);
  BOOST_CHECK(at(11s) == step::ask);
  watch.caller_spoke(start + 15s);
  BOOST_CHECK(at(24s) == step::none);
  BOOST_CHECK(at(26s) == step::ask);
  BOOST_CHECK(at(37s) == step::end);
}

BOOST_AUTO_TEST_CASE(an_agent_without_a_question_ends_the_call_after_the_whole_time) {
  watch.begin(20s, false, start);
  BOOST_CHECK(at(20s) == step::none);
  BOOST_CHECK(at(20'001ms) == step::end);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
