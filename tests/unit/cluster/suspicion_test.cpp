#include "cluster/links/suspicion.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

const node_identity n2{"n2", 7};
const node_identity n3{"n3", 1};

BOOST_AUTO_TEST_SUITE(suspicion_suite)

BOOST_AUTO_TEST_CASE(three_missed_answers_in_a_row_make_a_suspect) {
  suspicion tally;
  tally.missed(n2);
  tally.missed(n2);
  BOOST_TEST(tally.suspects().empty());
  tally.missed(n2);
  BOOST_CHECK(tally.suspects() == std::vector{n2});
}

BOOST_AUTO_TEST_CASE(an_answer_clears_a_peer) {
  suspicion tally;
  tally.missed(n2);
  tally.missed(n2);
  tally.answered(n2);
  tally.missed(n2);
  BOOST_TEST(tally.suspects().empty());
  tally.lost(n2);
  tally.answered(n2);
  BOOST_TEST(tally.suspects().empty());
}

BOOST_AUTO_TEST_CASE(a_broken_link_makes_a_suspect_at_once) {
  suspicion tally;
  tally.lost(n3);
  tally.lost(n2);
  BOOST_CHECK((tally.suspects() == std::vector{n2, n3}));
}

BOOST_AUTO_TEST_CASE(a_new_incarnation_starts_without_blame) {
  suspicion tally;
  tally.missed(n2);
  tally.missed(n2);
  tally.missed({"n2", 8});
  BOOST_TEST(tally.suspects().empty());
}

BOOST_AUTO_TEST_CASE(who_left_is_no_suspect) {
  suspicion tally;
  tally.lost(n2);
  tally.forget("n2");
  BOOST_TEST(tally.suspects().empty());
}

BOOST_AUTO_TEST_CASE(tells_how_many_questions_in_a_row_went_unanswered) {
  suspicion its;
  const node_identity peer{"n2", 4};
  its.missed(peer);
  its.missed(peer);
  BOOST_TEST(its.misses(peer) == 2u);
  BOOST_TEST(its.misses({"n2", 5}) == 0u); // another incarnation
  its.answered(peer);
  BOOST_TEST(its.misses(peer) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
