#include "runtime/supervision/role.hpp"
#include "tests/support/actor_fixture.hpp"

namespace caly::test {
namespace {

using adder_actor = caf::typed_actor<caf::replies_to<int>::with<int>>;

adder_actor::behavior_type adder(adder_actor::pointer, int by) {
  return {[=](int x) { return x + by; }};
}

BOOST_FIXTURE_TEST_SUITE(role_suite, actor_fixture)

BOOST_AUTO_TEST_CASE(a_handle_of_the_role_reaches_whoever_fills_it_now) {
  const role<adder_actor> adding{sys};
  const auto handle = adding.handle();
  const auto first = adding.fill(sys.spawn(adder, 1));
  BOOST_TEST(*ask<int>(handle, 1) == 2);
  stop(first);
  adding.fill(sys.spawn(adder, 10));
  BOOST_TEST(*ask<int>(handle, 1) == 11);
}

BOOST_AUTO_TEST_CASE(requests_to_an_empty_role_fail_at_once) {
  const role<adder_actor> adding{sys};
  const auto answer = ask<int>(adding.handle(), 1);
  BOOST_REQUIRE(!answer);
  BOOST_CHECK(answer.error() == caf::sec::request_receiver_down);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
