#include "cluster/links/door.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"

namespace caly::test {
namespace {

caf::behavior nobody(caf::event_based_actor*) {
  return {[](int) {}};
}

struct fixture : actor_fixture {
  const node_identity here{"n1", 3};
  const node_identity caller{"n2", 8};
  door_options options{"caly-test", "secret", sys.spawn(nobody), sys.spawn(nobody)};
  door_actor aut = spawn<door_actor, door_state>(
      sys, actor_label{"door", "n1", ""}, door, here, options);

  ~fixture() { stop(aut); }

  hello greeting() {
    hello out{"caly-test", caller, here, "nonce", {}};
    out.mac = hello_mac("secret", out);
    return out;
  }

  void check_refused(const hello& with) {
    const auto answer = ask<hello_answer>(aut, with);
    BOOST_REQUIRE(!answer);
    BOOST_CHECK(answer.error() == errc::forbidden);
  }
};

BOOST_FIXTURE_TEST_SUITE(door_suite, fixture)

BOOST_AUTO_TEST_CASE(opens_to_a_node_of_the_cluster) {
  const auto answer = ask<hello_answer>(aut, greeting());
  BOOST_REQUIRE(answer);
  BOOST_CHECK(answer->from == here);
  BOOST_CHECK(answer->region == options.region);
  BOOST_CHECK(answer->console == options.console);
}

BOOST_AUTO_TEST_CASE(answers_a_probe_that_means_this_incarnation) {
  const auto alive = ask<node_identity>(aut, probe{here});
  BOOST_REQUIRE(alive);
  BOOST_CHECK(*alive == here);
  const auto older = ask<node_identity>(aut, probe{{"n1", 2}});
  BOOST_REQUIRE(!older);
  BOOST_CHECK(older.error() == errc::forbidden);
}

BOOST_AUTO_TEST_CASE(a_node_that_joined_again_answers_under_its_new_incarnation) {
  caf::anon_send(aut, new_incarnation{{"n1", 4}});
  run();
  BOOST_TEST(!ask<node_identity>(aut, probe{here}));
  BOOST_TEST(static_cast<bool>(ask<node_identity>(aut, probe{{"n1", 4}})));
  check_refused(greeting());
}

BOOST_AUTO_TEST_CASE(refuses_a_wrong_key) {
  auto wrong = greeting();
  wrong.mac = hello_mac("another secret", wrong);
  check_refused(wrong);
  wrong.mac.clear();
  check_refused(wrong);
}

BOOST_AUTO_TEST_CASE(refuses_a_code_that_was_made_for_other_words) {
  auto changed = greeting();
  changed.from = {"n3", 8};
  check_refused(changed);
  changed = greeting();
  changed.nonce = "another";
  check_refused(changed);
}

BOOST_AUTO_TEST_CASE(refuses_another_cluster_with_the_same_key) {
  auto other = greeting();
  other.cluster = "caly-prod";
  other.mac = hello_mac("secret", other);
  check_refused(other);
}

BOOST_AUTO_TEST_CASE(refuses_who_wants_another_incarnation_of_this_node) {
  auto old = greeting();
  old.to.incarnation = 2;
  old.mac = hello_mac("secret", old);
  check_refused(old);
}

BOOST_AUTO_TEST_CASE(counts_whom_it_let_in_and_whom_not) {
  ask<hello_answer>(aut, greeting());
  auto wrong = greeting();
  wrong.mac = "00";
  ask<hello_answer>(aut, wrong);
  const auto report = *ask<status_report>(aut, get_status{});
  BOOST_TEST(caf::get_or(report, "admitted_total", std::uint64_t{9}) == 1u);
  BOOST_TEST(caf::get_or(report, "refused_total", std::uint64_t{9}) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
